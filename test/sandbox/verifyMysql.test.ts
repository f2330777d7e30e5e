import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { type Connection, createConnection } from "mysql2/promise";
import { connectionFromUrl } from "../../automation/source/sourceConnection";
import { mysqlSource } from "../../automation/verify/mysqlSource";
import type { SourceRow, SourceTable, VerifySource } from "../../automation/verify/verifySource";
import { type MariadbServer, startMariadb } from "../../sandbox/database/mariadb";
import { describeOnMariadb, mariadbProgram } from "../helpers/mariadb";
import { temporaryFolder } from "../helpers/temporaryFolder";

describeOnMariadb("verify's reading of MySQL and MariaDB", function () {
  this.timeout(60_000);
  let stateDir: string;
  let server: MariadbServer;
  let admin: Connection;
  let source: VerifySource;

  before(async () => {
    stateDir = temporaryFolder();
    server = await startMariadb({ program: mariadbProgram(), stateDir });
    admin = await createConnection({ uri: server.url(""), multipleStatements: true, timezone: "Z" });
    await admin.query("CREATE DATABASE shop; USE shop");
    source = await mysqlSource(connectionFromUrl(server.url("shop")));
  });

  after(async () => {
    await source?.close();
    await admin?.end();
    await server?.stop();
    server?.remove();
    rmSync(stateDir, { recursive: true, force: true });
  });

  async function described(table: string): Promise<SourceTable> {
    const found = await source.describe("shop", table);
    assert.ok(found);
    return found;
  }

  /** Reads a table in pages of two, as a comparison does, and fails where it does not come to an end. */
  async function paged(name: string): Promise<SourceRow[]> {
    const table = await described(name);
    const rows: SourceRow[] = [];
    let after: string[] | undefined;
    for (let pages = 0; pages < 50; pages += 1) {
      const page = await source.rowsAfter(table, table.primaryKey, after, 2);
      rows.push(...page);
      if (page.length < 2) {
        return rows;
      }
      after = table.primaryKey.map((column) => page[1]?.[column] ?? "");
    }
    return assert.fail("it reads for ever");
  }

  it("reads every value as text, whole, whatever the server's mode and zone", async () => {
    await admin.query(`
      SET SESSION sql_mode = '';
      CREATE TABLE samples (
        id bigint unsigned PRIMARY KEY, exact decimal(65,30), small float, big double, sum double(10,2), code char(5),
        day date, moment datetime(6), instant timestamp(3) NULL, clock time(2), born year, flag bit(1), flags bit(9),
        kind enum('x','it''s'), tags set('p','q'), doc json, words longtext, image longblob);
      SET time_zone = '+02:00';
      INSERT INTO samples VALUES (18446744073709551615, '12345678901234567890123456789012345.000000000000000000000000000001',
        0.1, 1.7976931348623157e308, 1234.56, 'ab', '0000-00-00', '2026-11-23 14:15:04.123456', '2026-11-23 14:15:04.5',
        '-838:59:59', 2026, b'1', b'100000001', 'it''s', 'q,p', '{"b": 1.0, "a": 2}', 'quote '' " \\\\ 😀', x'00ff')`);
    const table = await described("samples");
    const [row] = await source.rowsAfter(table, ["id"], undefined, 10);
    const { doc, ...rest } = row ?? {};
    assert.deepEqual(JSON.parse(doc ?? ""), { b: 1, a: 2 });
    assert.deepEqual(rest, {
      id: "18446744073709551615",
      exact: "12345678901234567890123456789012345.000000000000000000000000000001",
      small: "0.10000000149011612",
      big: "1.7976931348623157e308",
      sum: "1234.56",
      code: "ab",
      day: "0000-00-00",
      moment: "2026-11-23 14:15:04.123456",
      instant: "2026-11-23 12:15:04.500",
      clock: "-838:59:59.00",
      born: "2026",
      flag: "1",
      flags: null,
      kind: "it's",
      tags: "p,q",
      words: "quote ' \" \\ 😀",
      image: null,
    });
    assert.deepEqual(await source.rowsOf(table, ["id"], [["18446744073709551615"], ["1"]]), [row]);
  });

  const KEYS: [name: string, definition: string, values: string[]][] = [
    [
      "big_numbers",
      "k bigint unsigned",
      ["9007199254740993", "9007199254740992", "18446744073709551615", "1", "2"],
    ],
    ["decimals", "k decimal(30,2)", ["-1.50", "10.00", "9.00", "12345678901234567890123456.78"]],
    ["any_case", "k varchar(20) COLLATE utf8mb4_general_ci", ["b", "A", "c", "Ä2", "B2", "", "a3", "😀"]],
    ["binary_text", "k varchar(20) COLLATE utf8mb4_bin", ["b", "B", "a", "A", "ß", "ss", "é", "e"]],
    ["latin", "k varchar(20) CHARACTER SET latin1 COLLATE latin1_german2_ci", ["ö", "p", "o", "z", "Ü"]],
    ["enums", "k enum('zebra','apple','mango')", ["apple", "mango", "zebra"]],
    ["sets", "k set('z','a','m')", ["a", "z", "z,m", "a,m", ""]],
    ["days", "k date", ["2026-11-23", "1999-01-01", "2030-12-31"]],
    [
      "moments",
      "k datetime(6)",
      ["2026-11-23 14:15:04.000001", "2026-11-23 14:15:04.000002", "2026-01-01 00:00:00.000000"],
    ],
    ["bytes", "k varbinary(8)", ["00", "FF", "0080", "7F"]],
  ];
  for (const [name, definition, values] of KEYS) {
    it(`reads each row once in pages, and finds it by its key: ${definition}`, async () => {
      await admin.query(`CREATE TABLE ${name} (${definition}, PRIMARY KEY (k))`);
      const stored = name === "bytes" ? values.map((hex) => Buffer.from(hex, "hex")) : values;
      await admin.query(`INSERT INTO ${name} VALUES ?`, [stored.map((value) => [value])]);
      const read = (await paged(name)).map(({ k }) => k);
      assert.deepEqual([...read].sort(), [...values].sort());
      const table = await described(name);
      for (const value of values) {
        assert.deepEqual(await source.rowsOf(table, ["k"], [[value]]), [{ k: value }]);
      }
    });
  }

  it("reads each row once by a key of several columns, in its order", async () => {
    await admin.query(
      "CREATE TABLE `order lines` (line int, `the key` varchar(9), note text, PRIMARY KEY (`the key`, line))",
    );
    const rows = ["b", "A", "c"].flatMap((key) => [2, 10, 1].map((line) => [line, key, null]));
    await admin.query("INSERT INTO `order lines` VALUES ?", [rows]);
    const read = (await paged("order lines")).map((row) => `${row["the key"]}${row.line}`);
    assert.deepEqual(read, ["A1", "A2", "A10", "b1", "b2", "b10", "c1", "c2", "c10"]);
    assert.deepEqual((await described("order lines")).primaryKey, ["the key", "line"]);
  });

  it("tells names apart by their case, and knows no table that is not there", async () => {
    await admin.query("CREATE TABLE Cased (id int PRIMARY KEY)");
    assert.ok(await source.describe("shop", "Cased"));
    assert.equal(await source.describe("shop", "cased"), undefined);
    assert.equal(await source.describe("SHOP", "Cased"), undefined);
  });

  it("reads only", async () => {
    const table = await described("samples");
    await assert.rejects(source.rowsOf({ ...table, table: "gone" }, ["id"], [["1"]]), {
      code: "SourceNotReadable",
      message: /the source refused a query: .*gone/,
    });
  });
});
