import assert from "node:assert/strict";
import type { PipelineStatus } from "../../../../automation/status/pipelineStatus";
import { currentView, deployedView, type ViewStack } from "../../../../cli/page/pipelineView";

const KEY = { name: "id", type: "N" as const };
const OUTPUTS: ViewStack["outputs"] = {
  region: "eu-central-1",
  streamName: "changes",
  fanInName: "fan-in",
  tables: [
    { tableName: "orders", schema: "public", table: "orders", partitionKey: KEY },
    { tableName: "secrets", schema: "public", table: "secrets", partitionKey: KEY },
  ],
  eventSources: JSON.stringify({
    name: "shop",
    engine: "postgres",
    format: "debezium",
    tables: {
      orders: { schema: "public", table: "orders" },
      secrets: { schema: "public", table: "secrets", events: false },
    },
  }),
};
const DEPLOYED: ViewStack = {
  outputs: OUTPUTS,
  consumers: [
    { kind: "DataLake", name: "lake" },
    { kind: "ChangeHandler", name: "lake" },
  ],
};
const STATUS: PipelineStatus = {
  at: "2026-11-27T12:00:00.000Z",
  verdict: "attention",
  findings: [
    {
      code: "TableSuspended",
      severity: "problem",
      table: "public.late",
      text: "DMS gave it up",
      remedy: "reload it",
    },
    { code: "MetricsUnread", severity: "notice", text: "no figures" },
  ],
  replication: {
    kind: "task",
    phase: "running",
    errors: [],
    sourceLatencySeconds: 1,
    targetLatencySeconds: 3,
  },
  tables: [
    { schema: "public", table: "audit", state: "left-out", reason: "no key" },
    { schema: "public", table: "late", state: "suspended", reason: "DMS gave it up" },
    {
      schema: "public",
      table: "orders",
      tableName: "orders",
      state: "flowing",
      rowsLoaded: 12,
      applied: { inserts: 1, updates: 2, deletes: 3 },
    },
    { schema: "public", table: "secrets", tableName: "secrets", state: "loading", rowsLoaded: 0 },
  ],
  fanIn: { functionName: "fan-in", iteratorAgeSeconds: 0.4 },
  stream: { name: "changes", status: "ACTIVE" },
  failures: { bucket: "failures", batches: 0, unprocessable: 0, more: false },
};

describe("the pipeline as the page draws it", () => {
  it("is what was deployed, before its state is known", () => {
    assert.deepEqual(deployedView({ stack: "prod", sandbox: false }, DEPLOYED), {
      stack: "prod",
      region: "eu-central-1",
      sandbox: false,
      source: { name: "shop", engine: "postgres" },
      replication: { kind: "instance", state: null, health: "unknown", lagMs: null },
      tables: [
        {
          name: "public.orders",
          replicated: true,
          published: true,
          state: null,
          health: "unknown",
          rows: null,
          applied: null,
        },
        {
          name: "public.secrets",
          replicated: true,
          published: false,
          state: null,
          health: "unknown",
          rows: null,
          applied: null,
        },
      ],
      fanIn: { name: "fan-in", lagMs: null },
      stream: { name: "changes", format: "debezium" },
      consumers: [
        { kind: "DataLake", name: "lake", perSecond: null },
        { kind: "ChangeHandler", name: "lake", perSecond: null },
      ],
      findings: [],
      problem: null,
    });
  });

  it("has the state, the counts and the lag of everything once they are", () => {
    const rates = new Map([["lake lake", 2.5]]);
    const view = currentView({ stack: "prod", sandbox: false }, DEPLOYED, STATUS, rates);
    assert.deepEqual(
      view.consumers.map(({ kind, perSecond }) => [kind, perSecond]),
      [
        ["DataLake", 2.5],
        ["ChangeHandler", null],
      ],
      "another of the same name is not meant",
    );
    assert.deepEqual(view.replication, { kind: "instance", state: "running", health: "good", lagMs: 3_000 });
    assert.deepEqual(view.fanIn, { name: "fan-in", lagMs: 400 });
    assert.deepEqual(view.tables, [
      {
        name: "public.audit",
        replicated: false,
        published: true,
        state: "left-out",
        health: "unknown",
        rows: null,
        applied: null,
      },
      {
        name: "public.late",
        replicated: true,
        published: true,
        state: "suspended",
        health: "bad",
        rows: null,
        applied: null,
      },
      {
        name: "public.orders",
        replicated: true,
        published: true,
        state: "flowing",
        health: "good",
        rows: 12,
        applied: 6,
      },
      {
        name: "public.secrets",
        replicated: true,
        published: false,
        state: "loading",
        health: "waiting",
        rows: 0,
        applied: null,
      },
    ]);
    assert.deepEqual(view.findings, [
      { severity: "problem", text: "public.late: DMS gave it up", remedy: "reload it" },
      { severity: "notice", text: "no figures", remedy: null },
    ]);
  });
});
