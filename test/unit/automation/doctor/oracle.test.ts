import assert from "node:assert/strict";
import type { CatalogueRow } from "../../../../automation/doctor/engine";
import { oracleEngine } from "../../../../automation/doctor/oracle/oracleEngine";
import {
  ALTERABLE,
  ARCHIVED_LOG,
  COLUMNS,
  CONTAINER,
  DATABASE,
  DICTIONARY,
  LOG_GROUPS,
  PRIMARY_KEYS,
  PRIVILEGES,
  PRODUCT,
  RDS,
  RDS_RETENTION,
  TABLES,
  UNIQUE_KEYS,
  WRITES,
} from "../../../../automation/doctor/oracle/queries";
import { defaultPlan, type Plan } from "../../../../automation/doctor/plan";
import { type Answers, changed, examineRecorded } from "../../../helpers/recordedClient";

const PLAN = defaultPlan("oracle");
const BINARY_READER: Plan = {
  ...PLAN,
  settings: { ...PLAN.settings, useLogminerReader: false, useBfile: true },
};

function column(table: string, name: string, type: string, changes: CatalogueRow = {}): CatalogueRow {
  return {
    ...{ schema: "ERP", table, column: name, type, type_owner: null, precision: null, scale: null },
    ...{ length: 22, nullable: "N", virtual: "NO", ...changes },
  };
}

/**
 * An Oracle 19c that is ready, with the tables ERP.ORDERS and ERP.LINES: rows as oracledb gives them (NUMBER as
 * number, names as the queries' aliases), written from Oracle's reference of the views that the queries read. No server
 * was asked.
 */
const READY: Answers = new Map<string, readonly CatalogueRow[] | Error>([
  [PRODUCT, [{ product: "Oracle Database 19c Enterprise Edition ", version: "19.0.0.0.0", user: "DMS" }]],
  [
    DATABASE,
    [
      {
        ...{ name: "ERP", log_mode: "ARCHIVELOG", minimal: "YES", primary_key: "NO", all_columns: "NO" },
        role: "PRIMARY",
      },
    ],
  ],
  [CONTAINER, [{ multitenant: "NO", container: "ERP" }]],
  [RDS, []],
  [ARCHIVED_LOG, [{ hours: 71.5, deleted: 412 }]],
  [PRIVILEGES, ["CREATE SESSION", "SELECT ANY TRANSACTION", "LOGMINING"].map((privilege) => ({ privilege }))],
  [
    DICTIONARY,
    [
      ...["V_$ARCHIVED_LOG", "V_$LOG", "V_$LOGFILE", "V_$LOGMNR_LOGS", "V_$LOGMNR_CONTENTS", "V_$DATABASE"],
      ...["V_$THREAD", "V_$PARAMETER", "V_$NLS_PARAMETERS", "V_$TIMEZONE_NAMES", "V_$TRANSACTION"],
      ...["DBA_TABLESPACES", "DBMS_LOGMNR"],
    ].map((object) => ({ object })),
  ],
  [
    TABLES,
    [
      { ...{ schema: "ERP", table: "LINES", rows: 4000, row_bytes: 60 }, iot_type: null, cluster: null },
      { ...{ schema: "ERP", table: "ORDERS", rows: 1000, row_bytes: 80 }, iot_type: null, cluster: null },
    ],
  ],
  [
    COLUMNS,
    [
      column("ORDERS", "ID", "NUMBER", { precision: 10, scale: 0 }),
      column("ORDERS", "NOTE", "VARCHAR2", { length: 200, nullable: "Y" }),
      column("LINES", "ORDER_ID", "NUMBER", { precision: 10, scale: 0 }),
      column("LINES", "LINE_NO", "NUMBER", { precision: 5, scale: 0 }),
      column("LINES", "SERIAL", "VARCHAR2", { length: 30 }),
    ],
  ],
  [
    PRIMARY_KEYS,
    [
      { schema: "ERP", table: "ORDERS", column: "ID" },
      { schema: "ERP", table: "LINES", column: "ORDER_ID" },
      { schema: "ERP", table: "LINES", column: "LINE_NO" },
    ],
  ],
  [
    UNIQUE_KEYS,
    [
      { schema: "ERP", table: "LINES", index: "PK_LINES", column: "ORDER_ID" },
      { schema: "ERP", table: "LINES", index: "PK_LINES", column: "LINE_NO" },
      { schema: "ERP", table: "LINES", index: "UX_SERIAL", column: "SERIAL" },
      { schema: "ERP", table: "ORDERS", index: "PK_ORDERS", column: "ID" },
      { schema: "ERP", table: "ORDERS", index: "UX_UPPER", column: "SYS_NC00003$" },
    ],
  ],
  [
    LOG_GROUPS,
    [
      { schema: "ERP", table: "ORDERS", type: "PRIMARY KEY LOGGING" },
      { schema: "ERP", table: "LINES", type: "ALL COLUMN LOGGING" },
    ],
  ],
  [ALTERABLE, []],
  [WRITES, [{ schema: "ERP", table: "ORDERS", writes: 172_800, seconds: 86_400 }]],
]);

const isOrders = ({ table }: CatalogueRow) => table === "ORDERS";
const isNote = (row: CatalogueRow) => row.column === "NOTE";

async function examine(answers: Answers, plan = PLAN) {
  return examineRecorded(oracleEngine, answers, plan);
}

describe("the doctor's Oracle, from recorded answers", () => {
  it("reads tables, keys, declared types and rates", async () => {
    const { facts } = await examine(READY);
    const [lines, orders] = facts.tables;
    assert.deepEqual(lines?.primaryKey, ["ORDER_ID", "LINE_NO"]);
    assert.deepEqual(lines?.uniqueKeys, [["SERIAL"]]);
    assert.deepEqual(orders?.uniqueKeys, []);
    assert.deepEqual(
      orders?.columns.map(({ declared }) => declared),
      ["NUMBER(10,0)", "VARCHAR2(200)"],
    );
    assert.equal(orders?.bytes, 80_000);
    assert.equal(orders?.writesPerSecond, 2);
  });

  it("finds the composite key, and nothing else, where all is prepared", async () => {
    const { findings } = await examine(READY);
    assert.deepEqual(
      findings.map(({ code, subject }) => [code, subject]),
      [["composite-key", "ERP.LINES"]],
    );
  });

  const rds = changed(READY, RDS, { username: "RDSADMIN" });
  const cases: [string, Answers, [string, string], RegExp][] = [
    [
      "NOARCHIVELOG",
      changed(READY, DATABASE, { log_mode: "NOARCHIVELOG" }),
      ["log-mode", "log_mode"],
      /ALTER DATABASE ARCHIVELOG/,
    ],
    [
      "no supplemental logging of the database",
      changed(READY, DATABASE, { minimal: "NO" }),
      ["log-mode", "supplemental_log_data_min"],
      /ALTER DATABASE ADD SUPPLEMENTAL LOG DATA/,
    ],
    [
      "the same on RDS",
      new Map([...changed(rds, DATABASE, { minimal: "NO" }), [RDS_RETENTION, [{ hours: "24" }]]]),
      ["log-mode", "supplemental_log_data_min"],
      /alter_supplemental_logging\('ADD'\)/,
    ],
    [
      "logs that RDS does not keep",
      new Map([...rds, [RDS_RETENTION, [{ hours: "0" }]]]),
      ["log-retention", "archived logs"],
      /archivelog retention hours', 24/,
    ],
    [
      "logs that reach back too little",
      changed(READY, ARCHIVED_LOG, { hours: 6 }),
      ["log-retention", "archived logs"],
      /RMAN/,
    ],
    [
      "a standby",
      changed(READY, DATABASE, { role: "PHYSICAL STANDBY" }),
      ["read-replica", "database_role"],
      /useBfile/,
    ],
    [
      "the root container",
      changed(READY, CONTAINER, { multitenant: "YES", container: "CDB$ROOT" }),
      ["log-mode", "container"],
      /source\.database/,
    ],
    [
      "a pluggable database with LogMiner",
      changed(READY, CONTAINER, { multitenant: "YES", container: "ERPPDB" }),
      ["log-mode", "container"],
      /useLogminerReader' false && .*useBfile' true/,
    ],
    [
      "Express Edition",
      changed(READY, PRODUCT, { product: "Oracle Database 21c Express Edition ", version: "21.0.0.0.0" }),
      ["server-version", "edition"],
      /edition/,
    ],
    [
      "grants that are missing",
      new Map([
        ...READY,
        [PRIVILEGES, []],
        [DICTIONARY, (READY.get(DICTIONARY) as CatalogueRow[]).slice(1, -1)],
      ]),
      ["privilege-replication", "DMS"],
      /^GRANT SELECT ANY TRANSACTION TO DMS; GRANT LOGMINING TO DMS; GRANT SELECT ON SYS\.V_\$ARCHIVED_LOG TO DMS; GRANT EXECUTE ON SYS\.DBMS_LOGMNR TO DMS$/,
    ],
    [
      "a table without supplemental logging, which DMS may not add",
      new Map([...READY, [LOG_GROUPS, []]]),
      ["table-logging", "ERP.ORDERS"],
      /ALTER TABLE "ERP"\."ORDERS" ADD SUPPLEMENTAL LOG DATA \(PRIMARY KEY\) COLUMNS; or GRANT ALTER/,
    ],
    [
      "a name of more than 30 bytes",
      changed(READY, COLUMNS, { column: "A_COLUMN_WITH_A_NAME_OF_31_BYTES" }, isNote),
      ["source-name", "ERP.ORDERS"],
      /rename/,
    ],
    [
      "a row near 400 KB",
      changed(READY, TABLES, { row_bytes: 350_000 }, isOrders),
      ["row-size", "ERP.ORDERS"],
      /exclude/,
    ],
  ];
  for (const [what, answers, found, remedy] of cases) {
    it(`names ${what}`, async () => {
      const { findings } = await examine(answers);
      const one = findings.find(({ code, subject }) => code === found[0] && subject === found[1]);
      assert.ok(one, JSON.stringify(findings));
      assert.match(one.remedy, remedy);
    });
  }

  it("names the grants of RDS in RDS's own words", async () => {
    const answers = new Map([...rds, [RDS_RETENTION, [{ hours: "24" }]], [DICTIONARY, []]] as [
      string,
      CatalogueRow[],
    ][]);
    const [found] = (await examine(answers)).findings;
    assert.match(found?.remedy ?? "", /grant_sys_object\('V_\$LOGMNR_LOGS', 'DMS', 'SELECT'\)/);
  });

  it("goes on where the user may see nothing of the database's log, and names the grant", async () => {
    const denied = new Error("ORA-00942: table or view does not exist");
    const answers = new Map([...READY, [DATABASE, denied], [CONTAINER, denied], [ARCHIVED_LOG, denied]]);
    const seen = (READY.get(DICTIONARY) as CatalogueRow[]).filter(({ object }) => object !== "V_$DATABASE");
    const { findings } = await examine(new Map([...answers, [DICTIONARY, seen]]));
    assert.deepEqual(
      findings.map(({ code }) => code),
      ["privilege-replication", "composite-key"],
    );
    assert.equal(findings[0]?.remedy, "GRANT SELECT ON SYS.V_$DATABASE TO DMS");
  });

  it("leaves supplemental logging to DMS where it may add it", async () => {
    const none = new Map([...READY, [LOG_GROUPS, []]] as [string, CatalogueRow[]][]);
    for (const answers of [
      new Map([
        ...none,
        [
          ALTERABLE,
          [
            { schema: "ERP", table: "ORDERS" },
            { schema: "ERP", table: "LINES" },
          ],
        ],
      ]),
      changed(none, PRODUCT, { user: "ERP" }),
      changed(none, DATABASE, { primary_key: "YES" }),
    ]) {
      const codes = (await examine(answers)).findings.map(({ code }) => code);
      assert.ok(!codes.includes("table-logging"), codes.join());
    }
  });

  it("asks Binary Reader for neither LogMiner's grants nor another container", async () => {
    const pluggable = changed(READY, CONTAINER, { multitenant: "YES", container: "ERPPDB" });
    const answers = changed(pluggable, PRIVILEGES, { privilege: "SELECT ANY TRANSACTION" });
    assert.deepEqual(
      (await examine(answers, BINARY_READER)).findings.map(({ code }) => code),
      ["composite-key"],
    );
  });

  const fates: [string, CatalogueRow, string | undefined][] = [
    ["NUMBER(9,2)", { type: "NUMBER", precision: 9, scale: 2 }, "column-retyped"],
    ["NUMBER(20,4)", { type: "NUMBER", precision: 20, scale: 4 }, "column-rounded"],
    ["NUMBER(38,0)", { type: "NUMBER", precision: 38, scale: 0 }, undefined],
    ["NUMBER", { type: "NUMBER" }, "column-rounded"],
    ["INTEGER", { type: "NUMBER", scale: 0 }, undefined],
    ["FLOAT(126)", { type: "FLOAT", precision: 126 }, "column-rounded"],
    ["FLOAT(24)", { type: "FLOAT", precision: 24 }, undefined],
    ["DATE", { type: "DATE" }, "column-retyped"],
    ["TIMESTAMP(6) WITH TIME ZONE", { type: "TIMESTAMP(6) WITH TIME ZONE" }, "column-retyped"],
    ["INTERVAL DAY(2) TO SECOND(6)", { type: "INTERVAL DAY(2) TO SECOND(6)" }, undefined],
    ["RAW", { type: "RAW" }, "column-lost"],
    ["BLOB", { type: "BLOB" }, "column-lost"],
    ["NCLOB", { type: "NCLOB" }, "column-undocumented"],
    ["CLOB", { type: "CLOB" }, "column-stale"],
    ["XMLTYPE", { type: "XMLTYPE", type_owner: "SYS" }, "column-stale"],
    ["an object type", { type: "ADDRESS", type_owner: "ERP" }, "column-lost"],
    ["ROWID", { type: "ROWID" }, "column-lost"],
    ["a virtual column", { virtual: "YES" }, "column-lost"],
    ["JSON", { type: "JSON" }, "column-undocumented"],
  ];
  for (const [what, changes, code] of fates) {
    it(`${what}: ${code ?? "kept"}`, async () => {
      const { findings } = await examine(changed(READY, COLUMNS, changes, isNote));
      assert.deepEqual(
        findings.filter((one) => one.code !== "composite-key").map((one) => one.code),
        code === undefined ? [] : [code],
      );
    });
  }

  it("keeps a CLOB that Binary Reader reads, and a NUMBER whose decimals are set", async () => {
    const clob = changed(READY, COLUMNS, { type: "CLOB" }, isNote);
    assert.equal((await examine(clob, BINARY_READER)).findings.length, 1);
    const number = changed(READY, COLUMNS, { type: "NUMBER" }, isNote);
    const plan = { ...PLAN, settings: { ...PLAN.settings, numberDatatypeScale: 12 } };
    assert.equal((await examine(number, plan)).findings.length, 1);
  });
});
