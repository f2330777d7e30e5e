import assert from "node:assert/strict";
import { metricsLine } from "../../../functions/embeddedMetrics";
import { type Evidence, type InspectedTable, inspect } from "../../../functions/inspection";

const table = (name: string): InspectedTable => ({ schema: "public", table: name, tableName: name });
const streamArn = (name: string) => `arn:aws:dynamodb:us-east-1:1:table/${name}/stream/2026`;
const mapping = (name: string, state = "Enabled", lastResult = "OK") => ({
  streamArn: streamArn(name),
  state,
  lastResult,
});
const completed = (name: string, state = "Table completed") => ({ schema: "public", table: name, state });

/** Two tables with nothing wrong about them, and what is changed of that. */
function seen(changes: Partial<Evidence> = {}) {
  return inspect({
    adopted: [table("orders"), table("customers")],
    statistics: [completed("orders"), completed("customers")],
    streams: new Map([
      ["orders", streamArn("orders")],
      ["customers", streamArn("customers")],
    ]),
    mappings: [mapping("orders"), mapping("customers")],
    ...changes,
  });
}

describe("inspect", () => {
  it("finds nothing wrong where every table is replicated and read", () => {
    assert.deepEqual(seen(), { suspended: [], unfed: [] });
  });

  for (const state of ["Table error", "Table cancelled", "Table does not exist"]) {
    it(`takes an adopted table that DMS calls "${state}" for suspended`, () => {
      assert.deepEqual(seen({ statistics: [completed("orders", state), completed("customers")] }).suspended, [
        "public.orders",
      ]);
    });
  }

  it("says nothing of tables that DMS never took in, nor of those that it keeps for itself", () => {
    const statistics = [
      completed("orders"),
      completed("keyless", "Table error"),
      completed("loading", "Full load"),
      completed("awsdms_apply_exceptions"),
    ];
    assert.deepEqual(seen({ statistics }), { suspended: [], unfed: [] });
  });

  it("finds a table that is replicated and not adopted", () => {
    assert.deepEqual(seen({ statistics: [completed("orders"), completed("new")] }).unfed, ["public.new"]);
  });

  it("finds an adopted table whose stream is off, whatever DMS says of it", () => {
    const streams = new Map([["customers", streamArn("customers")]]);
    assert.deepEqual(seen({ streams, statistics: [] }).unfed, ["public.orders"]);
  });

  it("finds a mapping of the stream that the table had before", () => {
    const streams = new Map([
      ["orders", `${streamArn("orders")}-anew`],
      ["customers", streamArn("customers")],
    ]);
    assert.deepEqual(seen({ streams }).unfed, ["public.orders"]);
  });

  const STATES: [state: string, lastResult: string, reads: boolean][] = [
    ["Creating", "", true],
    ["Updating", "No records processed", true],
    ["Enabled", "PROBLEM: Function call failed", true],
    ["Enabled", "PROBLEM: DynamoDB stream cannot be read", false],
    ["Disabled", "OK", false],
    ["Deleting", "OK", false],
  ];
  for (const [state, lastResult, reads] of STATES) {
    it(`takes a mapping that is ${state}, "${lastResult}", for ${reads ? "one that reads" : "none"}`, () => {
      const mappings = [mapping("orders", state, lastResult), mapping("customers")];
      assert.deepEqual(seen({ mappings }).unfed, reads ? [] : ["public.orders"]);
    });
  }
});

describe("metricsLine", () => {
  it("is a document of CloudWatch's embedded metric format on one line", () => {
    const line = metricsLine("changes", { SuspendedTables: 2, UnfedTables: 0 }, 1_700_000_000_000);
    assert.ok(!line.includes("\n"));
    assert.deepEqual(JSON.parse(line), {
      _aws: {
        Timestamp: 1_700_000_000_000,
        CloudWatchMetrics: [
          {
            Namespace: "rowstream",
            Dimensions: [["ChangeStream"]],
            Metrics: [
              { Name: "SuspendedTables", Unit: "Count" },
              { Name: "UnfedTables", Unit: "Count" },
            ],
          },
        ],
      },
      ChangeStream: "changes",
      SuspendedTables: 2,
      UnfedTables: 0,
    });
  });
});
