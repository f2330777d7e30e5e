import assert from "node:assert/strict";
import { deploy } from "../../automation/deploy";
import { discoverTables } from "../../automation/tables";
import { verify } from "../../automation/verify/verify";
import { parseEvent } from "../../functions/parseEvent";
import { parseBehaviour } from "../../sandbox/dms/behaviour";
import { Catalogue } from "../../sandbox/dms/source/postgres/catalogue";
import { itemBytes, MAX_ITEM_BYTES } from "../../sandbox/dms/target/itemSize";
import type { ReceivedEvent } from "../helpers/changeEvents";
import { poll } from "../helpers/poll";
import { SandboxBench } from "../helpers/sandboxBench";
import { StreamLines } from "../helpers/streamLines";
import { type TypeLine, typeTable } from "../helpers/typeTable";

const line = (definition: string, sql: string, json: string | undefined): TypeLine => ({
  definition,
  dmsType: "",
  sql,
  json,
});

/** Values at the edges of their types. */
const EDGES: TypeLine[] = [
  line("real", "'-3.4028235e38'", "-340282350000000000000000000000000000000"),
  line("double precision", "1.5e20", "150000000000000000000"),
  line("double precision", "1e-300", '"1e-300"'),
  line("double precision", "'-Infinity'", '"-Infinity"'),
  line("numeric", "-0.00000050", "-0.000001"),
  line("numeric", "99999999999999999999999999999999999999.4", '"99999999999999999999999999999999999999.4"'),
  line(
    "numeric(50,10)",
    "1234567890123456789012345678901234567890.5",
    '"1234567890123456789012345678901234567890.5000000000"',
  ),
  line("boolean", "false", '"false"'),
  line("text", "''", '""'),
  line("text", "NULL", undefined),
  line("date", "'0044-03-15 BC'", '"0044-03-15 BC"'),
  line("date", "'10000-01-01'", '"10000-01-01"'),
  line("timestamptz", "'2026-03-29 01:59:59.999999 Europe/Paris'", '"2026-03-29T00:59:59.999999Z"'),
  line("interval", "'-1 day -00:00:01.5'", '"-1 days -00:00:01.5"'),
  line("bit varying(8)", "B''", '""'),
  line("uuid[]", "'{}'", '"{}"'),
];

/** What the definitions name; an extension that this PostgreSQL comes without takes its line out of the table. */
const SET_UP = `
  CREATE TYPE mood AS ENUM ('happy', 'sad');
  CREATE TYPE pair AS (a int, b text);
  CREATE TYPE strrange AS RANGE (subtype = text);
  CREATE DOMAIN cents AS numeric(10,2);
  CREATE TABLE moved (id int PRIMARY KEY, v text);
  INSERT INTO moved VALUES (1, 'a');
  CREATE TABLE toasted (id int PRIMARY KEY, small text, large text);
  ALTER TABLE toasted ALTER COLUMN large SET STORAGE EXTERNAL;
  INSERT INTO toasted VALUES (1, 'a', repeat('x', 20000));
  CREATE TABLE stock_moves (item bigint, at timestamp, n int, PRIMARY KEY (item, at));
  INSERT INTO stock_moves VALUES (9007199254740993, '2026-11-23 14:15:16.5', 1);
  CREATE TABLE wide (id int PRIMARY KEY, v text);`;

const EXTENSIONS = ["hstore", "citext"];

/** A text with which an item of key `id` 1 is as large as DynamoDB takes it. */
const WIDEST = MAX_ITEM_BYTES - itemBytes({ id: { N: "1" }, v: { S: "" } });

describe("PostgreSQL's types, from SQL to the event", function () {
  this.timeout(300_000);
  let bench: SandboxBench;
  let stream: StreamLines;
  let types: TypeLine[];
  /** Every event so far: its text, and as a consumer reads it. */
  const events: { text: string; event: ReceivedEvent }[] = [];

  /** The event that this is true of, the first that comes. */
  function next(what: string, is: (event: ReceivedEvent) => boolean) {
    return poll(
      what,
      async () => {
        for (const text of await stream.read()) {
          events.push({ text, event: parseEvent(text) as unknown as ReceivedEvent });
        }
        return events.find(({ event }) => is(event));
      },
      60_000,
    );
  }

  /** The next event of a row of a table. */
  function of(table: string, op: string, id: number, more: (event: ReceivedEvent) => boolean = () => true) {
    return next(
      `${op} of ${table} ${id}`,
      (event) =>
        event.source.table === table && event.op === op && Number(event.key.id) === id && more(event),
    );
  }

  /** Holds the bytes of an event's new row to the table of types. */
  function assertTypes({ text }: { text: string }): void {
    const row = text.slice(text.indexOf('"new":{'), text.indexOf('"changed":'));
    for (const [index, { definition, sql, json }] of types.entries()) {
      const found = new RegExp(`"c${index}":("(?:[^"\\\\]|\\\\.)*"|[^,}]+)`).exec(row)?.[1];
      assert.equal(found, json, `${definition} ${sql}`);
    }
  }

  const values = () => types.map(({ sql }) => sql).join(", ");

  async function makeTypes(): Promise<void> {
    const { rows } = await bench.database.query("SELECT name FROM pg_available_extensions");
    const available = EXTENSIONS.filter((name) => rows.some((row) => row.name === name));
    for (const name of available) {
      await bench.query(`CREATE EXTENSION ${name}`);
    }
    const absent = EXTENSIONS.filter((name) => !available.includes(name));
    types = [...typeTable("PostgreSQL"), ...EDGES].filter(({ definition }) => !absent.includes(definition));
    const columns = types.map(({ definition }, index) => `c${index} ${definition}`).join(", ");
    // Serial columns are NOT NULL: a row without values needs them to be as the others.
    const nullable = types.flatMap(({ definition }, index) =>
      definition.endsWith("serial")
        ? [`ALTER COLUMN c${index} DROP NOT NULL, ALTER COLUMN c${index} DROP DEFAULT`]
        : [],
    );
    await bench.query(`CREATE TABLE types (id int PRIMARY KEY, step int, ${columns})`);
    await bench.query(`ALTER TABLE types ${nullable.join(", ")}`);
    await bench.query(`INSERT INTO types VALUES (1, 0, ${values()})`);
  }

  before(async () => {
    bench = await SandboxBench.start();
    await bench.query(SET_UP);
    await makeTypes();
    const tables = JSON.parse(bench.sandbox.config["rowstream:tables"]?.value ?? "{}");
    const keys = { ...tables.keys, "public.stock_moves": ["item", "at"] };
    const { outputs } = await deploy(
      bench.configured(undefined, {
        "rowstream:tables": { value: JSON.stringify({ ...tables, keys }) },
        "rowstream:initialLoad": { value: "events" },
      }),
    );
    stream = new StreamLines(bench.sandbox.environment, outputs.streamName);
  });

  after(() => bench?.stop());

  it("are in DMS what the table of types says", async () => {
    const behaviour = parseBehaviour(undefined);
    const options = { supportLobs: true, lobMaxBytes: undefined, booleanAsBoolean: false, behaviour };
    const tables = await new Catalogue(options).tables(bench.database);
    const table = tables.find(({ name }) => name === "types");
    for (const [index, { definition, dmsType }] of types.entries()) {
      if (dmsType !== "") {
        assert.equal(table?.conversions[index + 2]?.dmsType, dmsType, definition);
      }
    }
  });

  it("come out the same of a row that was loaded, inserted and updated", async () => {
    assertTypes(await of("types", "load", 1));
    await bench.query(`INSERT INTO types VALUES (2, 0, ${values()})`);
    assertTypes(await of("types", "insert", 2));
    await bench.query("INSERT INTO types VALUES (3, 0)");
    const sets = types.map(({ sql }, index) => `c${index} = ${sql}`).join(", ");
    await bench.query(`UPDATE types SET ${sets} WHERE id = 3`);
    const { text, event } = await of("types", "update", 3);
    assertTypes({ text });
    assert.deepEqual(event.old, { id: 3, step: 0 });
    const present = types.flatMap(({ json }, index) => (json === undefined ? [] : [`c${index}`]));
    assert.deepEqual([...event.changed].sort(), present.sort());
  });

  it("stay where an update sets them to NULL, or go, as DMS has it (nullOnUpdate)", async () => {
    const nulls = types.map((_, index) => `c${index} = NULL`).join(", ");
    await bench.query(`UPDATE types SET step = 1, ${nulls} WHERE id = 2`);
    const kept = await of("types", "update", 2);
    assertTypes(kept);
    assert.deepEqual(kept.event.changed, ["step"]);
    await bench.behave({ nullOnUpdate: "remove" });
    await bench.query(`UPDATE types SET step = 1, ${nulls} WHERE id = 3`);
    const { event } = await of("types", "update", 3, ({ new: row }) => row?.step === 1);
    assert.deepEqual(event.new, { id: 3, step: 1 });
    await bench.behave({});
  });

  it("that lie out of line and did not change are in the event nevertheless", async () => {
    await bench.query("UPDATE toasted SET small = 'b'");
    const { event } = await of("toasted", "update", 1);
    assert.deepEqual(event.changed, ["small"]);
    assert.equal(event.new?.large, "x".repeat(20_000));
    assert.equal(event.old?.large, event.new?.large);
  });

  it("are strings in a composite key, with every digit", async () => {
    const is = ({ source, op }: ReceivedEvent) => source.table === "stock_moves" && op === "update";
    await bench.query("UPDATE stock_moves SET n = 2");
    const { text } = await next("the update", is);
    assert.match(text, /"key":\{"at":"2026-11-23T14:15:16\.500000","item":"9007199254740993"\}/);
  });

  it("make no event of an updated primary key, which DMS ignores, and an insert of what comes after it", async () => {
    await of("moved", "load", 1);
    await bench.query("UPDATE moved SET id = 10, v = 'moved' WHERE id = 1");
    await bench.query("UPDATE moved SET v = 'behind it' WHERE id = 10");
    const { event } = await of("moved", "insert", 10);
    assert.deepEqual(event.new, { id: 10, v: "behind it" });
    const own = events.filter(({ event: one }) => one.source.table === "moved" && one.op !== "load");
    assert.equal(own.length, 1);
  });

  it("fill an item of 400 KB to the last byte; one byte more is refused, which shows", async () => {
    await bench.query(`INSERT INTO wide VALUES (1, repeat('x', ${WIDEST}))`);
    const inserted = await of("wide", "insert", 1);
    assert.equal(String(inserted.event.new?.v).length, WIDEST);
    // An UpdateItem is charged a few bytes for its expression, too.
    await bench.query(`UPDATE wide SET v = repeat('y', ${WIDEST - 100})`);
    const updated = await of("wide", "update", 1);
    assert.equal(updated.event.old?.v, inserted.event.new?.v);

    await bench.query(`INSERT INTO wide VALUES (2, repeat('x', ${WIDEST + 1})), (3, 'behind it')`);
    await of("wide", "insert", 3);
    const { tables } = await verify({ ...bench.workspace(), tables: ["wide"], settleSeconds: 1 });
    assert.deepEqual(tables[0]?.differences, [{ kind: "missing", key: { id: "2" }, columns: [] }]);

    await bench.query(`UPDATE wide SET v = repeat('z', ${WIDEST + 1}) WHERE id = 1`);
    const reason = await poll("DMS to give the table up", async () => {
      const { discovery } = await discoverTables(bench.workspace());
      return discovery.skipped.find(({ table }) => table === "wide")?.reason;
    });
    assert.match(reason, new RegExp(`${MAX_ITEM_BYTES + 1} bytes|cannot be written`));
  });
});
