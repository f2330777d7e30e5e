import assert from "node:assert/strict";
import { FINDINGS, type FindingCode } from "../../../automation/doctor/findingCodes";
import type { RowstreamEvent } from "../../../automation/events";
import { changeText, eventLines } from "../../../cli/render/eventLine";

function text(event: RowstreamEvent): string[] {
  return eventLines(event).map((line) => `${line.kind}: ${line.text}`);
}

const key = { partitionKey: { name: "id", type: "N" as const } };
const orders = { schema: "public", table: "orders", tableName: "orders", ...key };
const payments = { schema: "public", table: "payments", tableName: "payments", ...key };

describe("eventLines", () => {
  it("counts a pass's changes in words", () => {
    assert.deepEqual(
      text({ code: "PassFinished", pass: 1, changes: { create: 34, same: 2 }, seconds: 12.34 }),
      ["done: pass 1: 34 created, 2 unchanged (12.3 s)"],
    );
  });

  it("shows a source's errors in full and its warnings in one line", () => {
    const finding = (code: FindingCode, subject: string) => ({
      ...{ code, subject, what: "is wrong", remedy: "mend it" },
      severity: FINDINGS[code].severity,
    });
    const findings = [
      finding("log-mode", "wal_level"),
      finding("column-lost", "public.a.b"),
      finding("column-lost", "public.a.c"),
      finding("row-size", "public.a"),
      finding("column-retyped", "public.a.d"),
    ];
    assert.deepEqual(text({ code: "SourceExamined", findings }), [
      "warning: log-mode: wal_level is wrong\n  → mend it",
      "note: the source: 3 warnings (column-lost, row-size); `rowstream doctor` explains them",
    ]);
    assert.deepEqual(text({ code: "SourceExamined", findings: findings.slice(4) }), [
      "done: the source is ready",
    ]);
  });

  it("says that nothing changed", () => {
    assert.equal(changeText({ same: 40 }), "no change");
  });

  it("shows how far the load is, table by table", () => {
    const tables = [
      { schema: "public", table: "orders", state: "Full load", rows: 1200 },
      { schema: "public", table: "customers", state: "Table completed", rows: 5000 },
    ];
    assert.deepEqual(text({ code: "FullLoadProgress", percent: 50, tables }), [
      "live: full load 50 %: 1 of 2 tables, 6,200 rows; now orders 1,200",
    ]);
  });

  it("names every table found, every one left out and every one let go", () => {
    const discovery = {
      tables: [orders, payments],
      added: [payments],
      gone: [{ ...orders, table: "old", tableName: "old" }],
      skipped: [
        { schema: "public", table: "audit", reason: "no primary key", pending: false },
        { schema: "public", table: "big", reason: 'DMS reports "Full load"', pending: true },
      ],
    };
    assert.deepEqual(text({ code: "TablesDiscovered", discovery }), [
      "done: 2 tables, 1 of them new: public.orders, public.payments",
      'warning: let go of public.old: its DynamoDB table "old" is gone',
      "warning: left out public.audit: no primary key",
      'note: public.big is still loading (DMS reports "Full load"): the next run takes it in',
    ]);
  });

  it("says what becomes of the tables before they are destroyed or kept", () => {
    assert.deepEqual(
      text({ code: "DestroyStarted", tables: ["orders"], tablesOnDestroy: "delete" })[1],
      "warning: deletes the tables orders",
    );
    assert.match(
      text({ code: "DestroyStarted", tables: ["orders"], tablesOnDestroy: "retain" })[1] ?? "",
      /^note: keeps the tables orders/,
    );
  });

  it("shows a plan's steps with sign, type, name and the properties that differ", () => {
    const step = {
      op: "update",
      type: "aws:kinesis/stream:Stream",
      name: "stream",
      urn: "",
      differs: ["tags"],
    };
    assert.deepEqual(text({ code: "ResourcePlanned", step }), [
      "note: ~ aws:kinesis/stream:Stream stream (tags)",
    ]);
  });

  it("counts the initial rows that are published", () => {
    const tables = [orders, payments];
    assert.deepEqual(text({ code: "InitialLoadProgress", table: orders, rows: 1200 }), [
      "live: initial rows: public.orders 1,200 rows",
    ]);
    assert.deepEqual(text({ code: "InitialLoadFinished", tables, rows: 3000 }), [
      "done: initial rows: 3,000 rows of 2 tables published",
    ]);
  });

  it("says of a stream that was turned off what made no event, and who mends it", () => {
    const lost: Extract<RowstreamEvent, { code: "StreamsLost" }> = {
      code: "StreamsLost",
      tables: [orders],
      mending: false,
      republished: false,
    };
    assert.match(
      text(lost)[0] ?? "",
      /^warning: the stream of public\.orders was turned off: run `rowstream up`/,
    );
    assert.match(text(lost)[0] ?? "", /made no event; no later event shows it/);
    assert.match(
      text({ ...lost, mending: true, republished: true })[0] ?? "",
      /it gets a new one\. .*; its rows are published anew$/,
    );
  });

  it("warns of items that a reload has left over, and of none where there are none", () => {
    const finished = { code: "ReloadFinished", schema: "public", table: "orders", rows: 10 } as const;
    assert.deepEqual(text({ ...finished, leftOver: 0 }), [
      "done: reloaded public.orders: 10 rows; those that differed are events",
    ]);
    assert.match(
      text({ ...finished, leftOver: 1 })[1] ?? "",
      /^warning: at least 1 item of its DynamoDB table/,
    );
  });
});
