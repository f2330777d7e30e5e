import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { type Connection, createConnection } from "mysql2/promise";
import { type DoctorReport, doctor } from "../../automation/doctor/doctor";
import { type MariadbServer, startMariadb } from "../../sandbox/database/mariadb";
import { assertEachFound, type BrokenPrerequisite } from "../helpers/brokenPrerequisite";
import { describeOnMariadb, mariadbProgram } from "../helpers/mariadb";
import { temporaryFolder } from "../helpers/temporaryFolder";

/** What holds for MariaDB and MySQL alike. */
const BROKEN: readonly BrokenPrerequisite[] = [
  {
    what: "a log of statements",
    by: "SET GLOBAL binlog_format = 'MIXED'",
    back: "SET GLOBAL binlog_format = 'ROW'",
    finds: ["log-mode", "binlog_format"],
    value: /is MIXED; it must be ROW/,
    remedy: /binlog_format = 'ROW'/,
  },
  {
    what: "a log of parts of rows",
    by: "SET GLOBAL binlog_row_image = 'MINIMAL'",
    back: "SET GLOBAL binlog_row_image = 'FULL'",
    finds: ["log-mode", "binlog_row_image"],
    value: /is MINIMAL; it must be FULL/,
    remedy: /binlog_row_image = 'FULL'/,
  },
  {
    what: "a log that is thrown away at once",
    by: "SET GLOBAL binlog_expire_logs_seconds = 3600",
    back: "SET GLOBAL binlog_expire_logs_seconds = 0",
    finds: ["log-retention", "binlog_expire_logs_seconds"],
    value: /is 3600: .* less than a day/,
    remedy: /binlog_expire_logs_seconds = 86400/,
  },
  {
    what: "a replica that keeps what it takes over to itself",
    by: "CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_USER = 'nobody', MASTER_PASSWORD = 'none'",
    back: "RESET SLAVE ALL",
    finds: ["log-mode", "log_slave_updates"],
    value: /is OFF, and the server is a replica/,
    remedy: /log_slave_updates = ON under \[mysqld\]/,
  },
  {
    what: "a database that is kept out of the log",
    by: "CREATE DATABASE scratch; CREATE TABLE scratch.notes (id int PRIMARY KEY)",
    back: "DROP DATABASE scratch",
    finds: ["table-logging", "scratch.notes"],
    value: /binlog_ignore_db keeps the database "scratch" out/,
    remedy: /take binlog_ignore_db out/,
  },
  {
    what: "a user who may not replicate",
    by: "SELECT 1",
    as: "dms",
    finds: ["privilege-replication", "dms@%"],
    value: /lacks REPLICATION CLIENT and REPLICATION SLAVE/,
    remedy: /^GRANT REPLICATION CLIENT, REPLICATION SLAVE ON \*\.\* TO 'dms'@'%'$/,
  },
  {
    what: "a user who may replicate and no more",
    by: "GRANT REPLICATION SLAVE ON *.* TO dms",
    as: "dms",
    finds: ["privilege-replication", "dms@%"],
    value: /lacks REPLICATION CLIENT$/,
    remedy: /^GRANT REPLICATION CLIENT ON/,
  },
  {
    what: "a table that the user may see and not read",
    by: "CREATE TABLE hidden (id int PRIMARY KEY); GRANT INSERT ON shop.hidden TO dms",
    back: "DROP TABLE hidden; REVOKE INSERT ON shop.hidden FROM dms",
    as: "dms",
    finds: ["privilege-tables", "shop.hidden"],
    value: /user dms@% may not read it/,
    remedy: /^GRANT SELECT ON `shop`\.`hidden` TO 'dms'@'%'$/,
  },
  {
    what: "a table without a key",
    by: "CREATE TABLE keyless (word varchar(20))",
    back: "DROP TABLE keyless",
    finds: ["no-primary-key", "shop.keyless"],
    value: /no primary key and no unique key/,
    remedy: /tables\.exclude\[0\]' shop\.keyless/,
  },
  {
    what: "a composite key",
    by: "CREATE TABLE lined (a int, b int, c int, PRIMARY KEY (c, a))",
    back: "DROP TABLE lined",
    finds: ["composite-key", "shop.lined"],
    value: /2 columns \(c, a\)/,
    remedy: /\["shop\.lined"\]\[0\]' c && .*\["shop\.lined"\]\[1\]' a$/,
  },
  {
    what: "a binary column",
    by: "CREATE TABLE scans (id int PRIMARY KEY, page mediumblob)",
    back: "DROP TABLE scans",
    finds: ["column-lost", "shop.scans.page"],
    value: /^mediumblob: /,
    remedy: /base64/,
  },
  {
    what: "a key that DMS loses",
    by: "CREATE TABLE hashed (id binary(16) PRIMARY KEY)",
    back: "DROP TABLE hashed",
    finds: ["key-lost", "shop.hashed.id"],
    value: /^binary\(16\): /,
    remedy: /tables\.exclude/,
  },
  {
    what: "more bits than one",
    by: "CREATE TABLE flagged (id int PRIMARY KEY, one bit, many bit(9))",
    back: "DROP TABLE flagged",
    finds: ["column-lost", "shop.flagged.many"],
    value: /^bit\(9\): /,
    remedy: /text column/,
  },
  {
    what: "a type that is listed for full loads alone",
    by: "CREATE TABLE kinds (id int PRIMARY KEY, kind enum('a', 'b'))",
    back: "DROP TABLE kinds",
    finds: ["column-undocumented", "shop.kinds.kind"],
    value: /^enum\('a','b'\): .*full loads/,
    remedy: /VARCHAR/,
  },
  {
    what: "a generated column",
    by: "CREATE TABLE twice (id int PRIMARY KEY, two int GENERATED ALWAYS AS (id * 2) VIRTUAL)",
    back: "DROP TABLE twice",
    finds: ["column-undocumented", "shop.twice.two"],
    value: /generated column/,
    remedy: /try it with one row/,
  },
  {
    what: "a number of too many digits",
    by: "CREATE TABLE stars (id int PRIMARY KEY, grains decimal(60,0))",
    back: "DROP TABLE stars",
    finds: ["column-digits", "shop.stars.grains"],
    value: /^decimal\(60,0\): /,
    remedy: /38 digits/,
  },
  {
    what: "a name that DynamoDB refuses",
    by: "CREATE TABLE `a$` (id int PRIMARY KEY)",
    back: "DROP TABLE `a$`",
    finds: ["table-name", "shop.a$"],
    value: /refuses the name "a\$"/,
    remedy: /keys\["shop\.a\$"\]\[0\]' id/,
  },
  {
    what: "a row near 400 KB",
    by: "CREATE TABLE books (id int PRIMARY KEY, body longtext); INSERT INTO books VALUES (1, REPEAT('x', 384000)); ANALYZE TABLE books",
    back: "DROP TABLE books",
    finds: ["row-size", "shop.books"],
    value: /a row of 375 KB/,
    remedy: /leave the table out/,
  },
];

describeOnMariadb("doctor with a live MariaDB", function () {
  this.timeout(60_000);
  let stateDir: string;
  let server: MariadbServer;

  async function serve(settings: Record<string, string | undefined>): Promise<void> {
    await server?.stop();
    server = await startMariadb({ program: mariadbProgram(), stateDir, settings });
  }

  async function asRoot<T>(use: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await createConnection({ uri: server.url(""), multipleStatements: true });
    try {
      return await use(connection);
    } finally {
      await connection.end();
    }
  }

  /** In the database `shop`, where there is one. */
  function execute(sql: string): Promise<unknown> {
    return asRoot(async (connection) => {
      await connection.query("CREATE DATABASE IF NOT EXISTS shop; USE shop");
      return connection.query(sql);
    });
  }

  async function examine(as: "root" | "dms" = "root"): Promise<DoctorReport["findings"]> {
    const url = server.url("");
    const sourceUrl = as === "root" ? url : url.replace(`root:${server.password}`, "dms:dms-secret");
    return (await doctor({ sourceUrl, sampleSeconds: 0 })).findings;
  }

  before(() => {
    stateDir = temporaryFolder();
  });

  after(async () => {
    await server?.stop();
    server?.remove();
    rmSync(stateDir, { recursive: true, force: true });
  });

  it("names what a server without a log lacks", async () => {
    await serve({ "skip-log-bin": undefined });
    await execute("CREATE TABLE good (id int PRIMARY KEY, word varchar(20))");
    const findings = await examine();
    assert.deepEqual(
      findings.map(({ code, subject }) => [code, subject]),
      [["log-mode", "log_bin"]],
    );
    assert.match(findings[0]?.remedy ?? "", /log_bin = binlog .* under \[mysqld\] .* restart it/);
  });

  it("finds each prerequisite that is broken, in turn", async () => {
    await serve({ "binlog-ignore-db": "scratch", "skip-log-slave-updates": undefined });
    await execute("CREATE USER dms IDENTIFIED BY 'dms-secret'");
    await assertEachFound(BROKEN, { execute, examine });
  });

  it("finds nothing to mend in a server that is ready, for a user with the privileges that DMS asks for", async () => {
    await serve({ userstat: "ON" });
    await execute("GRANT REPLICATION CLIENT ON *.* TO dms; GRANT SELECT ON shop.* TO dms");
    assert.deepEqual(await examine("dms"), []);
    assert.deepEqual(await examine(), []);
  });

  it("watches how fast the tables are written", async () => {
    const writing = new AbortController();
    const writer = asRoot(async (connection) => {
      for (let round = 0; !writing.signal.aborted; round += 1) {
        const rows = Array.from({ length: 2000 }, (_row, index) => [round * 2000 + index, "x"]);
        await connection.query("INSERT INTO shop.good VALUES ?", [rows]);
      }
    });
    const { findings } = await doctor({ sourceUrl: server.url("") });
    writing.abort();
    await writer;
    const found = findings.find(({ code }) => code === "write-rate");
    assert.match(found?.what ?? "", /rows a second \(shop\.good [\d,]+\)/);
  });

  it("says that the server refuses the user, without the password", async () => {
    const sourceUrl = server.url("").replace(server.password, "hush");
    const { findings } = await doctor({ sourceUrl });
    assert.deepEqual(
      findings.map(({ code, severity }) => [code, severity]),
      [["source-unreachable", "error"]],
    );
    assert.match(findings[0]?.what ?? "", /mysql root@127\.0\.0\.1:\d+ cannot be reached: Access denied/);
    assert.doesNotMatch(JSON.stringify(findings), /hush/);
  });
});
