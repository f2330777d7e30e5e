import assert from "node:assert/strict";
import { DmsBench, SETTINGS } from "../helpers/dmsBench";
import { describeOnMariadb } from "../helpers/mariadb";
import { poll } from "../helpers/poll";
import { seededRandom } from "../helpers/seededRandom";

/** A column of each type: its definition, a value in SQL, and the attribute it becomes. */
const TYPES: [definition: string, sql: string, attribute: string | boolean | undefined][] = [
  ["tinyint", "-128", "-128"],
  ["tinyint(1)", "1", "1"],
  ["smallint unsigned", "65535", "65535"],
  ["mediumint", "-8388608", "-8388608"],
  ["int(6) zerofill", "42", "42"],
  ["bigint", "-9223372036854775808", "-9223372036854775808"],
  ["bigint unsigned", "18446744073709551615", "18446744073709551615"],
  ["decimal(38,0)", "99999999999999999999999999999999999999", "99999999999999999999999999999999999999"],
  ["decimal(38,10)", "-1234567890123456789012345678.0123456789", "-1234567890123456789012345678.0123456789"],
  ["decimal(12,2)", "-0.50", "-0.5"],
  [
    "decimal(50,10)",
    "1234567890123456789012345678901234567890.5",
    "1234567890123456789012345678901234567890.5000000000",
  ],
  ["float", "0.1", "0.1"],
  ["float", "16777216", "16777216"],
  ["float", "1.17549e-38", "0.0000000000000000000000000000000000000117549"],
  ["float(10,2)", "1234567.88", "1234567.9"],
  ["double", "0.1e0 + 0.2e0", "0.30000000000000004"],
  ["double", "-1.5e20", "-150000000000000000000"],
  ["double", "1e300", "1e+300"],
  ["double(10,2)", "1.5", "1.5"],
  ["bit(1)", "b'1'", true],
  ["bit(1)", "b'0'", false],
  ["bit(12)", "b'101'", undefined],
  ["year", "2026", "2026"],
  ["year", "0000", "0"],
  ["date", "'2026-11-23'", "2026-11-23"],
  ["date", "'0000-00-00'", undefined],
  ["date", "'2026-00-10'", "2026-00-10"],
  ["datetime", "'2026-11-23 14:15:16'", "2026-11-23 14:15:16.000000"],
  ["datetime(3)", "'1000-01-01 00:00:00.042'", "1000-01-01 00:00:00.042000"],
  ["datetime(6)", "'9999-12-31 23:59:59.999999'", "9999-12-31 23:59:59.999999"],
  ["datetime", "'0000-00-00'", undefined],
  ["timestamp null", "'2026-11-23 14:15:16'", "2026-11-23 09:15:16.000000"],
  ["timestamp(6) null", "'2026-11-23 02:15:16.000001'", "2026-11-22 21:15:16.000001"],
  ["timestamp null", "'0000-00-00'", undefined],
  ["time", "'-838:59:59'", "-838:59:59"],
  ["time(3)", "'-00:00:01.5'", "-00:00:01.500"],
  ["time(6)", "'14:15:16.123456'", "14:15:16.123456"],
  ["char(5)", "'ab  '", "ab"],
  ["varchar(40)", `'quo"te ''x'' \\\\ / 🎉'`, "quo\"te 'x' \\ / 🎉"],
  ["varchar(40) character set latin1", "'é € ÿ'", "é € ÿ"],
  ["varchar(40) character set ucs2", "'é € 日'", "é € 日"],
  ["text", "''", ""],
  ["tinytext", `'a\\tb\\nc\\Z'`, "a\tb\nc\u001a"],
  ["mediumtext", "'日本'", "日本"],
  ["longtext character set latin1", "'façade'", "façade"],
  ["json", `'{"b": 1, "a": [1.0, 2]}'`, '{"b": 1, "a": [1.0, 2]}'],
  ["enum('x','y''z','a,b')", "'a,b'", "a,b"],
  ["enum('x','é') character set latin1", "'é'", "é"],
  ["enum('x')", "''", ""],
  ["set('a','b','c')", "'a,c'", "a,c"],
  ["set('a','b')", "''", ""],
  ["binary(3)", "x'616200'", undefined],
  ["varbinary(10)", "'ab'", undefined],
  ["blob", "'ab'", undefined],
  ["tinyblob", "'ab'", undefined],
  ["longblob", "'ab'", undefined],
  ["point", "ST_GeomFromText('POINT(1 2)')", undefined],
  ["varchar(40) character set latin1", "'behind é'", "behind é"],
  ["uuid", "'123e4567-e89b-12d3-a456-426655440000'", "123e4567-e89b-12d3-a456-426655440000"],
  ["inet4", "'10.0.0.0'", "10.0.0.0"],
  ["inet6", "'2001:db8::ff00:42:8329'", "2001:db8::ff00:42:8329"],
  ["inet6", "'::ffff:192.0.2.128'", "::ffff:192.0.2.128"],
  ["inet6", "'::1'", "::1"],
  ["varchar(20) compressed", "'packed'", "packed"],
  ["int as (7) virtual", "default", "7"],
  ["int as (8) stored", "default", "8"],
];

/** Types whose every value must come out the same by the load and by a change, and how one is made. */
const RANDOM: [definition: string, value: (random: () => number) => string][] = [
  ["float", (random) => String((random() - 0.5) * 10 ** Math.floor(random() * 60 - 30))],
  ["double", (random) => String((random() - 0.5) * 10 ** Math.floor(random() * 400 - 200))],
  ["bigint", (random) => String(BigInt.asIntN(64, BigInt(Math.floor(random() * 2 ** 53)) * 2_047n))],
  ["decimal(38,20)", (random) => `${digits(random, 18)}.${digits(random, 20)}`],
  ["decimal(30,7)", (random) => `-${digits(random, 23)}.${digits(random, 7)}`],
  [
    "time(5)",
    (random) =>
      `'${random() < 0.5 ? "-" : ""}${digits(random, 2)}:12:${10 + digit(random)}.${digits(random, 5)}'`,
  ],
  [
    "datetime(4)",
    (random) => `'20${digits(random, 2)}-02-1${digit(random)} 1${digit(random)}:00:00.${digits(random, 4)}'`,
  ],
  [
    "timestamp(1) null",
    (random) => `'20${10 + digit(random)}-02-1${digit(random)} 1${digit(random)}:00:00.${digit(random)}'`,
  ],
];

const digit = (random: () => number) => Math.floor(random() * 10);
const digits = (random: () => number, count: number) =>
  Array.from({ length: count }, () => digit(random)).join("");

describeOnMariadb("the DMS stand-in's values of MariaDB", function () {
  this.timeout(120_000);
  let bench: DmsBench;

  before(async () => {
    bench = await DmsBench.startServers("mariadb");
    // What the source has, as it has it: the other choices are the same code as PostgreSQL's.
    await bench.startDms({
      ROWSTREAM_DMS_BEHAVIOUR: JSON.stringify({ nullOnUpdate: "remove", timeText: "sql" }),
    });
  });

  after(() => bench.stop());

  /** Lets values that a strict server refuses pass, and gives times their meaning in another zone. */
  async function newDatabase(): Promise<void> {
    await bench.newDatabase();
    await bench.query("SET sql_mode = '', time_zone = '+05:00'");
  }

  it("carries every type, the same in the load and in the changes", async () => {
    await newDatabase();
    const columns = TYPES.map(([definition], index) => `c${index} ${definition}`).join(", ");
    const values = TYPES.map(([, sql]) => sql).join(", ");
    await bench.query(`CREATE TABLE types (id int PRIMARY KEY, ${columns})`);
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

  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));
  it(`loses no digit of any number or time, whichever way it comes (SEED=${seed})`, async () => {
    await newDatabase();
    const random = seededRandom(seed);
    const columns = RANDOM.map(([definition], index) => `c${index} ${definition}`).join(", ");
    const rows = Array.from(
      { length: 300 },
      (_, id) => `(${id}, ${RANDOM.map(([, value]) => value(random)).join(", ")})`,
    );
    await bench.query(`CREATE TABLE loaded (id int PRIMARY KEY, ${columns})`);
    await bench.query("CREATE TABLE changed LIKE loaded");
    await bench.query(`INSERT INTO loaded VALUES ${rows.join(", ")}`);
    const task = await bench.createTask("random");
    await bench.loadAndResume(task);
    await bench.query("INSERT INTO changed SELECT * FROM loaded");
    const changed = await poll("the changes", async () => {
      const found = await bench.items("changed");
      return found.length === rows.length && found;
    });
    assert.deepEqual(changed, await bench.items("loaded"));
    await bench.stopTask(task);
  });

  it("ignores an update of the primary key, and sets an attribute to NULL", async () => {
    await newDatabase();
    await bench.query("CREATE TABLE moved (id int PRIMARY KEY, v text)");
    await bench.query("INSERT INTO moved VALUES (1, 'a'), (2, 'b'), (3, 'c')");
    const task = await bench.createTask("moved");
    await bench.loadAndResume(task);
    await bench.query("UPDATE moved SET id = 10, v = 'moved' WHERE id = 1");
    await bench.query("UPDATE moved SET v = NULL WHERE id = 2");
    await bench.query("UPDATE moved SET v = 'behind it' WHERE id = 3");
    await poll("the change behind it", async () => (await bench.items("moved"))[2]?.v === "behind it");
    assert.deepEqual(await bench.items("moved"), [
      { id: "1", v: "a" },
      { id: "2" },
      { id: "3", v: "behind it" },
    ]);
    await bench.stopTask(task);
  });

  it("cuts large objects off where the settings say so, and not the TEXT that DMS takes for a string", async () => {
    await newDatabase();
    await bench.query("CREATE TABLE lobs (id int PRIMARY KEY, lob longtext, v text)");
    await bench.query("INSERT INTO lobs VALUES (1, repeat('é', 2000), repeat('é', 2000))");
    const settings = { ...SETTINGS, TargetMetadata: { LimitedSizeLobMode: true, LobMaxSize: 1 } };
    const task = await bench.createTask("lobs", { settings });
    await bench.startTask(task);
    await bench.waitForTask(task, "stopped");
    assert.deepEqual(await bench.items("lobs"), [{ id: "1", lob: "é".repeat(512), v: "é".repeat(2000) }]);
  });
});
