import assert from "node:assert/strict";
import type { PipelineStatus } from "../../../automation/status/pipelineStatus";
import { statusReport } from "../../../cli/render/statusReport";

const HEALTHY: PipelineStatus = {
  at: "2026-11-27T12:00:00.000Z",
  verdict: "healthy",
  findings: [],
  replication: { kind: "task", phase: "running", status: "running", percent: 100, errors: [] },
  tables: [
    {
      schema: "public",
      table: "orders",
      tableName: "orders",
      state: "flowing",
      dmsState: "Table completed",
      rowsLoaded: 1000,
      applied: { inserts: 1, updates: 20, deletes: 3 },
      lastUpdateAt: "2026-11-27T11:59:58.000Z",
      lastEventAt: "2026-11-27T11:55:00.000Z",
      mapping: { uuid: "m1", state: "Enabled", lastResult: "OK" },
    },
  ],
  fanIn: { functionName: "fan-in" },
  stream: {
    name: "changes",
    status: "ACTIVE",
    mode: "on-demand",
    openShards: 4,
    retentionHours: 168,
    encrypted: true,
  },
  failures: { bucket: "failures", batches: 0, unprocessable: 0, more: false },
};

describe("the status report", () => {
  it("begins with the verdict, and says what is not known", () => {
    assert.equal(
      statusReport(HEALTHY),
      [
        "healthy: changes flow",
        "",
        "replication       running (task)",
        "lag               not known: CloudWatch has no figure of the last five minutes",
        "fan-in            fan-in",
        "change stream     changes: ACTIVE, on-demand, 4 shards, 168 h, encrypted",
        "failures waiting  none in failures",
        "",
        "TABLES",
        "TABLE          STATE    LOADED  INSERTS  UPDATES  DELETES  LAST UPDATE               LAST EVENT                MAPPING  FAILED",
        "public.orders  flowing  1000    1        20       3        2026-11-27T11:59:58.000Z  2026-11-27T11:55:00.000Z  Enabled  0",
        "",
      ].join("\n"),
    );
  });

  it("tells problems with their remedies before anything else, and notices at the end", () => {
    const report = statusReport({
      ...HEALTHY,
      verdict: "attention",
      findings: [
        {
          code: "TableNotAdopted",
          severity: "problem",
          table: "public.new",
          text: "it is loaded",
          remedy: "run up",
        },
        { code: "TableLeftOut", severity: "notice", table: "public.audit", text: "no primary key" },
      ],
      tables: [{ schema: "public", table: "new", state: "not-adopted" }],
    }).split("\n");
    assert.deepEqual(report.slice(0, 5), [
      "needs attention",
      "",
      "PROBLEMS",
      "  public.new: it is loaded",
      "    run up",
    ]);
    assert.ok(report.some((line) => /^public\.new {2}not-adopted {2}- +- +- +- +- +- +- +-$/.test(line)));
    assert.deepEqual(report.slice(-3), ["NOTICES", "  public.audit: no primary key", ""]);
  });

  it("tells the figures that are known", () => {
    const report = statusReport({
      ...HEALTHY,
      replication: {
        kind: "serverless",
        phase: "loading",
        status: "running",
        percent: 40,
        errors: [],
        sourceLatencySeconds: 1.25,
        targetLatencySeconds: 2,
      },
      fanIn: { functionName: "fan-in", iteratorAgeSeconds: 0.5, invocations: 10, errors: 1, throttles: 0 },
      stream: { ...HEALTHY.stream, recordsIn: 12, throttledRecords: 0, encrypted: false },
      failures: {
        bucket: "failures",
        batches: 1000,
        unprocessable: 1,
        more: true,
        lastAt: "2026-11-27T11:00:00.000Z",
      },
    });
    for (const line of [
      "replication       loading (serverless, DMS says running, 40 % of the full load)",
      "lag               source to DMS 1.3 s, source to DynamoDB 2 s, DynamoDB to fan-in, at most 0.5 s",
      "fan-in            fan-in; in five minutes 10 calls, 1 errors, 0 throttles",
      "change stream     changes: ACTIVE, on-demand, 4 shards, 168 h, NOT ENCRYPTED; in five minutes 12 records in, 0 refused",
      "failures waiting  at least 1000 batches, 1 records in failures, the last of 2026-11-27T11:00:00.000Z",
    ]) {
      assert.ok(report.split("\n").includes(line), `${line}\n---\n${report}`);
    }
  });

  it("says that the change stream is gone", () => {
    assert.match(statusReport({ ...HEALTHY, stream: { name: "changes" } }), /change stream {5}changes: gone/);
  });
});
