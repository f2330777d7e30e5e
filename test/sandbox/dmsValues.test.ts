import assert from "node:assert/strict";
import { DmsBench, SETTINGS } from "../helpers/dmsBench";
import { poll } from "../helpers/poll";

/** A column of each type of the user guide's list: its definition, a value in SQL, and the attribute it becomes. */
const TYPES: [definition: string, sql: string, attribute: string | undefined][] = [
  ["smallint", "-32768", "-32768"],
  ["integer", "2147483647", "2147483647"],
  ["bigint", "9223372036854775807", "9223372036854775807"],
  ["real", "2.5", "2.5"],
  ["double precision", "1.5e20", "150000000000000000000"],
  ["double precision", "0.1", "0.1"],
  ["double precision", "'NaN'", "NaN"],
  ["double precision", "1e-300", "1e-300"],
  ["numeric(38,0)", "99999999999999999999999999999999999999", "99999999999999999999999999999999999999"],
  ["numeric(12,2)", "-1234.50", "-1234.5"],
  [
    "numeric(50,10)",
    "1234567890123456789012345678901234567890.5",
    "1234567890123456789012345678901234567890.5000000000",
  ],
  ["numeric", "1.23456789", "1.234568"],
  ["numeric", "-0.00000050", "-0.000001"],
  ["money", "'-1234.56'", "-1234.56"],
  ["boolean", "true", "true"],
  ["boolean", "false", "false"],
  ["char(5)", "'ab'", "ab   "],
  ["varchar(20)", "'quo\"te ''x'' \\ / 🎉'", "quo\"te 'x' \\ / 🎉"],
  ["text", "E'a\\tb\\nc\\x01'", "a\tb\nc\u0001"],
  ["text", "''", ""],
  ["json", `'{"a": [1, 2]}'`, '{"a": [1, 2]}'],
  ["jsonb", `'{"a":[1,2]}'`, '{"a": [1, 2]}'],
  ["xml", "'<a>1</a>'", "<a>1</a>"],
  ["int[]", "'{1,2,NULL}'", "{1,2,NULL}"],
  ["text[]", `ARRAY['a b', 'c']`, '{"a b",c}'],
  ["date", "'2026-11-23'", "2026-11-23"],
  ["time", "'14:15:16.5'", "14:15:16.500000"],
  ["timetz", "'14:15:16+02'", "14:15:16.000000+02"],
  ["timestamp", "'2026-11-23 14:15:16.123456'", "2026-11-23 14:15:16.123456"],
  ["timestamp", "'infinity'", "infinity"],
  ["timestamptz", "'2026-11-23 14:15:16+05:30'", "2026-11-23 08:45:16.000000+00"],
  ["interval", "'1 day 02:03:04'", "1 day 02:03:04"],
  ["uuid", "'00000000-0000-0000-0000-00000000000a'", "00000000-0000-0000-0000-00000000000a"],
  ["bit(4)", "B'1010'", "1010"],
  ["bytea", "'\\xdeadbeef'", undefined],
  ["inet", "'10.0.0.1/8'", "10.0.0.1/8"],
  ["macaddr", "'08:00:2b:01:02:03'", "08:00:2b:01:02:03"],
  ["point", "'(1,2)'", "(1,2)"],
  ["int4range", "'[1,5)'", "[1,5)"],
  ["tsvector", "'a b'", "'a' 'b'"],
  ["mood", "'happy'", "happy"],
  ["pair", "ROW(1, 'x')", "(1,x)"],
  ["positive", "7", "7"],
  ["cents", "12.345", "12.35"],
  ["text", "NULL", undefined],
];

describe("the DMS stand-in's values", function () {
  this.timeout(120_000);
  let bench: DmsBench;

  before(async () => {
    bench = await DmsBench.start();
  });

  after(() => bench?.stop());

  it("carries every type of the manual's list, the same in the load and in the changes", async () => {
    await bench.newDatabase();
    await bench.query("CREATE TYPE mood AS ENUM ('happy', 'sad')");
    await bench.query("CREATE TYPE pair AS (a int, b text)");
    await bench.query("CREATE DOMAIN positive AS int CHECK (VALUE > 0)");
    await bench.query("CREATE DOMAIN cents AS numeric(10,2)");
    const columns = TYPES.map(([definition], index) => `c${index} ${definition}`).join(", ");
    const values = TYPES.map(([, sql]) => sql).join(", ");
    await bench.query(`CREATE TABLE types (id int PRIMARY KEY, ${columns})`);
    await bench.query("SET lc_monetary = 'C'");
    await bench.query(`INSERT INTO types VALUES (1, ${values})`);
    const task = await bench.createTask("types");
    await bench.loadAndResume(task);
    await bench.query(`INSERT INTO types VALUES (2, ${values})`);
    const items = await poll("the change", async () => {
      const found = await bench.items("types");
      return found.length === 2 && found;
    });
    TYPES.forEach(([definition, sql, attribute], index) => {
      assert.equal(items[0]?.[`c${index}`], attribute, `${definition} ${sql} by the load`);
      assert.equal(items[1]?.[`c${index}`], attribute, `${definition} ${sql} by a change`);
    });
    await bench.stopTask(task);
  });

  it("ignores an update of the primary key, and leaves the old item as it was", async () => {
    await bench.newDatabase();
    await bench.query("CREATE TABLE moved (id int PRIMARY KEY, v text)");
    await bench.query("INSERT INTO moved VALUES (1, 'a'), (2, 'b')");
    const task = await bench.createTask("moved");
    await bench.loadAndResume(task);
    await bench.query("UPDATE moved SET id = 10, v = 'moved' WHERE id = 1");
    await bench.query("UPDATE moved SET v = 'behind it' WHERE id = 2");
    await poll("the change behind it", async () => (await bench.items("moved"))[1]?.v === "behind it");
    assert.deepEqual(await bench.items("moved"), [
      { id: "1", v: "a" },
      { id: "2", v: "behind it" },
    ]);
    await bench.stopTask(task);
  });

  it("does not touch a value out of line that did not change", async () => {
    await bench.newDatabase();
    await bench.query("CREATE TABLE toasted (id int PRIMARY KEY, small text, large text)");
    await bench.query("ALTER TABLE toasted ALTER COLUMN large SET STORAGE EXTERNAL");
    await bench.query("INSERT INTO toasted VALUES (1, 'a', repeat('x', 20000))");
    const task = await bench.createTask("toasted");
    await bench.loadAndResume(task);
    await bench.query("UPDATE toasted SET small = 'b'");
    await poll("the change", async () => (await bench.items("toasted"))[0]?.small === "b");
    assert.equal(String((await bench.items("toasted"))[0]?.large).length, 20_000);
    await bench.stopTask(task);
  });

  it("cuts large objects off where the settings say so, between two characters", async () => {
    await bench.newDatabase();
    await bench.query("CREATE TABLE lobs (id int PRIMARY KEY, v text)");
    await bench.query("INSERT INTO lobs VALUES (1, repeat('é', 2000))");
    const settings = { ...SETTINGS, TargetMetadata: { LimitedSizeLobMode: true, LobMaxSize: 1 } };
    const task = await bench.createTask("lobs", { settings });
    await bench.startTask(task);
    await bench.waitForTask(task, "stopped");
    assert.equal((await bench.items("lobs"))[0]?.v, "é".repeat(512));
  });

  it("does not capture TRUNCATE, or fails where the settings say so", async () => {
    await bench.newDatabase();
    await bench.query("CREATE TABLE emptied (id int PRIMARY KEY)");
    await bench.query("INSERT INTO emptied VALUES (1)");
    const task = await bench.createTask("emptied");
    await bench.loadAndResume(task);
    await bench.query("TRUNCATE emptied");
    await bench.query("INSERT INTO emptied VALUES (2)");
    await poll("the change behind it", async () => (await bench.items("emptied")).length === 2);
    await bench.stopTask(task);
    const strict = await bench.createTask("emptied-strict", {
      settings: { ...SETTINGS, ErrorBehavior: { ApplyErrorFailOnTruncationDdl: true } },
    });
    await bench.loadAndResume(strict);
    await bench.query("TRUNCATE emptied");
    const failed = await bench.waitForTask(strict, "failed");
    assert.match(failed.LastFailureMessage ?? "", /Truncation DDL detected on table 'public'\.'emptied'/);
  });

  describe("where AWS DMS may act either way", () => {
    afterEach(async () => {
      await bench.endDms("SIGTERM");
      await bench.startDms({});
    });

    async function withBehaviour(behaviour: object, name: string): Promise<string> {
      await bench.endDms("SIGTERM");
      await bench.startDms({ ROWSTREAM_DMS_BEHAVIOUR: JSON.stringify(behaviour) });
      await bench.newDatabase();
      await bench.query(`CREATE TABLE ${name} (id int PRIMARY KEY, a text, large text)`);
      await bench.query(`ALTER TABLE ${name} ALTER COLUMN large SET STORAGE EXTERNAL`);
      await bench.query(`INSERT INTO ${name} VALUES (1, 'a', repeat('x', 5000)), (2, 'b', NULL)`);
      const task = await bench.createTask(name.replaceAll("_", "-"));
      await bench.loadAndResume(task);
      await bench.query(`UPDATE ${name} SET a = NULL WHERE id = 1`);
      await bench.query(`UPDATE ${name} SET a = 'behind' WHERE id = 2`);
      return task;
    }

    it("keeps an attribute that an update sets to NULL (nullOnUpdate keep)", async () => {
      const task = await withBehaviour({ nullOnUpdate: "keep" }, "kept_null");
      await poll("the changes", async () => (await bench.items("kept_null"))[1]?.a === "behind");
      assert.equal((await bench.items("kept_null"))[0]?.a, "a");
      await bench.stopTask(task);
    });

    it("loses what the log does not carry (update replace)", async () => {
      const task = await withBehaviour({ update: "replace" }, "replaced");
      await poll("the changes", async () => (await bench.items("replaced"))[1]?.a === "behind");
      assert.deepEqual((await bench.items("replaced"))[0], { id: "1" });
      await bench.stopTask(task);
    });

    it("names tables with their schema, and makes string keys (tableName schema_table, numericKey S)", async () => {
      const task = await withBehaviour({ tableName: "schema_table", numericKey: "S" }, "named");
      await poll("the changes", async () => (await bench.items("public_named"))[1]?.a === "behind");
      await bench.stopTask(task);
    });
  });
});
