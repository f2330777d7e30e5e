import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { AlertCondition, AlertRule } from "../../components/consumers/analytics/alertRules";
import { JSON_IN, JSON_OUT } from "../../components/consumers/analytics/connectors";
import { analyticsJob, type Job } from "../../components/consumers/analytics/sql";
import type { AlertResult, CountResult } from "../../functions/analyticsResults";
import { changeOf } from "../../functions/change";
import type { ChangeEvent } from "../../functions/changeEvent";
import { compileFilter } from "../../functions/changeFilter";
import type { AttributeMap, StreamRecord } from "../../functions/dynamoDbStream";
import { EVENT_FORMATS, eventWriter } from "../../functions/formats/format";
import { loadRecord } from "../../functions/loadRecord";
import { parseEvent } from "../../functions/parseEvent";
import { describeOnFlink, type RunningFlink, startFlink } from "../helpers/flink";
import { poll } from "../helpers/poll";
import { seededRandom } from "../helpers/seededRandom";
import { FIRST_SECOND, StreamRecords } from "../helpers/streamRecords";
import { temporaryFolder } from "../helpers/temporaryFolder";

const TABLES = [
  { schema: "public", table: "orders" },
  { schema: "Sales", table: "orders" },
  { schema: "Sales", table: "order's" },
];

const WINDOW = 60;
const LATE = 30;

/** Texts that SQL, JSON or Java could read as something else. */
const STATUSES = ["paid", "it's", "a\\b\nc", '`$x`"', "–€🙂", "", "NULL"];

/** Numbers with all their digits. */
const TOTALS = ["0", "-1", "1000", "1000.5", "1000.4999999999", "12345678901234567890.123456789", "1.5E+3"];

const RULES: AlertRule[] = [
  { name: "all" },
  { name: "loads", ops: ["load"] },
  { name: "any-schema", tables: ["orders"], ops: ["insert"] },
  { name: "quoted", tables: ["Sales.order's"], when: [{ column: "it's `a` column", is: "<>", value: null }] },
  { name: "absent", when: [{ column: "total", is: "=", value: null }] },
  { name: "large", when: [{ column: "total", is: ">", value: 1000.4999999999 }] },
  { name: "exact", when: [{ column: "total", is: "=", value: 1500 }] },
  {
    name: "between",
    when: [
      { column: "total", is: "<>", value: 1000 },
      { column: "total", is: "<=", value: 1000.5 },
      { column: "status", is: ">=", value: "a" },
    ],
  },
  {
    name: "became-paid",
    ops: ["update"],
    when: [
      { column: "status", is: "=", value: "paid" },
      { column: "status", row: "old", is: "<>", value: "paid" },
    ],
  },
  { name: "true-text", when: [{ column: "flag", is: "=", value: true }] },
  ...STATUSES.slice(1, 6).map((status, index) => ({
    name: `status-${index}`,
    when: [{ column: "status", is: "=" as const, value: status }],
  })),
  { name: "many-updates", ops: ["update"], count: { atLeast: 5, withinSeconds: 90 } },
  { name: "many-orders", tables: ["public.orders"], count: { atLeast: 20, withinSeconds: 300 } },
];

/** An event, and its record in some format as it is on the stream. */
interface Recorded {
  event: ChangeEvent;
  text: string;
}

/** Three hundred changes in about their order, in every format, a third of them more than once, with what is no event. */
function recorded(): { records: Recorded[]; lines: string[] } {
  const random = seededRandom(20);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const streams = TABLES.map((_table, index) => new StreamRecords(`shop-${index}`));
  const row = (id: number): AttributeMap => ({
    order_id: { N: String(id) },
    ...(random() < 0.8 && { status: { S: pick(STATUSES) } }),
    ...(random() < 0.8 && { total: { N: pick(TOTALS) } }),
    ...(random() < 0.3 && { flag: { BOOL: random() < 0.5 } }),
    ...(random() < 0.3 && { "it's `a` column": { L: [{ S: "x" }, { N: "1" }] } }),
  });
  const records = Array.from({ length: 300 }, (_, nth): Recorded => {
    const index = Math.floor(random() * TABLES.length);
    const stream = streams[index] as StreamRecords;
    const record = pick([
      () => stream.insert(row(nth)),
      () => stream.update(row(nth), row(nth)),
      () => stream.remove(row(nth)),
      () => loadRecord(row(nth), ["order_id"], { streamArn: `arn:${index}`, startedAt: 1 }),
    ])();
    record.eventID = `${index}-${nth}`;
    // Never as late as to be left out: what is too late is another test's.
    changedAt(record, FIRST_SECOND + nth * 2 - Math.floor(random() * LATE));
    const source = { name: "shop", engine: "postgres", ...(TABLES[index] as (typeof TABLES)[number]) };
    const text = eventWriter(pick(EVENT_FORMATS), source)(changeOf(record)).trim();
    return { event: parseEvent(text), text };
  });
  const lines = records.flatMap(({ text }) => (random() < 0.3 ? [text, text] : [text]));
  for (const none of [
    "no JSON",
    "7",
    "[]",
    "{}",
    '{"source":"shop"}',
    '{"v":1,"id":"x","op":"none","source":{}}',
  ]) {
    lines.splice(Math.floor(random() * lines.length), 0, none);
  }
  return { records, lines };
}

function changedAt(record: StreamRecord, second: number): void {
  record.dynamodb = { ...record.dynamodb, ApproximateCreationDateTime: second };
}

/** What must be counted: each change once, by its window. */
function expectedCounts(records: readonly Recorded[]): string[] {
  const counts = new Map<string, number>();
  for (const { event } of records) {
    const { from, to } = windowOf(event, WINDOW);
    const key = [from, to, event.source.schema, event.source.table, event.op].join("|");
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `${key}|${count}`).sort();
}

/** What must be told, by rule. */
function expectedAlerts(records: readonly Recorded[]): string[] {
  return RULES.flatMap((rule) => {
    const { ops = ["insert", "update", "delete"] } = rule;
    const passes = compileFilter({ ...rule, ops });
    const told = records.filter(
      ({ event }) => passes(event) && (rule.when ?? []).every((condition) => holds(condition, event)),
    );
    if (rule.count === undefined) return told.map(({ event }) => `${rule.name}|${event.id}`);
    const { atLeast, withinSeconds } = rule.count;
    const windows = new Map<string, number>();
    for (const { event } of told) {
      const { from, to } = windowOf(event, withinSeconds);
      windows.set(`${from}|${to}`, (windows.get(`${from}|${to}`) ?? 0) + 1);
    }
    return [...windows].flatMap(([window, count]) =>
      count >= atLeast ? [`${rule.name}|${window}|${count}`] : [],
    );
  }).sort();
}

function windowOf({ at }: ChangeEvent, seconds: number): { from: string; to: string } {
  const start = Math.floor(Date.parse(at) / 1000 / seconds) * seconds;
  const text = (time: number) => new Date(time * 1000).toISOString().replace(".000Z", "Z");
  return { from: text(start), to: text(start + seconds) };
}

/** The rules' documentation, in TypeScript; no number among the tests' is too long for a double to compare. */
function holds({ column, is, value, row }: AlertCondition, event: ChangeEvent): boolean {
  const looked = row === undefined ? (event.new ?? event.old) : event[row];
  const found = looked?.[column];
  if (value === null) return (found === undefined) === (is === "=");
  if (typeof value === "number") {
    const number = found === undefined ? undefined : Number(String(found));
    if (is === "=" || is === "<>") return (number === value) === (is === "=");
    return number !== undefined && compared(is, number, value);
  }
  const text = found === undefined ? undefined : String(found);
  if (is === "=" || is === "<>") return (text === String(value)) === (is === "=");
  return text !== undefined && compared(is, text, String(value));
}

function compared<T extends string | number>(is: AlertCondition["is"], a: T, b: T): boolean {
  return { "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "=": a === b, "<>": a !== b }[is];
}

describeOnFlink("the analytics' SQL, on a real Flink", function () {
  this.timeout(180_000);
  let folder: string;
  let flink: RunningFlink;
  const { records, lines } = recorded();
  const quietRule = { name: "two", count: { atLeast: 2, withinSeconds: 10 } };
  let jobs: Job[];

  before(() => {
    folder = temporaryFolder();
    for (const name of ["in", "live"]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, "in", "events.json"), `${lines.join("\n")}\n`);
    const place = (name: string) => ({
      connector: "filesystem",
      path: pathToFileURL(join(folder, name)).href,
    });
    const ticks = { connector: "datagen", "rows-per-second": "5", "fields.op.length": "1" };
    const print = (name: string) => ({ connector: "print", "print-identifier": name });
    const options = { windowSeconds: WINDOW, lateSeconds: LATE, quietSeconds: 300 };
    const live = analyticsJob({
      windowSeconds: 1,
      lateSeconds: 0,
      quietSeconds: 2,
      alerts: [quietRule],
      connectors: {
        records: { ...place("live"), "source.monitor-interval": "100 ms", ...JSON_IN },
        ticks,
        counts: print("count"),
        alerts: print("alert"),
      },
    });
    jobs = [
      analyticsJob({
        ...options,
        alerts: RULES,
        connectors: {
          records: { ...place("in"), ...JSON_IN },
          ticks: { ...ticks, "number-of-rows": "1" },
          counts: { ...place("counts"), ...JSON_OUT },
          alerts: { ...place("alerts"), ...JSON_OUT },
        },
      }),
      { ...live, settings: { ...live.settings, "table.exec.source.idle-timeout": "500 ms" } },
    ];
    flink = startFlink(jobs, folder);
  });

  after(async () => {
    await flink.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Waits for Flink to have said something, and fails with its words where it ends before. */
  async function said(what: string, found: (lines: string[]) => boolean): Promise<void> {
    await poll(
      what,
      async () => {
        if (found(flink.lines())) return true;
        assert.ok(!flink.ended(), `Flink ended before ${what}: ${flink.errors().slice(0, 3000)}`);
        return false;
      },
      150_000,
    );
  }

  function written<T>(name: string): T[] {
    return readdirSync(join(folder, name))
      .filter((file) => file.startsWith("part-"))
      .flatMap((file) => readFileSync(join(folder, name, file), "utf8").split("\n"))
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as T);
  }

  it("is planned and run, all statements of it as one job", async () => {
    assert.equal((jobs[0] as Job).inserts.length, RULES.length + 1);
    await said("the first job's end", (all) => all.includes("ran"));
  });

  it("counts each change once, by window, table and operation, in every format", async () => {
    assert.deepEqual(
      written<CountResult>("counts")
        .map(({ from, to, schema, table, op, changes }) => [from, to, schema, table, op, changes].join("|"))
        .sort(),
      expectedCounts(records),
    );
  });

  it("tells each change that a rule is about once, and each window with many", async () => {
    const expected = expectedAlerts(records);
    for (const { name } of RULES) {
      assert.ok(
        expected.some((line) => line.startsWith(`${name}|`)),
        `nothing tries the rule ${name}`,
      );
    }
    assert.deepEqual(
      written<AlertResult>("alerts")
        .map(({ type, rule, id, from, to, changes }) =>
          type === "change" ? `${rule}|${id}` : `${rule}|${from}|${to}|${changes}`,
        )
        .sort(),
      expected,
    );
  });

  it("tells the key of a change, and what its rule looked at, with every digit", async () => {
    const byId = new Map(records.map(({ event }) => [event.id, event]));
    const large = written<AlertResult>("alerts").filter(({ rule }) => rule === "large");
    for (const { id, key, values, at, schema, table, op } of large) {
      const event = byId.get(id ?? "") as ChangeEvent;
      const row = event.new ?? event.old;
      assert.deepEqual([key, at], [{ order_id: String(event.key.order_id) }, event.at.replace(".000Z", "Z")]);
      assert.deepEqual([schema, table, op], [event.source.schema, event.source.table, event.op]);
      assert.equal(Number(values?.total), Number(String(row?.total)));
    }
    assert.ok(large.some(({ values }) => values?.total === "12345678901234567890.123456789"));
  });

  it("closes the last window where nothing changes any more, and leaves out what comes after", async () => {
    const stream = new StreamRecords("shop-0");
    // Two in one second of the clock's past, which the ticks have passed long ago.
    const second = Math.floor(Date.now() / 10_000) * 10 - 60;
    const put = (name: string, at: readonly number[]) => {
      const texts = at.map((time, nth) => {
        const record = stream.insert({ order_id: { N: String(nth) } });
        record.eventID = `${name}-${nth}`;
        changedAt(record, time);
        return eventWriter("rowstream", { name: "shop", engine: "postgres", schema: "public", table: name })(
          changeOf(record),
        );
      });
      writeFileSync(join(folder, `.${name}`), texts.join(""));
      renameSync(join(folder, `.${name}`), join(folder, "live", `${name}.json`));
    };
    const counted = (table: string) => (all: string[]) =>
      all.some((line) => line.startsWith("count") && line.includes(`, ${table}, `));

    put("first", [second, second]);
    await said("the count of the last window", counted("first"));
    await said("the alert of the last window", (all) => all.some((line) => line.startsWith("alert")));

    put("late", [second]);
    put("next", [Math.floor(Date.now() / 1000)]);
    await said("the count of a later window", counted("next"));
    assert.ok(
      !counted("late")(flink.lines()),
      "a change that comes after its window was told is in no other",
    );
    assert.equal(
      flink.lines().filter((line) => line.startsWith("count")).length,
      2,
      flink.lines().join("\n"),
    );
  });
});
