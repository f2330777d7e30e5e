import assert from "node:assert/strict";
import { finding } from "../../../automation/doctor/finding";
import { doctorReport } from "../../../cli/render/doctorReport";

const SOURCE = "postgres me@db:5432/shop";

describe("the doctor's report", () => {
  it("says once what holds for several columns, and counts", () => {
    const lost = (subject: string) =>
      finding("column-lost", subject, "bytea: no binary values", "do without");
    const findings = [
      finding("log-mode", "wal_level", "is replica", "ALTER SYSTEM …"),
      lost("public.a.b"),
      lost("public.c.d"),
    ];
    assert.equal(
      doctorReport({ source: SOURCE, tables: 1, findings }),
      [
        "SEVERITY  CODE         SUBJECT",
        "error     log-mode     wal_level",
        "    is replica",
        "    → ALTER SYSTEM …",
        "warning   column-lost  public.a.b, public.c.d",
        "    bytea: no binary values",
        "    → do without",
        "",
        `${SOURCE}, 1 table: 1 error, 2 warnings, 0 for information`,
        "",
      ].join("\n"),
    );
  });

  it("says that there is nothing to mend", () => {
    assert.equal(
      doctorReport({ source: SOURCE, tables: 7, findings: [] }),
      `${SOURCE}, 7 tables: nothing to mend\n`,
    );
  });
});
