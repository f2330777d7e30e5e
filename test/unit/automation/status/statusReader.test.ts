import assert from "node:assert/strict";
import type { ReplicationState } from "../../../../automation/replicationControl";
import { type StatusParts, statusReader } from "../../../../automation/status/statusReader";
import { adopted, mapping, statistic } from "./statusFacts";

const RUNNING: ReplicationState = {
  phase: "running",
  identifier: "shop-task",
  status: "running",
  percent: 100,
  failures: [],
};

/** A pipeline with one table, whose calls are counted, on a clock that the test moves. */
class Bench {
  readonly calls: Record<string, number> = {};
  seconds = 0;
  state: ReplicationState | undefined = RUNNING;
  statistics = [statistic("orders"), statistic("secrets")];
  metricsFail = false;
  metricNames: readonly string[] = [];

  private count<T>(name: string, value: T): T {
    this.calls[name] = (this.calls[name] ?? 0) + 1;
    return value;
  }

  readonly reader = statusReader({
    outputs: async () => this.count("outputs", outputs()),
    control: {
      state: async () => this.count("state", this.state),
      tableStatistics: async () => this.count("tableStatistics", this.statistics),
      tableErrors: async () => this.count("tableErrors", (_schema: string, table: string) => `${table}: why`),
      lastErrors: async () => this.count("lastErrors", ["the last error"]),
    },
    catalogue: { names: async () => this.count("names", new Set(["orders", "secrets"])) },
    tableStreams: async (names) =>
      this.count("tableStreams", new Map(names.map((name) => [name, `arn:${name}`]))),
    mappings: async () => this.count("mappings", [mapping("orders"), mapping("secrets")]),
    failures: async (bucket) =>
      this.count("failures", {
        status: { bucket, batches: 0, unprocessable: 0, more: false },
        byMapping: new Map(),
      }),
    stream: async (name) => this.count("stream", { name, status: "ACTIVE" }),
    metrics: async ({ replicationIds }) => {
      this.metricNames = replicationIds;
      this.count("metrics", undefined);
      if (this.metricsFail) {
        throw new Error("not authorized to perform: cloudwatch:ListMetrics");
      }
      return { replication: { targetLatencySeconds: 2 }, fanIn: {}, stream: { recordsIn: 9 }, heartbeat: {} };
    },
    lastEvents: async (streamArns) => {
      this.count("lastEvents", undefined);
      return new Map(Object.keys(streamArns).map((name) => [name, new Date("2026-11-27T11:55:00Z")]));
    },
    maximumLagSeconds: 300,
    now: () => this.seconds * 1000,
  } satisfies StatusParts);
}

function outputs(): Awaited<ReturnType<StatusParts["outputs"]>> {
  return {
    streamName: "changes",
    streamArn: "arn:changes",
    eventSources: JSON.stringify({
      name: "shop",
      engine: "postgres",
      tables: {
        orders: { schema: "public", table: "orders" },
        secrets: { schema: "public", table: "secrets", events: false },
      },
    }),
    fanInName: "fan-in",
    failureBucketName: "failures",
    tables: [adopted("orders"), adopted("secrets")],
    tableNames: ["orders"],
    tableStreamArns: { orders: "arn:orders", secrets: "arn:secrets" },
    targetNames: {},
    replicationTaskArn: "arn:aws:dms:us-east-1:1:task:ABC123",
    sourceEndpointArn: "",
    targetEndpointArn: "",
    replicationLogGroup: "",
    tablesOnDestroy: "retain",
    region: "us-east-1",
  };
}

describe("the status reader", () => {
  it("puts the parts together", async () => {
    const bench = new Bench();
    const status = await bench.reader.read();
    assert.deepEqual(status.findings, []);
    assert.equal(status.verdict, "healthy");
    assert.deepEqual(status.replication, {
      kind: "task",
      phase: "running",
      status: "running",
      percent: 100,
      errors: [],
      targetLatencySeconds: 2,
    });
    assert.deepEqual(status.stream, { name: "changes", status: "ACTIVE", recordsIn: 9 });
    assert.deepEqual(bench.metricNames, ["shop-task", "ABC123"]);
    assert.deepEqual(
      status.tables.map(({ table, lastEventAt }) => [table, lastEventAt]),
      [
        ["orders", "2026-11-27T11:55:00.000Z"],
        ["secrets", undefined],
      ],
      "changes that are left out of the events are none",
    );
  });

  it("asks again for what moves, and once a minute for what does not", async () => {
    const bench = new Bench();
    for (const seconds of [0, 2, 4]) {
      bench.seconds = seconds;
      await bench.reader.read();
    }
    const moving = { state: 3, tableStatistics: 3, mappings: 3, failures: 3, stream: 3 };
    const kept = { outputs: 1, names: 1, tableStreams: 1, metrics: 1, lastEvents: 1 };
    assert.deepEqual(bench.calls, { ...moving, ...kept });
    bench.seconds = 61;
    await bench.reader.read();
    assert.deepEqual(
      [bench.calls.outputs, bench.calls.names, bench.calls.tableStreams, bench.calls.metrics],
      [2, 2, 2, 2],
    );
    assert.equal(bench.calls.lastEvents, 1);
    bench.seconds = 301;
    await bench.reader.read();
    assert.equal(bench.calls.lastEvents, 2);
  });

  it("reads once for two callers at the same time", async () => {
    const bench = new Bench();
    const [first, second] = await Promise.all([bench.reader.read(), bench.reader.read()]);
    assert.equal(first, second);
    assert.equal(bench.calls.state, 1);
  });

  it("reads DMS's log only where a table is in error, and again when another one is", async () => {
    const bench = new Bench();
    await bench.reader.read();
    assert.equal(bench.calls.tableErrors, undefined);
    bench.statistics = [statistic("orders"), statistic("audit", { state: "Table error" })];
    await bench.reader.read();
    const { tables } = await bench.reader.read();
    assert.equal(bench.calls.tableErrors, 1);
    assert.equal(tables.find(({ table }) => table === "audit")?.reason, "audit: why");
    bench.statistics = [statistic("orders", { state: "Table error" }), ...bench.statistics.slice(1)];
    await bench.reader.read();
    assert.equal(bench.calls.tableErrors, 2);
  });

  it("adds the last errors of the log where the replication has failed", async () => {
    const bench = new Bench();
    bench.state = { ...RUNNING, phase: "failed", failures: ["a failure"] };
    const status = await bench.reader.read();
    assert.deepEqual(status.replication.errors, ["a failure", "the last error"]);
    assert.equal(status.verdict, "attention");
  });

  it("tells the rest where CloudWatch may not be read, and asks it again the next time", async () => {
    const bench = new Bench();
    bench.metricsFail = true;
    const status = await bench.reader.read();
    assert.equal(status.verdict, "healthy");
    assert.deepEqual(
      status.findings.map(({ code, severity }) => [code, severity]),
      [["MetricsUnread", "notice"]],
    );
    assert.match(status.findings[0]?.text ?? "", /cloudwatch:ListMetrics/);
    assert.equal(status.replication.targetLatencySeconds, undefined);
    bench.metricsFail = false;
    assert.deepEqual((await bench.reader.read()).findings, []);
  });

  it("says so where DMS has no such replication", async () => {
    const bench = new Bench();
    bench.state = undefined;
    const status = await bench.reader.read();
    assert.deepEqual(status.replication, {
      kind: "task",
      phase: "missing",
      errors: [],
      targetLatencySeconds: 2,
    });
    assert.equal(status.verdict, "attention");
  });
});
