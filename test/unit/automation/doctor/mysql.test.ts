import assert from "node:assert/strict";
import type { CatalogueRow } from "../../../../automation/doctor/engine";
import { parseGrants } from "../../../../automation/doctor/mysql/grants";
import { mysqlEngine } from "../../../../automation/doctor/mysql/mysqlEngine";
import {
  ACCOUNT,
  COLUMNS,
  GRANTS,
  KEYS,
  LOG_STATUS,
  LOG_STATUS_NEW,
  RDS_RETENTION,
  REPLICA_STATUS,
  REPLICA_STATUS_NEW,
  TABLES,
  UPTIME,
  VARIABLES,
  WRITES,
  WRITES_USERSTAT,
} from "../../../../automation/doctor/mysql/queries";
import { defaultPlan, type Plan } from "../../../../automation/doctor/plan";
import { type Answers, changed, examineRecorded } from "../../../helpers/recordedClient";

const PLAN = defaultPlan("mysql");

/** The server's variables with some of them changed, or taken away. */
function variables(changes: Record<string, string | undefined>): CatalogueRow[] {
  const ready: Record<string, string | undefined> = {
    version: "8.0.36",
    basedir: "/usr/",
    lower_case_table_names: "0",
    performance_schema: "ON",
    innodb_read_only: "OFF",
    server_id: "1",
    log_bin: "ON",
    binlog_format: "ROW",
    binlog_row_image: "FULL",
    binlog_row_value_options: "",
    binlog_checksum: "CRC32",
    binlog_transaction_compression: "OFF",
    log_slave_updates: "ON",
    log_replica_updates: "ON",
    binlog_expire_logs_seconds: "2592000",
    binlog_expire_logs_auto_purge: "ON",
    expire_logs_days: "0",
    ...changes,
  };
  return Object.entries(ready)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({ Variable_name: name, Value: value }));
}

const COLUMN = { precision: null, scale: null, nullable: "NO", extra: "" };

/** MySQL 8.0 that is ready, with the table shop.Orders: rows as mysql2 gives them, every value as text. */
const READY: Answers = new Map<string, readonly CatalogueRow[] | Error>([
  [VARIABLES, variables({})],
  [ACCOUNT, [{ account: "dms@%" }]],
  [
    GRANTS,
    [
      { "Grants for dms@%": "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `dms`@`%`" },
      { "Grants for dms@%": "GRANT SELECT ON `shop`.* TO `dms`@`%`" },
    ],
  ],
  [REPLICA_STATUS_NEW, []],
  [LOG_STATUS_NEW, new Error("You have an error in your SQL syntax")],
  [LOG_STATUS, [{ File: "binlog.000002", Position: "157", Binlog_Do_DB: "", Binlog_Ignore_DB: "" }]],
  [TABLES, [{ schema: "shop", table: "Orders", rows: "10", bytes: "16384" }]],
  [
    COLUMNS,
    [
      {
        ...{ schema: "shop", table: "Orders", column: "id", type: "bigint", declared: "bigint unsigned" },
        ...COLUMN,
        extra: "auto_increment",
      },
      {
        ...{ schema: "shop", table: "Orders", column: "total", type: "decimal", declared: "decimal(12,2)" },
        ...{ ...COLUMN, precision: "12", scale: "2", extra: "DEFAULT_GENERATED" },
      },
    ],
  ],
  [KEYS, [{ schema: "shop", table: "Orders", index: "PRIMARY", column: "id", nullable: "" }]],
  [WRITES, [{ schema: "shop", table: "Orders", writes: "864000" }]],
  [WRITES_USERSTAT, new Error("Unknown table 'TABLE_STATISTICS' in information_schema")],
  [UPTIME, [{ Variable_name: "Uptime", Value: "86400" }]],
]);

function withAnswers(...answers: [string, readonly CatalogueRow[] | Error][]): Answers {
  return new Map([...READY, ...answers]);
}

function withVariables(changes: Record<string, string | undefined>): Answers {
  return withAnswers([VARIABLES, variables(changes)]);
}

async function findings(answers: Answers, plan: Plan = PLAN) {
  return (await examineRecorded(mysqlEngine, answers, plan)).findings;
}

/** The one finding of a server that is ready but for one thing. */
async function only(answers: Answers, plan: Plan = PLAN) {
  const found = await findings(answers, plan);
  assert.equal(found.length, 1, JSON.stringify(found));
  const [{ code, subject, what, remedy } = { code: "", subject: "", what: "", remedy: "" }] = found;
  return { code, subject, what, remedy };
}

describe("the doctor's MySQL, from recorded answers", () => {
  it("finds nothing in a server that is ready, and reads what it holds", async () => {
    const { facts, findings: found } = await examineRecorded(mysqlEngine, READY, PLAN);
    assert.deepEqual(found, []);
    assert.deepEqual(facts.tables[0], {
      schema: "shop",
      table: "Orders",
      columns: [
        { name: "id", type: "bigint", declared: "bigint unsigned", nullable: false },
        {
          name: "total",
          type: "decimal",
          declared: "decimal(12,2)",
          nullable: false,
          precision: 12,
          scale: 2,
        },
      ],
      primaryKey: ["id"],
      uniqueKeys: [],
      readable: true,
      rows: 10,
      bytes: 16384,
      writesPerSecond: 10,
    });
  });

  const SETTINGS: [changes: Record<string, string>, code: string, what: RegExp, remedy: RegExp][] = [
    [{ log_bin: "OFF" }, "log-mode", /no log of changes/, /log_bin = binlog/],
    [{ binlog_format: "STATEMENT" }, "log-mode", /is STATEMENT/, /^SET PERSIST binlog_format = 'ROW'$/],
    [{ binlog_row_image: "NOBLOB" }, "log-mode", /is NOBLOB/, /^SET PERSIST binlog_row_image = 'FULL'$/],
    [
      { binlog_row_value_options: "PARTIAL_JSON" },
      "log-mode",
      /it must be empty: .*JSON/,
      /^SET PERSIST binlog_row_value_options = ''$/,
    ],
    [{ binlog_transaction_compression: "ON" }, "log-mode", /compressed/, /= 'OFF'$/],
    [{ server_id: "0" }, "log-readers", /to nobody/, /^SET PERSIST server_id = 1$/],
    [{ binlog_expire_logs_seconds: "600" }, "log-retention", /is 600/, /= 86400$/],
  ];
  for (const [changes, code, what, remedy] of SETTINGS) {
    it(`says of ${JSON.stringify(changes)} that it is ${code}, and how to mend it`, async () => {
      const found = await only(withVariables(changes));
      assert.deepEqual([found.code, found.subject], [code, Object.keys(changes)[0]]);
      assert.match(found.what, what);
      assert.match(found.remedy, remedy);
    });
  }

  it("takes 0, and a purge that is turned off, for a log that is kept for ever", async () => {
    assert.deepEqual(await findings(withVariables({ binlog_expire_logs_seconds: "0" })), []);
    const kept = { binlog_expire_logs_seconds: "600", binlog_expire_logs_auto_purge: "OFF" };
    assert.deepEqual(await findings(withVariables(kept)), []);
  });

  it("goes by the days where a version has no seconds, and sets a variable as that version does", async () => {
    const old = {
      version: "5.7.44-log",
      binlog_expire_logs_seconds: undefined,
      binlog_expire_logs_auto_purge: undefined,
      expire_logs_days: "0.5",
    };
    const found = await only(withVariables(old));
    assert.equal(found.subject, "expire_logs_days");
    assert.match(found.remedy, /^SET GLOBAL expire_logs_days = 1; and expire_logs_days = 1 under \[mysqld\]/);
  });

  it("names a version that is too old; RDS's must be newer", async () => {
    assert.equal((await only(withVariables({ version: "5.1.73" }))).code, "server-version");
    const old = variables({ version: "5.5.62-log" });
    assert.deepEqual(await findings(withAnswers([VARIABLES, old])), []);
    const rds = variables({ version: "5.5.62-log", basedir: "/rdsdbbin/mysql/" });
    const answers = withAnswers([VARIABLES, rds], [RDS_RETENTION, [{ value: "24" }]]);
    assert.equal((await only(answers)).code, "server-version");
  });

  it("minds checksums only where a DMS is chosen that does not read them", async () => {
    const of = (engineVersion: string): Plan => ({ ...PLAN, replication: { instance: { engineVersion } } });
    assert.match((await only(READY, of("3.4.7"))).what, /is CRC32, which DMS 3\.4\.7 does not read/);
    assert.deepEqual(await findings(READY, of("3.5.4")), []);
  });

  it("looks at a replica's own log", async () => {
    const replica: [string, CatalogueRow[]] = [REPLICA_STATUS_NEW, [{ Source_Host: "primary" }]];
    const off: [string, CatalogueRow[]] = [VARIABLES, variables({ log_replica_updates: "OFF" })];
    assert.deepEqual(await findings(withAnswers(replica)), []);
    assert.deepEqual(await findings(withAnswers(off)), []);
    assert.equal((await only(withAnswers(replica, off))).subject, "log_replica_updates");
    const unknown: [string, Error][] = [REPLICA_STATUS, REPLICA_STATUS_NEW].map((query) => [
      query,
      new Error("denied"),
    ]);
    assert.deepEqual(await findings(withAnswers(off, ...unknown)), []);
  });

  it("names tables that the log leaves out, by either filter", async () => {
    const only_ = changed(READY, LOG_STATUS, { Binlog_Do_DB: "crm,erp" });
    assert.match((await only(only_)).what, /binlog_do_db keeps the database "shop" out/);
    const without = changed(READY, LOG_STATUS, { Binlog_Ignore_DB: "shop" });
    assert.equal((await only(without)).code, "table-logging");
    assert.deepEqual(await findings(changed(READY, LOG_STATUS, { Binlog_Ignore_DB: "crm" })), []);
  });

  it("knows RDS, and asks for how long it keeps the log", async () => {
    const rds = (answer: CatalogueRow[] | Error) =>
      withAnswers([VARIABLES, variables({ basedir: "/rdsdbbin/mysql-8.0.36.R1/" })], [RDS_RETENTION, answer]);
    assert.deepEqual(await findings(rds([{ value: "24" }])), []);
    assert.match((await only(rds([{ value: null }]))).what, /is not set/);
    assert.match(
      (await only(rds([{ value: "8" }]))).remedy,
      /rds_set_configuration\('binlog retention hours', 24\)/,
    );
    const denied = await only(rds(new Error("SELECT command denied")));
    assert.equal(denied.code, "log-retention");
    assert.match(denied.what, /cannot be read by dms@%/);
    const format = withAnswers(
      [VARIABLES, variables({ basedir: "/rdsdbbin/mysql/", binlog_format: "MIXED" })],
      [RDS_RETENTION, [{ value: "24" }]],
    );
    assert.match((await only(format)).remedy, /in the parameter group, then reboot/);
  });

  it("refuses a reader of an Aurora cluster", async () => {
    const aurora = { aurora_version: "3.05.2", innodb_read_only: "ON" };
    const found = await only(withAnswers([VARIABLES, variables(aurora)], [RDS_RETENTION, [{ value: "24" }]]));
    assert.deepEqual([found.code, found.subject], ["read-replica", "innodb_read_only"]);
  });

  it("names capital letters only where the file system loses them", async () => {
    const found = await only(withVariables({ lower_case_table_names: "2" }));
    assert.deepEqual([found.code, found.subject], ["source-name", "shop.Orders"]);
    assert.match(found.remedy, /RENAME TABLE `shop`\.`Orders` TO `shop`\.`orders`/);
    assert.deepEqual(await findings(withVariables({ lower_case_table_names: "1" })), []);
  });

  it("says nothing of rates that it may not see", async () => {
    const { facts } = await examineRecorded(mysqlEngine, withAnswers([WRITES, new Error("denied")]), PLAN);
    assert.equal(facts.tables[0]?.writesPerSecond, undefined);
  });
});

describe("the grants of MySQL and MariaDB", () => {
  it("are read from the whole server, a database and a table", () => {
    const grants = parseGrants([
      "GRANT SELECT, REPLICATION SLAVE, BINLOG MONITOR ON *.* TO `dms`@`%` IDENTIFIED BY PASSWORD '*AB'",
      "GRANT `reader`@`%` TO `dms`@`%`",
    ]);
    assert.deepEqual([...grants.global], ["SELECT", "REPLICATION SLAVE", "BINLOG MONITOR"]);
    assert.ok(grants.mayRead("any", "thing"));
  });

  it("take % and _ of a database's name for wildcards, unless they are escaped", () => {
    const grants = parseGrants([
      "GRANT ALL PRIVILEGES ON `shop\\_eu`.* TO `dms`@`%`",
      "GRANT SELECT, INSERT ON `crm_%`.* TO `dms`@`%`",
    ]);
    assert.ok(grants.mayRead("shop_eu", "orders"));
    assert.ok(!grants.mayRead("shopxeu", "orders"));
    assert.ok(grants.mayRead("crmx1", "people"));
    assert.ok(!grants.mayRead("crm", "people"));
  });

  it("are of one table, and of whole rows", () => {
    const grants = parseGrants([
      "GRANT SELECT ON `shop`.`odd ``name``` TO `dms`@`%`",
      "GRANT SELECT (`id`, `total`), UPDATE ON `shop`.`orders` TO `dms`@`%`",
      "GRANT EXECUTE ON PROCEDURE `shop`.`orders` TO `dms`@`%`",
    ]);
    assert.ok(grants.mayRead("shop", "odd `name`"));
    assert.ok(!grants.mayRead("shop", "orders"));
  });

  it("may be taken back in part", () => {
    const grants = parseGrants([
      "GRANT SELECT ON *.* TO `dms`@`%`",
      "REVOKE SELECT ON `payroll`.* FROM `dms`@`%`",
      "GRANT SELECT ON `payroll`.`holidays` TO `dms`@`%`",
    ]);
    assert.ok(grants.mayRead("shop", "orders"));
    assert.ok(!grants.mayRead("payroll", "salaries"));
    assert.ok(grants.mayRead("payroll", "holidays"));
  });
});
