import assert from "node:assert/strict";
import { type TableFacts, tablesStatus } from "../../../../automation/status/tableStatus";
import { adopted, flowing, goodFacts, mapping, statistic } from "./statusFacts";

/** The state of each table, and the findings' codes. */
function states(changes: Partial<TableFacts>): [string[], string[]] {
  const { tables, findings } = tablesStatus(goodFacts(changes));
  return [
    tables.map(({ table, state }) => `${table} ${state}`),
    findings.map(({ code, severity }) => `${severity} ${code}`),
  ];
}

describe("tablesStatus", () => {
  it("finds nothing wrong with a table that is loaded, adopted, streaming and mapped", () => {
    assert.deepEqual(tablesStatus(goodFacts()), { tables: [flowing()], findings: [] });
  });

  it("tells DMS's figures, and leaves out what DMS does not say", () => {
    const facts = goodFacts({
      statistics: [
        statistic("orders", {
          rows: 3,
          applied: { inserts: 1, updates: 2, deletes: 4 },
          updatedAt: new Date(0),
        }),
      ],
      failedBatches: new Map([["mapping-of-orders", 2]]),
    });
    assert.deepEqual(tablesStatus(facts).tables, [
      flowing({
        rowsLoaded: 3,
        applied: { inserts: 1, updates: 2, deletes: 4 },
        lastUpdateAt: "1970-01-01T00:00:00.000Z",
        failedBatches: 2,
      }),
    ]);
  });

  for (const state of ["Before load", "Full load", "Table is being reloaded", "A state of tomorrow"]) {
    it(`takes "${state}" for a load that is under way`, () => {
      const statistics = [statistic("orders", { state }), statistic("new", { state })];
      assert.deepEqual(states({ statistics }), [["new loading", "orders loading"], []]);
    });
  }

  for (const state of ["Table error", "Table cancelled", "Table does not exist"]) {
    it(`calls a table of the stack suspended, and another left out, where DMS says "${state}"`, () => {
      const statistics = [statistic("orders", { state }), statistic("audit", { state })];
      assert.deepEqual(states({ statistics }), [
        ["audit left-out", "orders suspended"],
        ["notice TableLeftOut", "problem TableSuspended"],
      ]);
    });
  }

  it("says why a table is in error in the words of DMS's log", () => {
    const { tables, findings } = tablesStatus(
      goodFacts({
        statistics: [statistic("orders", { state: "Table error" })],
        reasonOf: (schema, table) => `${schema}.${table} has no primary key`,
      }),
    );
    assert.equal(tables[0]?.reason, "public.orders has no primary key");
    assert.deepEqual(
      [findings[0]?.table, findings[0]?.text],
      ["public.orders", "public.orders has no primary key"],
    );
    assert.match(findings[0]?.remedy ?? "", /rowstream reload public\.orders/);
  });

  it("names a loaded table that is not in the stack", () => {
    assert.deepEqual(states({ statistics: [statistic("orders"), statistic("returns")] }), [
      ["orders flowing", "returns not-adopted"],
      ["problem TableNotAdopted"],
    ]);
  });

  it("leaves DMS's own tables out", () => {
    assert.deepEqual(states({ statistics: [statistic("orders"), statistic("awsdms_apply_exceptions")] }), [
      ["orders flowing"],
      [],
    ]);
  });

  it("names a table whose DynamoDB table is gone, and nothing else of it", () => {
    assert.deepEqual(states({ dynamoTables: new Set(), streams: new Map(), mappings: [] }), [
      ["orders gone"],
      ["problem TableGone"],
    ]);
  });

  it("names a stream that is off, and one that is another than the stack turned on", () => {
    assert.deepEqual(states({ streams: new Map() }), [["orders no-stream"], ["problem StreamOff"]]);
    const other = tablesStatus(goodFacts({ streams: new Map([["orders", "arn:another"]]) }));
    assert.match(other.findings[0]?.text ?? "", /off and on again/);
  });

  it("names a table without a mapping, and does not take another stream's for its own", () => {
    assert.deepEqual(states({ mappings: [mapping("orders", { streamArn: "arn:another" })] }), [
      ["orders no-mapping"],
      ["problem MappingMissing"],
    ]);
  });

  for (const [state, lastResult, expected] of [
    ["Disabled", "OK", "mapping-off"],
    ["Disabling", "OK", "mapping-off"],
    ["Enabled", "PROBLEM: Function call failed", "mapping-failing"],
    ["Enabled", "No records processed", "flowing"],
    ["Creating", undefined, "flowing"],
  ] as const) {
    it(`calls a table ${expected} where Lambda says ${state}, ${lastResult}`, () => {
      const mappings = [mapping("orders", { state, lastResult })];
      assert.deepEqual(states({ mappings })[0], [`orders ${expected}`]);
    });
  }

  it("tells everything that is wrong with a table, and its state by the worst", () => {
    const facts = {
      statistics: [statistic("orders", { state: "Table error", failedRows: 3 })],
      mappings: [mapping("orders", { state: "Disabled" })],
    };
    assert.deepEqual(states(facts), [
      ["orders suspended"],
      ["problem TableSuspended", "problem MappingOff", "problem RowsNotLoaded"],
    ]);
  });

  it("does not say that DMS does not list a table where DMS lists none", () => {
    const unlisted = goodFacts({ statistics: [statistic("other")], adopted: [adopted("orders")] });
    assert.equal(tablesStatus(unlisted).tables.find(({ table }) => table === "orders")?.state, "unknown");
    const { tables } = tablesStatus(goodFacts({ statistics: [] }));
    assert.deepEqual(
      [tables[0]?.state, tables[0]?.rowsLoaded, tables[0]?.dmsState],
      ["flowing", undefined, undefined],
    );
  });
});
