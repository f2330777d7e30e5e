import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ColumnFate } from "../../../../automation/doctor/engine";
import { FINDINGS } from "../../../../automation/doctor/findingCodes";
import type { OracleColumn } from "../../../../automation/doctor/oracle/oracleFacts";
import { oracleFate } from "../../../../automation/doctor/oracle/oracleTypes";
import type { PostgresColumn } from "../../../../automation/doctor/postgres/postgresFacts";
import { postgresFate } from "../../../../automation/doctor/postgres/postgresTypes";
import { sqlserverFate } from "../../../../automation/doctor/sqlserver/sqlserverTypes";
import { columnFacts, planWith } from "../../../helpers/doctorFacts";
import { checkout, loadScript } from "../../../helpers/loadScript";

const postgres = (type: string, changes: Partial<PostgresColumn> = {}) =>
  postgresFate(
    { ...columnFacts("c"), type, kind: "b", category: "X", builtIn: true, ...changes } as PostgresColumn,
    planWith(),
  );
const oracle = (type: string, changes: Partial<OracleColumn> = {}) =>
  oracleFate({ ...columnFacts("c"), type, object: false, ...changes } as OracleColumn, planWith());
const sqlserver = (type: string) => sqlserverFate({ ...columnFacts("c"), type });

/** The rows of the page's table of values that are of types, with what the doctor says of those types. */
const ROWS: Record<string, [ColumnFate["kind"], ...ColumnFate[]]> = {
  "integers, NUMERIC, FLOAT": [
    "kept",
    ...[postgres("int8"), postgres("numeric", { precision: 12 }), postgres("float8")],
    ...[sqlserver("bigint"), sqlserver("decimal"), oracle("BINARY_DOUBLE")],
  ],
  "NUMERIC with no precision (PostgreSQL)": ["rounded", postgres("numeric")],
  "NUMBER(p,s) with s > 0 (Oracle)": ["rounded", oracle("NUMBER", { precision: 20, scale: 2 })],
  "CHAR, VARCHAR": [
    "kept",
    postgres("bpchar"),
    postgres("varchar"),
    sqlserver("varchar"),
    oracle("VARCHAR2"),
  ],
  "TEXT, JSON, JSONB, arrays, hstore, XML": [
    "retyped",
    ...[postgres("json"), postgres("jsonb"), postgres("_int4", { category: "A" }), postgres("hstore")],
    ...[postgres("xml"), sqlserver("xml")],
  ],
  "BOOLEAN (PostgreSQL)": ["retyped", postgres("bool")],
  "DATE, TIMESTAMP": [
    "retyped",
    postgres("date"),
    postgres("timestamptz"),
    sqlserver("datetime2"),
    oracle("DATE"),
  ],
  "BYTEA, BLOB, RAW, BINARY, VARBINARY, spatial types (MySQL)": [
    "lost",
    postgres("bytea"),
    oracle("BLOB"),
    oracle("RAW"),
    sqlserver("varbinary"),
  ],
  "TIME, NCLOB": ["undocumented", postgres("time"), sqlserver("time"), oracle("NCLOB")],
};

describe("docs/doctor.md", () => {
  it("has every finding's code as it is; if not, run: node scripts/doctorDocs.mjs", async () => {
    const { withFindings } = await loadScript<{ withFindings(page: string, findings: unknown): string }>(
      "docs/findingTable.mjs",
    );
    const page = readFileSync(join(checkout, "docs", "doctor.md"), "utf8");
    assert.equal(page, withFindings(page, FINDINGS));
  });
});

describe("docs/what-dms-does.md", () => {
  const page = readFileSync(join(checkout, "docs", "what-dms-does.md"), "utf8");
  for (const [types, [expected, ...fates]] of Object.entries(ROWS)) {
    it(`says of ${types} what the doctor says`, () => {
      assert.ok(page.includes(`\n| ${types} |`), "the page has no such row: mend the one or the other");
      assert.deepEqual(
        fates.map(({ kind }) => kind),
        fates.map(() => expected),
      );
    });
  }
});
