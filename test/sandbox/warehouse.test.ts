import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import fc from "fast-check";
import { parse } from "lossless-json";
import { Client } from "pg";
import {
  changesView,
  eventsView,
  rowsView,
  type SourceTable,
  schema,
  viewNames,
} from "../../components/consumers/warehouse/sql";
import { changeOf } from "../../functions/change";
import type { AttributeMap, StreamRecord } from "../../functions/dynamoDbStream";
import { EVENT_FORMATS, type EventFormat, eventWriter } from "../../functions/formats/format";
import { loadRecord } from "../../functions/loadRecord";
import { partitionKey } from "../../functions/partitionKey";
import { type PostgresServer, startPostgres } from "../../sandbox/database/postgres";
import { postgresDialect } from "../helpers/postgresDialect";
import { StreamRecords } from "../helpers/streamRecords";
import { temporaryFolder } from "../helpers/temporaryFolder";
import { postgresBin } from "../helpers/tools";

/** Tables with names that must not run into each other. */
const TABLES: SourceTable[] = [
  { schema: "public", table: "orders" },
  { schema: "Sales", table: "orders" },
  { schema: "Sales", table: "order's" },
];

/** What may become of a row: a column's text and a number with all its digits, or its end. */
type Step = { status: string; total: string } | "gone";

/** A row and what happens to it. */
interface RowHistory {
  table: number;
  row: number;
  /** What it was when its table was loaded; absent where it was not there. */
  loaded?: Exclude<Step, "gone"> | undefined;
  steps: Step[];
}

/** A record on its way to the warehouse. */
interface Delivered {
  key: string;
  text: string;
  change: ReturnType<typeof changeOf>;
  table: number;
}

const value = fc.record({
  status: fc.string({ unit: "binary", maxLength: 5 }).map((text) => text.replaceAll("\0", "")),
  total: fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }).map(String),
});

const histories: fc.Arbitrary<RowHistory[]> = fc.uniqueArray(
  fc.record({
    table: fc.nat({ max: TABLES.length - 1 }),
    row: fc.nat({ max: 2 }),
    loaded: fc.option(value, { nil: undefined }),
    steps: fc.array(fc.oneof({ weight: 3, arbitrary: value }, fc.constant("gone" as const)), {
      maxLength: 5,
    }),
  }),
  { selector: ({ table, row }) => `${table} ${row}`, maxLength: 6 },
);

/** Which format each event has, whether its row was too large for it, how often it comes, and in which order. */
const deliveries = fc.infiniteStream(
  fc.record({
    format: fc.constantFrom(...EVENT_FORMATS),
    tooLarge: fc.nat({ max: 5 }).map((n) => n === 0),
    times: fc.integer({ min: 1, max: 3 }),
    place: fc.nat(),
  }),
);

const REF = { bucket: "failures", key: "oversize/1", bytes: 2_000_000, sha256: "0".repeat(64) };

describe("the warehouse's views, on PostgreSQL", function () {
  this.timeout(120_000);
  let stateDir: string;
  let server: PostgresServer;
  let client: Client;

  before(async () => {
    stateDir = temporaryFolder();
    server = await startPostgres({ bin: postgresBin(), stateDir });
    client = new Client({ connectionString: server.url("postgres") });
    await client.connect();
    await client.query(schema);
    await client.query(`CREATE TABLE rowstream.records (approximate_arrival_timestamp TIMESTAMP, partition_key VARCHAR(256),
      shard_id VARCHAR(64), sequence_number VARCHAR(128), refresh_time TIMESTAMP, event JSONB, unreadable BYTEA)`);
    await makeViews();
    // A refresh forgets statements, and the next update runs them again.
    await makeViews();
  });

  after(async () => {
    await client.end();
    await server.stop();
    server.remove();
    rmSync(stateDir, { recursive: true, force: true });
  });

  async function makeViews(): Promise<void> {
    await client.query(schema);
    await client.query(eventsView(postgresDialect));
    for (const table of TABLES) {
      await client.query(changesView(viewNames(table), table));
      await client.query(rowsView(viewNames(table), table));
    }
  }

  async function deliver(records: readonly Delivered[]): Promise<void> {
    await client.query("TRUNCATE rowstream.records");
    await client.query(
      `INSERT INTO rowstream.records
       SELECT TIMESTAMP '2026-11-27' + nth / 2 * INTERVAL '1 second', key, 'shard', LPAD(nth::text, 8, '0'), now(), text::jsonb
       FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS r (key, text, nth)`,
      [records.map(({ key }) => key), records.map(({ text }) => text)],
    );
  }

  async function select(view: string): Promise<Record<string, unknown>[]> {
    const { rows } = await client.query(`SELECT row_to_json(v)::text AS row FROM rowstream."${view}" AS v`);
    return rows.map(({ row }) => parse(row) as Record<string, unknown>);
  }

  it("are the rows as they are and each change once, of any history in any order, in any format", async () => {
    await fc.assert(
      fc.asyncProperty(histories, deliveries, async (rows, how) => {
        const records = deliveryOf(rows, how);
        await deliver(records);
        for (const [index, table] of TABLES.entries()) {
          const own = records.filter((record) => record.table === index);
          const { rows: rowsName, changes } = viewNames(table);
          assert.deepEqual(
            sorted(
              (await select(rowsName)).map(({ row_key, row_data, ref }) => ({ row_key, row_data, ref })),
            ),
            sorted(replayed(own)),
          );
          assert.deepEqual(
            sorted(
              (await select(changes)).map(({ id, op, old_row, new_row, sequence, changed_at }) => ({
                id,
                op,
                old_row,
                new_row,
                sequence,
                at: new Date(String(changed_at)).toISOString(),
              })),
            ),
            sorted(distinct(own)),
          );
        }
      }),
      { numRuns: 100 },
    );
  });

  it("pass over a record that is no JSON, and one that is no event", async () => {
    await deliver([]);
    await client.query(`INSERT INTO rowstream.records (partition_key, event, unreadable)
      VALUES ('a', NULL, 'x'), ('b', '7', NULL), ('c', '[]', NULL), ('d', '{"source": "shop"}', NULL)`);
    for (const table of TABLES) {
      const { rows, changes } = viewNames(table);
      assert.deepEqual([await select(rows), await select(changes)], [[], []]);
    }
  });
});

/** A consumer that keeps to docs/guarantees.md: it drops what is not above the last that it applied of the row. */
function replayed(records: readonly Delivered[]): object[] {
  const last = new Map<string, Delivered["change"]>();
  for (const { key, change } of records) {
    if (change.sequence > (last.get(key)?.sequence ?? "")) last.set(key, change);
  }
  return [...last.values()]
    .filter(({ op }) => op !== "delete")
    .map(({ key, after, ref }) => ({
      row_key: parse(key),
      row_data: parse(after),
      ref: parse(JSON.stringify(ref ?? null)),
    }));
}

function distinct(records: readonly Delivered[]): object[] {
  const byId = new Map(records.map(({ change }) => [change.id, change]));
  return [...byId.values()].map(({ id, op, before, after, sequence, at }) => ({
    id: JSON.parse(id),
    op,
    old_row: parse(before),
    new_row: parse(after),
    sequence,
    at,
  }));
}

function sorted(rows: object[]): object[] {
  const text = (row: object) =>
    JSON.stringify(row, (_key, member) => (typeof member === "bigint" ? `${member}` : member));
  return [...rows].sort((a, b) => (text(a) < text(b) ? -1 : 1));
}

function deliveryOf(
  rows: readonly RowHistory[],
  how: Iterator<{ format: EventFormat; tooLarge: boolean; times: number; place: number }>,
): Delivered[] {
  const streams = TABLES.map((_table, index) => new StreamRecords(`shop-${index}`));
  const placed = rows.flatMap((history) =>
    recordsOf(streams[history.table] as StreamRecords, history).flatMap((record) => {
      const { format, tooLarge, times, place } = how.next().value;
      const change = { ...changeOf(record), ...(tooLarge && { before: "null", after: "null", ref: REF }) };
      const { schema: inSchema, table } = TABLES[history.table] as SourceTable;
      const source = { name: "shop", engine: "oracle", schema: inSchema, table };
      const delivered = {
        key: partitionKey(`shop-${history.table}`, change.key),
        text: eventWriter(format, source)(change),
        change,
        table: history.table,
      };
      return Array.from({ length: times }, (_, time) => ({ delivered, place: (place * (time + 1)) % 1009 }));
    }),
  );
  return placed.sort((a, b) => a.place - b.place).map(({ delivered }) => delivered);
}

/** The stream's records of a history: what cannot happen to the row as it is does not. */
function recordsOf(stream: StreamRecords, { row, loaded, steps }: RowHistory): StreamRecord[] {
  const item = ({ status, total }: Exclude<Step, "gone">): AttributeMap => ({
    order_id: { N: String(row) },
    status: { S: status },
    total: { N: total },
  });
  let now = loaded && item(loaded);
  const records = now
    ? [loadRecord(now, ["order_id"], { streamArn: `arn:${stream.tableName}`, startedAt: 1 })]
    : [];
  for (const step of steps) {
    if (step === "gone") {
      if (now) records.push(stream.remove(now));
      now = undefined;
    } else {
      const next = item(step);
      records.push(now ? stream.update(now, next) : stream.insert(next));
      now = next;
    }
  }
  return records;
}
