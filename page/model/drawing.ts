import { countText, durationText, rateText, shortened } from "./text";
import type { Consumer, Health, Latency, PipelineTable, PipelineView, Totals } from "./wire";

/** The pipeline as boxes and arrows on a plane of pixels. */
export interface Drawing {
  width: number;
  height: number;
  boxes: Box[];
  arrows: Arrow[];
}

export interface Box {
  id: string;
  kind: "source" | "replication" | "table" | "fanIn" | "stream" | "consumer";
  x: number;
  y: number;
  width: number;
  height: number;
  /** What it is, in small letters above its name; absent on a table. */
  role?: string;
  title: string;
  /** The title in full, where it had to be cut. */
  fullTitle: string;
  /** A line beneath it. */
  detail?: string;
  health: Health;
}

export interface Arrow {
  id: string;
  /** An SVG path. */
  path: string;
  /** Whether something flows through it now. */
  flowing: boolean;
  /** How much, from 0 to 1, on a scale that shows small rates too. */
  strength: number;
  /** What is written on it: a line above it, and one beneath. */
  labels: Label[];
}

export interface Label {
  x: number;
  y: number;
  text: string;
  anchor: "start" | "middle";
  /** What counts most on this arrow. */
  strong: boolean;
}

const MOST_TABLES = 8;
const BOX = { height: 76, gap: 16 };
const ROW = { height: 32, gap: 12 };
const WIDTH = { source: 130, replication: 126, table: 190, fanIn: 150, stream: 160, consumer: 140 };
/** Where there is less between two boxes, all of it is drawn from top to bottom. */
const LEAST_GAP = 88;
/** A letter's width at the size that titles have: it decides where they are cut. */
const LETTER = 8.2;
const DOWNWARDS = { margin: 16, arrow: 56, row: 30 };

/** A table's row in the drawing, or the one that stands for all that have none of their own. */
interface TableRow {
  name: string;
  health: Health;
  applied: number | null;
  latency: Latency | null;
  published: boolean;
  perSecond: number;
  detail?: string;
}

/** Draws the pipeline for a width in pixels. Pure. */
export function drawPipeline(view: PipelineView, totals: Totals, width: number): Drawing {
  const tables = view.tables.filter(({ replicated }) => replicated);
  const rows = tableRows(tables, totals);
  const widths = [WIDTH.source, WIDTH.replication, WIDTH.table, WIDTH.fanIn, WIDTH.stream];
  if (view.consumers.length > 0) {
    widths.push(WIDTH.consumer);
  }
  const gap = (width - 2 - widths.reduce((a, b) => a + b, 0)) / (widths.length - 1);
  return gap >= LEAST_GAP
    ? drawSideways(view, totals, rows, { width, widths, gap })
    : drawDownwards(view, totals, rows, width);
}

function drawSideways(
  view: PipelineView,
  totals: Totals,
  rows: TableRow[],
  { width, widths, gap }: { width: number; widths: number[]; gap: number },
): Drawing {
  const { consumers } = view;
  const tablesHeight = rows.length * (ROW.height + ROW.gap) - ROW.gap;
  const consumersHeight = consumers.length * (BOX.height + BOX.gap) - BOX.gap;
  const height = Math.max(tablesHeight, consumersHeight, BOX.height) + 32;
  const middle = height / 2;
  const xs = widths.map((_, index) => 1 + widths.slice(0, index).reduce((a, b) => a + b, 0) + index * gap);
  const x = (index: number) => xs[index] ?? 0;
  const end = (index: number) => x(index) + (widths[index] ?? 0);
  const column = (index: number) => ({
    x: x(index),
    y: middle - BOX.height / 2,
    width: widths[index] ?? 0,
    height: BOX.height,
  });
  const boxes = mainBoxes(view, [column(0), column(1), column(3), column(4)]);
  const applied = rows.some((row) => row.perSecond > 0);
  const arrows: Arrow[] = [
    {
      id: "source-replication",
      path: line(end(0), middle, x(1) - 2, middle),
      flowing: applied,
      strength: strength(totals.perSecond),
      labels: around(end(0) + gap / 2, middle, loadedText(view.tables), lagText(view.replication.lagMs)),
    },
    {
      id: "fanIn-stream",
      path: line(end(3), middle, x(4) - 2, middle),
      flowing: totals.perSecond > 0,
      strength: strength(totals.perSecond),
      labels: around(end(3) + gap / 2, middle, rateText(totals.perSecond), latencyText(totals)),
    },
  ];
  rows.forEach((row, index) => {
    const y = middle - tablesHeight / 2 + index * (ROW.height + ROW.gap) + ROW.height / 2;
    boxes.push(tableBox(row, { x: x(2), y: y - ROW.height / 2, width: WIDTH.table, height: ROW.height }));
    const trunk = { in: end(1) + 18, out: x(3) - 20 };
    const flow = { flowing: row.perSecond > 0, strength: strength(row.perSecond) };
    arrows.push({
      id: `replication-${row.name}`,
      path: bend(end(1), middle, trunk.in, y, x(2) - 2),
      ...flow,
      labels: [
        above((trunk.in + x(2)) / 2, y, row.applied === null ? "" : `${countText(row.applied)} applied`),
      ],
    });
    if (row.published) {
      arrows.push({
        id: `${row.name}-fanIn`,
        path: bend(end(2), y, trunk.out, middle, x(3) - 2),
        ...flow,
        labels: [
          above((end(2) + trunk.out) / 2, y, rateText(row.perSecond), flow.flowing),
          below((end(2) + trunk.out) / 2, y, latencyText(row)),
        ],
      });
    }
  });
  consumers.forEach((consumer, index) => {
    const y = middle - consumersHeight / 2 + index * (BOX.height + BOX.gap) + BOX.height / 2;
    boxes.push(
      consumerBox(consumer, { x: x(5), y: y - BOX.height / 2, width: WIDTH.consumer, height: BOX.height }),
    );
    const flow = consumerFlow(consumer, totals);
    arrows.push({
      id: `stream-${consumer.name}`,
      path: bend(end(4), middle, end(4) + 18, y, x(5) - 2),
      ...flow.arrow,
      labels: [above((end(4) + 18 + x(5)) / 2, y, flow.text, true)],
    });
  });
  return { width, height, boxes, arrows: arrows.map(withoutEmptyLabels) };
}

function drawDownwards(view: PipelineView, totals: Totals, rows: TableRow[], width: number): Drawing {
  const { margin, arrow, row: rowHeight } = DOWNWARDS;
  const boxWidth = Math.min(width - 2, 420);
  const x = (width - boxWidth) / 2;
  const centre = width / 2;
  const place = (y: number) => ({ x, y, width: boxWidth, height: BOX.height });
  const replicationY = 1 + BOX.height + arrow;
  const tablesY = replicationY + BOX.height + arrow;
  const fanInY = tablesY + rows.length * (rowHeight + 4) - 4 + arrow;
  const streamY = fanInY + BOX.height + arrow;
  const boxes = mainBoxes(view, [place(1), place(replicationY), place(fanInY), place(streamY)]);
  rows.forEach((row, index) => {
    const detail = row.published ? rateText(row.perSecond) : (row.detail ?? "");
    const y = tablesY + index * (rowHeight + 4);
    boxes.push({ ...tableBox(row, { x, y, width: boxWidth, height: rowHeight }), detail });
  });
  const applied = rows.reduce<number | null>(
    (sum, row) => (row.applied === null ? sum : (sum ?? 0) + row.applied),
    null,
  );
  const rate = rateText(totals.perSecond);
  const flow = { flowing: totals.perSecond > 0, strength: strength(totals.perSecond) };
  const down = (id: string, y: number, strong: string, weak: string, flowing = flow): Arrow => ({
    id,
    path: `M${centre} ${y}V${y + arrow - 2}`,
    ...flowing,
    labels: [
      { x: centre + 14, y: y + arrow / 2 - 4, text: strong, anchor: "start", strong: true },
      { x: centre + 14, y: y + arrow / 2 + 12, text: weak, anchor: "start", strong: false },
    ],
  });
  const arrows = [
    down("source-replication", 1 + BOX.height, loadedText(view.tables), lagText(view.replication.lagMs)),
    down(
      "replication-tables",
      replicationY + BOX.height,
      rate,
      applied === null ? "" : `${countText(applied)} applied`,
    ),
    down("tables-fanIn", fanInY - arrow, rate, `${countText(totals.events)} read`),
    down("fanIn-stream", fanInY + BOX.height, rate, latencyText(totals)),
  ];
  let bottom = streamY + BOX.height;
  for (const consumer of view.consumers) {
    const own = consumerFlow(consumer, totals);
    arrows.push(down(`stream-${consumer.name}`, bottom, own.text, "", own.arrow));
    boxes.push(consumerBox(consumer, place(bottom + arrow)));
    bottom += arrow + BOX.height;
  }
  return { width, height: bottom + margin, boxes, arrows: arrows.map(withoutEmptyLabels) };
}

/** What a consumer takes: its own rate where it is counted; else it is drawn as the stream flows, and no rate is told. */
function consumerFlow({ perSecond }: Consumer, totals: Totals) {
  const rate = perSecond ?? totals.perSecond;
  return {
    arrow: { flowing: rate > 0, strength: strength(rate) },
    text: perSecond === null ? "" : rateText(perSecond),
  };
}

type Place = Pick<Box, "x" | "y" | "width" | "height">;

function mainBoxes(view: PipelineView, places: Place[]): Box[] {
  const { source, replication, fanIn, stream } = view;
  const texts: Omit<Box, keyof Place>[] = [
    {
      id: "source",
      kind: "source",
      role: "Source",
      ...title(source.name),
      detail: source.engine,
      health: "unknown",
    },
    {
      id: "replication",
      kind: "replication",
      role: "DMS",
      ...title(replication.state ?? "…"),
      detail: replication.kind,
      health: replication.health,
    },
    {
      id: "fanIn",
      kind: "fanIn",
      role: "Fan-in",
      ...title(fanIn.name),
      detail: ["Lambda", lagText(fanIn.lagMs)].filter(Boolean).join(", "),
      health: "unknown",
    },
    {
      id: "stream",
      kind: "stream",
      role: "Change stream",
      ...title(stream.name),
      detail: stream.format === "rowstream" ? "Kinesis" : `Kinesis, ${stream.format}`,
      health: "unknown",
    },
  ];
  return texts.map((text, index) =>
    fitted({ ...text, ...(places[index] ?? { x: 0, y: 0, width: 0, height: 0 }) }),
  );
}

function tableBox(row: TableRow, place: Place): Box {
  return fitted({ id: `table-${row.name}`, kind: "table", ...title(row.name), health: row.health, ...place });
}

function consumerBox({ name, kind }: { name: string; kind: string }, place: Place): Box {
  return fitted({
    id: `consumer-${name}`,
    kind: "consumer",
    role: kind,
    ...title(name),
    health: "unknown",
    ...place,
  });
}

function title(text: string): Pick<Box, "title" | "fullTitle"> {
  return { title: text, fullTitle: text };
}

function fitted(box: Box): Box {
  const room = box.width - (box.kind === "table" ? 34 : 28);
  return { ...box, title: shortened(box.title, Math.max(4, Math.floor(room / LETTER))) };
}

/** A row for each table; where there are too many, for those that had most events, and one for the others. */
function tableRows(tables: readonly PipelineTable[], totals: Totals): TableRow[] {
  const rows = tables.map((table): TableRow & { events: number } => ({
    ...table,
    perSecond: totals.tables[table.name]?.perSecond ?? 0,
    latency: totals.tables[table.name]?.latency ?? null,
    events: totals.tables[table.name]?.events ?? 0,
    ...(!table.published && { detail: "left out" }),
  }));
  if (rows.length <= MOST_TABLES) {
    return rows;
  }
  const busiest = new Set([...rows].sort((a, b) => b.events - a.events).slice(0, MOST_TABLES - 1));
  const others = rows.filter((row) => !busiest.has(row));
  const worst = (["bad", "waiting", "good"] as const).find((health) =>
    others.some((row) => row.health === health),
  );
  return [
    ...rows.filter((row) => busiest.has(row)),
    {
      name: `and ${others.length} more`,
      health: worst ?? "unknown",
      applied: others.some((row) => row.applied !== null)
        ? others.reduce((sum, row) => sum + (row.applied ?? 0), 0)
        : null,
      latency: null,
      published: others.some((row) => row.published),
      perSecond: others.reduce((sum, row) => sum + row.perSecond, 0),
    },
  ];
}

function loadedText(tables: readonly PipelineTable[]): string {
  const known = tables.flatMap(({ rows }) => (rows === null ? [] : [rows]));
  return known.length === 0 ? "" : `${countText(known.reduce((a, b) => a + b, 0))} loaded`;
}

function lagText(lagMs: number | null): string {
  return lagMs === null ? "" : `${durationText(lagMs)} behind`;
}

function latencyText({ latency }: { latency: Latency | null }): string {
  return latency === null ? "" : durationText(latency.median);
}

/** A tenth of an event a second can be seen, and a thousand are not a hundred times as strong as ten. */
function strength(perSecond: number): number {
  return Math.min(1, Math.log10(1 + perSecond * 9) / 4);
}

function line(fromX: number, fromY: number, toX: number, toY: number): string {
  return `M${fromX} ${fromY}L${toX} ${toY}`;
}

/** To the right, with a rounded bend up or down at `bendX`. */
function bend(fromX: number, fromY: number, bendX: number, toY: number, toX: number): string {
  const rise = toY - fromY;
  const radius = Math.min(8, Math.abs(rise) / 2);
  if (radius < 1) {
    return line(fromX, fromY, toX, toY);
  }
  const turn = Math.sign(rise) * radius;
  return (
    `M${fromX} ${fromY}H${bendX - radius}Q${bendX} ${fromY} ${bendX} ${fromY + turn}` +
    `V${toY - turn}Q${bendX} ${toY} ${bendX + radius} ${toY}H${toX}`
  );
}

function around(x: number, y: number, first: string, second: string): Label[] {
  return [above(x, y, first, true), below(x, y, second)];
}

function above(x: number, y: number, text: string, strong = false): Label {
  return { x, y: y - 6, text, anchor: "middle", strong };
}

function below(x: number, y: number, text: string): Label {
  return { x, y: y + 15, text, anchor: "middle", strong: false };
}

function withoutEmptyLabels(arrow: Arrow): Arrow {
  return { ...arrow, labels: arrow.labels.filter(({ text }) => text !== "") };
}
