import assert from "node:assert/strict";
import type { CatalogueRow } from "../../../../automation/doctor/engine";
import { defaultPlan, type Plan } from "../../../../automation/doctor/plan";
import {
  ACCELERATED_RECOVERY,
  CAPTURE_JOB,
  COLUMNS,
  KEYS,
  LAST_BACKUP,
  SERVER,
  TABLES,
  UPTIME,
  WRITES,
} from "../../../../automation/doctor/sqlserver/queries";
import { sqlserverEngine } from "../../../../automation/doctor/sqlserver/sqlserverEngine";
import { type Answers, changed, examineRecorded } from "../../../helpers/recordedClient";

const PLAN = defaultPlan("sqlserver");

/** CDC that DMS does not set up for the tables itself. */
const BY_HAND: Plan = { ...PLAN, settings: {} };

const ORDERS = 901578250;
const LINES = 933578364;

function column(id: number, name: string, type: string, changes: CatalogueRow = {}): CatalogueRow {
  const numbers = { max_length: 4, precision: 10, scale: 0 };
  return {
    ...{ id, column: name, type, ...numbers },
    ...{ is_nullable: false, is_computed: false, is_sparse: false, ...changes },
  };
}

/**
 * A SQL Server 2019 that is ready, with the tables dbo.Orders and dbo.Lines: rows as tedious gives them (bit as
 * boolean, int as number), written from Microsoft's reference of the views that the queries read. No server was asked.
 */
const READY: Answers = new Map<string, readonly CatalogueRow[]>([
  [
    SERVER,
    [
      {
        version: "15.0.4322.2",
        engine_edition: 3,
        edition: "Enterprise Edition (64-bit)",
        rds: false,
        database: "erp",
        recovery_model: "FULL",
        is_cdc_enabled: true,
        is_read_only: false,
        distributors: 0,
        login: "dms",
        sysadmin: false,
        db_owner: true,
        view_server_state: true,
      },
    ],
  ],
  [ACCELERATED_RECOVERY, [{ is_on: false }]],
  [LAST_BACKUP, [{ finished: new Date("2026-11-26T22:00:00Z") }]],
  [CAPTURE_JOB, [{ polling_seconds: 86_399 }]],
  [
    TABLES,
    [
      {
        ...{ id: LINES, schema: "dbo", table: "Lines", is_tracked_by_cdc: true, is_replicated: false },
        ...{
          temporal_type: 0,
          memory_optimized: 0,
          columnstore: false,
          readable: true,
          rows: 40,
          bytes: 8192,
        },
      },
      {
        ...{ id: ORDERS, schema: "dbo", table: "Orders", is_tracked_by_cdc: true, is_replicated: false },
        ...{
          temporal_type: 0,
          memory_optimized: 0,
          columnstore: false,
          readable: true,
          rows: 10,
          bytes: 8192,
        },
      },
    ],
  ],
  [
    COLUMNS,
    [
      column(ORDERS, "Id", "int"),
      column(ORDERS, "Customer", "nvarchar", { max_length: 100 }),
      column(ORDERS, "Total", "decimal", { max_length: 9, precision: 12, scale: 2 }),
      column(LINES, "OrderId", "int"),
      column(LINES, "LineNo", "smallint"),
      column(LINES, "Sku", "varchar", { max_length: 20 }),
    ],
  ],
  [
    KEYS,
    [
      { id: ORDERS, index: 1, name: "PK_Orders", is_primary_key: true, column: "Id", is_nullable: false },
      { id: LINES, index: 1, name: "PK_Lines", is_primary_key: true, column: "OrderId", is_nullable: false },
      { id: LINES, index: 1, name: "PK_Lines", is_primary_key: true, column: "LineNo", is_nullable: false },
      { id: LINES, index: 2, name: "UX_Sku", is_primary_key: false, column: "Sku", is_nullable: true },
    ],
  ],
  [WRITES, [{ schema: "dbo", table: "Orders", writes: 86_400 * 300 }]],
  [UPTIME, [{ seconds: 86_400 }]],
]);

async function codes(answers: Answers, plan = PLAN): Promise<[string, string][]> {
  const { findings } = await examineRecorded(sqlserverEngine, answers, plan);
  return findings.map(({ code, subject }) => [code, subject]);
}

const isOrders = ({ id }: CatalogueRow) => id === ORDERS;

describe("the doctor's SQL Server, from recorded answers", () => {
  it("reads tables, keys, declared types and rates", async () => {
    const { facts } = await examineRecorded(sqlserverEngine, READY, PLAN);
    const [lines, orders] = facts.tables;
    assert.deepEqual(lines?.primaryKey, ["OrderId", "LineNo"]);
    assert.deepEqual(lines?.uniqueKeys, []);
    assert.deepEqual(
      orders?.columns.map(({ declared }) => declared),
      ["int", "nvarchar(50)", "decimal(12,2)"],
    );
    assert.equal(orders?.writesPerSecond, 300);
    assert.equal(lines?.writesPerSecond, undefined);
  });

  it("finds the composite key and the rate, and nothing else, where all is prepared", async () => {
    assert.deepEqual(await codes(READY), [
      ["composite-key", "dbo.Lines"],
      ["write-rate", "write rate"],
    ]);
  });

  it("makes do without what the login may not see", async () => {
    const denied = new Error("The SELECT permission was denied");
    const answers = new Map([
      ...READY,
      ...[LAST_BACKUP, CAPTURE_JOB, WRITES, UPTIME].map((query): [string, Error] => [query, denied]),
    ]);
    assert.deepEqual(await codes(answers), [["composite-key", "dbo.Lines"]]);
  });

  const cases: [string, string, CatalogueRow, [string, string], RegExp][] = [
    [
      "SIMPLE recovery",
      SERVER,
      { recovery_model: "SIMPLE" },
      ["log-mode", "recovery model"],
      /\[erp\] SET RECOVERY FULL/,
    ],
    [
      "CDC that is off",
      SERVER,
      { is_cdc_enabled: false },
      ["log-mode", "change data capture"],
      /sys\.sp_cdc_enable_db/,
    ],
    [
      "CDC that is off on RDS",
      SERVER,
      { is_cdc_enabled: false, rds: true, distributors: 1 },
      ["log-mode", "change data capture"],
      /rds_cdc_enable_db N'erp'/,
    ],
    [
      "no full backup",
      LAST_BACKUP,
      { finished: null },
      ["log-mode", "full backup"],
      /BACKUP DATABASE \[erp\]/,
    ],
    [
      "a capture job that is too fast",
      CAPTURE_JOB,
      { polling_seconds: 5 },
      ["log-retention", "capture job"],
      /86399/,
    ],
    ["Express edition", SERVER, { engine_edition: 4 }, ["server-version", "edition"], /edition/],
    [
      "Standard of 2014",
      SERVER,
      { engine_edition: 2, version: "12.0.6024.0" },
      ["server-version", "edition"],
      /edition/,
    ],
    ["a secondary replica", SERVER, { is_read_only: true }, ["read-replica", "erp"], /listener/],
    ["ADR", ACCELERATED_RECOVERY, { is_on: true }, ["log-mode", "accelerated database recovery"], /= OFF/],
    [
      "no sight of the server's state",
      SERVER,
      { view_server_state: false },
      ["privilege-replication", "dms"],
      /GRANT VIEW SERVER STATE TO \[dms\]/,
    ],
    [
      "a login that is no owner",
      SERVER,
      { db_owner: false },
      ["privilege-replication", "dms"],
      /ADD MEMBER \[dms\]/,
    ],
    ["a temporal table", TABLES, { temporal_type: 2 }, ["table-unsupported", "dbo.Orders"], /exclude/],
    [
      "a memory-optimized table",
      TABLES,
      { memory_optimized: 1 },
      ["table-unsupported", "dbo.Orders"],
      /exclude/,
    ],
    ["a columnstore", TABLES, { columnstore: true }, ["table-unsupported", "dbo.Orders"], /exclude/],
    [
      "a table that may not be read",
      TABLES,
      { readable: false },
      ["privilege-tables", "dbo.Orders"],
      /GRANT SELECT ON \[dbo\]\.\[Orders\]/,
    ],
    ["a name with a quote", TABLES, { table: "Or'ders" }, ["source-name", "dbo.Or'ders"], /exclude/],
  ];
  for (const [what, query, changes, found, remedy] of cases) {
    it(`names ${what}`, async () => {
      const which = query === TABLES ? isOrders : undefined;
      const { findings } = await examineRecorded(
        sqlserverEngine,
        changed(READY, query, changes, which),
        PLAN,
      );
      const one = findings.find(({ code, subject }) => code === found[0] && subject === found[1]);
      assert.ok(one, JSON.stringify(findings));
      assert.match(one.remedy, remedy);
    });
  }

  it("does not ask a server of before 2019 for what it has not", async () => {
    const old = new Map(changed(READY, SERVER, { version: "14.0.3456.2" }));
    old.delete(ACCELERATED_RECOVERY);
    assert.equal((await codes(old)).length, 2);
  });

  it("leaves the tables' CDC to DMS where DMS is told to set it up, and names the statement where it is not", async () => {
    const untracked = changed(READY, TABLES, { is_tracked_by_cdc: false });
    assert.deepEqual(await codes(untracked), await codes(READY));
    const { findings } = await examineRecorded(sqlserverEngine, untracked, BY_HAND);
    assert.deepEqual(
      findings.filter(({ code }) => code === "table-logging").map(({ remedy }) => remedy),
      ["Lines", "Orders"].map(
        (name) =>
          `EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'${name}', @role_name = NULL, @supports_net_changes = 1`,
      ),
    );
    const published = changed(untracked, SERVER, { distributors: 1 });
    assert.deepEqual(await codes(published, BY_HAND), await codes(READY));
  });

  const fates: [string, CatalogueRow, string | undefined][] = [
    ["rowversion", { type: "timestamp" }, "column-lost"],
    ["varbinary(max)", { type: "varbinary", max_length: -1 }, "column-lost"],
    ["a computed column", { is_computed: true }, "column-lost"],
    ["time", { type: "time" }, "column-undocumented"],
    ["nvarchar(max)", { type: "nvarchar", max_length: -1 }, "column-undocumented"],
    ["varchar(max)", { type: "varchar", max_length: -1 }, undefined],
    ["geography", { type: "geography" }, "column-undocumented"],
    ["datetimeoffset", { type: "datetimeoffset" }, "column-retyped"],
    ["xml", { type: "xml", max_length: -1 }, "column-retyped"],
    ["bit", { type: "bit" }, undefined],
    ["uniqueidentifier", { type: "uniqueidentifier" }, undefined],
    ["sql_variant", { type: "sql_variant" }, "table-unsupported"],
    ["a sparse column", { is_sparse: true }, "table-unsupported"],
  ];
  for (const [what, changes, code] of fates) {
    it(`${what}: ${code ?? "kept"}`, async () => {
      const answers = changed(READY, COLUMNS, changes, (row) => row.column === "Customer");
      const added = (await codes(answers)).filter(([one]) => !["composite-key", "write-rate"].includes(one));
      assert.deepEqual(
        added.map(([one]) => one),
        code === undefined ? [] : [code],
      );
    });
  }
});
