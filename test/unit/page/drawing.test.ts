import assert from "node:assert/strict";
import { type Drawing, drawPipeline } from "../../../page/model/drawing";
import type { Totals } from "../../../page/model/wire";
import { pipelineView, tableView } from "../../helpers/pageView";

const TOTALS: Totals = {
  events: 120,
  perSecond: 4.2,
  latency: { median: 800, p95: 1_200 },
  foreign: 0,
  tables: {
    "public.orders": { events: 100, perSecond: 4.2, latency: { median: 700, p95: 900 }, lastAt: 0 },
  },
};

function labels(drawing: Drawing, id: string): string[] | undefined {
  return drawing.arrows.find((arrow) => arrow.id === id)?.labels.map(({ text }) => text);
}

function overlaps(drawing: Drawing): string[] {
  return drawing.boxes.flatMap((a, index) =>
    drawing.boxes
      .slice(index + 1)
      .filter(
        (b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height,
      )
      .map((b) => `${a.id} and ${b.id}`),
  );
}

describe("the drawing of the pipeline", () => {
  it("has a box for each part, and an arrow with its numbers between them", () => {
    const drawing = drawPipeline(
      pipelineView({
        consumers: [
          { name: "lake", kind: "DataLake", perSecond: 3.9 },
          { name: "wh", kind: "Warehouse", perSecond: null },
        ],
      }),
      TOTALS,
      1_400,
    );
    assert.deepEqual(drawing.boxes.map(({ id }) => id).sort(), [
      "consumer-lake",
      "consumer-wh",
      "fanIn",
      "replication",
      "source",
      "stream",
      "table-public.customers",
      "table-public.order_lines",
      "table-public.orders",
      "table-public.payments",
      "table-public.products",
    ]);
    assert.deepEqual(labels(drawing, "source-replication"), ["9,972 loaded"]);
    assert.deepEqual(labels(drawing, "replication-public.orders"), ["0 applied"]);
    assert.deepEqual(labels(drawing, "public.orders-fanIn"), ["4.2/s", "700 ms"]);
    assert.deepEqual(labels(drawing, "fanIn-stream"), ["4.2/s", "800 ms"]);
    assert.deepEqual(labels(drawing, "stream-lake"), ["3.9/s"]);
    assert.deepEqual(labels(drawing, "stream-wh"), [], "the stream's rate is not told for its own");
  });

  for (const width of [1_400, 500]) {
    it(`shows what each consumer takes, at ${width} pixels, and flow as the stream's where it is not counted`, () => {
      const consumers = [
        { name: "busy", kind: "ChangeHandler", perSecond: 2 },
        { name: "idle", kind: "ChangeHandler", perSecond: 0 },
        { name: "wh", kind: "Warehouse", perSecond: null },
      ];
      const drawing = drawPipeline(pipelineView({ consumers }), TOTALS, width);
      const shown = consumers.map(({ name }) => {
        const arrow = drawing.arrows.find(({ id }) => id === `stream-${name}`);
        return [labels(drawing, `stream-${name}`), arrow?.flowing];
      });
      assert.deepEqual(shown, [
        [["2.0/s"], true],
        [["0/s"], false],
        [[], true],
      ]);
    });
  }

  it("shows flow where there is some", () => {
    const { arrows } = drawPipeline(pipelineView(), TOTALS, 1_400);
    const flowing = arrows.filter((arrow) => arrow.flowing).map(({ id }) => id);
    assert.deepEqual(flowing.sort(), [
      "fanIn-stream",
      "public.orders-fanIn",
      "replication-public.orders",
      "source-replication",
    ]);
  });

  it("draws no arrow from a table that is left out of the events", () => {
    const view = pipelineView({ tables: [tableView("public.secrets", { published: false })] });
    const { arrows } = drawPipeline(view, TOTALS, 1_400);
    assert.ok(arrows.some(({ id }) => id === "replication-public.secrets"));
    assert.ok(!arrows.some(({ id }) => id === "public.secrets-fanIn"));
  });

  it("has no place for a table that DMS leaves out", () => {
    const tables = [tableView("public.audit_log", { replicated: false }), tableView("public.orders")];
    const { boxes, arrows } = drawPipeline(pipelineView({ tables }), TOTALS, 1_400);
    assert.deepEqual(
      boxes.filter(({ kind }) => kind === "table").map(({ title }) => title),
      ["public.orders"],
    );
    assert.ok(!arrows.some(({ id }) => id.includes("audit_log")));
  });

  it("puts many tables into few rows, the busiest in their own, the worst health in the last", () => {
    const tables = Array.from({ length: 30 }, (_, index) =>
      tableView(
        `public.t${String(index).padStart(2, "0")}`,
        index === 29 ? { health: "bad" } : { applied: 2 },
      ),
    );
    const totals = {
      ...TOTALS,
      tables: { "public.t17": { events: 9, perSecond: 1, latency: null, lastAt: 0 } },
    };
    const drawing = drawPipeline(pipelineView({ tables }), totals, 1_400);
    const rows = drawing.boxes.filter(({ kind }) => kind === "table");
    assert.equal(rows.length, 8);
    assert.ok(rows.some(({ fullTitle }) => fullTitle === "public.t17"));
    assert.deepEqual([rows.at(-1)?.title, rows.at(-1)?.health], ["and 23 more", "bad"]);
    assert.deepEqual(labels(drawing, "replication-and 23 more"), ["44 applied"]);
  });

  for (const width of [320, 390, 800, 1_109, 1_110, 1_352]) {
    for (const consumers of [
      [],
      [
        { name: "a", kind: "DataLake", perSecond: 1_234.5 },
        { name: "b", kind: "ChangeHandler", perSecond: null },
      ],
    ]) {
      it(`keeps its boxes apart and within ${width} pixels, with ${consumers.length} consumers`, () => {
        const drawing = drawPipeline(pipelineView({ consumers }), TOTALS, width);
        assert.deepEqual(overlaps(drawing), []);
        for (const { id, x, y, ...size } of drawing.boxes) {
          assert.ok(x >= 0 && x + size.width <= width, `${id} at ${x}`);
          assert.ok(y >= 0 && y + size.height <= drawing.height, `${id} at ${y}`);
        }
      });
    }
  }

  it("cuts a name that has no room, and keeps it in full beside", () => {
    const view = pipelineView({ fanIn: { name: "a-very-long-name-of-a-function-in-aws", lagMs: 400 } });
    const box = drawPipeline(view, TOTALS, 1_400).boxes.find(({ id }) => id === "fanIn");
    assert.match(box?.title ?? "", /^a-very-lon.*…$/);
    assert.equal(box?.fullTitle, "a-very-long-name-of-a-function-in-aws");
    assert.equal(box?.detail, "Lambda, 400 ms behind");
  });
});
