import assert from "node:assert/strict";
import fc from "fast-check";
import { matchTables, qualifiedName, type TableStatistic } from "../../../automation/tableMatch";
import type { ReplicatedTable } from "../../../components/replicatedTable";

function loaded(schema: string, table: string): TableStatistic {
  return { schema, table, state: "Table completed", rows: 1 };
}

function known(schema: string, table: string, tableName: string): ReplicatedTable {
  return { schema, table, tableName, partitionKey: { name: "id", type: "N" } };
}

function match(input: Partial<Parameters<typeof matchTables>[0]> & { dynamo: string[] }) {
  return matchTables({
    statistics: [],
    known: [],
    targetNames: {},
    ...input,
    dynamoTables: new Set(input.dynamo),
  });
}

describe("matchTables", () => {
  it("matches a loaded table by its bare name", () => {
    const { found } = match({ statistics: [loaded("public", "orders")], dynamo: ["orders", "elsewhere"] });
    assert.deepEqual(found, [{ schema: "public", table: "orders", tableName: "orders" }]);
  });

  it("matches by schema_table and by schema.table where DMS names tables so", () => {
    for (const tableName of ["public_orders", "public.orders"]) {
      const { found } = match({ statistics: [loaded("public", "orders")], dynamo: [tableName] });
      assert.equal(found[0]?.tableName, tableName);
    }
  });

  it("lets an object mapping's name win over a table that bears the bare name", () => {
    const { found } = match({
      statistics: [loaded("public", "order_lines")],
      targetNames: { "public.order_lines": "shop-order-lines" },
      dynamo: ["order_lines", "shop-order-lines"],
    });
    assert.equal(found[0]?.tableName, "shop-order-lines");
  });

  it("does not fall back to another name where an object mapping fixes one", () => {
    const { found, unmatched } = match({
      statistics: [loaded("public", "order_lines")],
      targetNames: { "public.order_lines": "shop-order-lines" },
      dynamo: ["order_lines"],
    });
    assert.deepEqual(found, []);
    assert.deepEqual(unmatched, [{ schema: "public", table: "order_lines", tried: ["shop-order-lines"] }]);
  });

  it("takes one naming rule for all tables, so that a bare name of someone else's table is not taken", () => {
    const { found } = match({
      statistics: [loaded("public", "orders"), loaded("public", "customers")],
      dynamo: ["orders", "public_orders", "public_customers"],
    });
    assert.deepEqual(
      found.map((table) => table.tableName),
      ["public_customers", "public_orders"],
    );
  });

  it("does not give a table that is left over the DynamoDB table of another", () => {
    const { found, unmatched } = match({
      statistics: [
        loaded("public", "customers"),
        loaded("public", "sales_orders"),
        loaded("sales", "orders"),
      ],
      dynamo: ["customers", "sales_orders"],
    });
    assert.deepEqual(found.map(qualifiedName), ["public.customers", "public.sales_orders"]);
    assert.deepEqual(unmatched.map(qualifiedName), ["sales.orders"]);
  });

  it("names both SQL tables that would share one DynamoDB table", () => {
    const { clashes } = match({
      statistics: [loaded("public", "orders"), loaded("sales", "orders")],
      dynamo: ["orders"],
    });
    assert.deepEqual(clashes, [{ tableName: "orders", sources: ["public.orders", "sales.orders"] }]);
  });

  it("names a new table that would share the DynamoDB table of a known one", () => {
    const { clashes } = match({
      statistics: [loaded("public", "orders"), loaded("sales", "orders")],
      known: [known("public", "orders", "orders")],
      dynamo: ["orders"],
    });
    assert.deepEqual(clashes, [{ tableName: "orders", sources: ["public.orders", "sales.orders"] }]);
  });

  it("leaves DMS's control tables out on both sides", () => {
    const result = match({
      statistics: [loaded("public", "awsdms_ddl_audit")],
      dynamo: ["awsdms_apply_exceptions", "awsdms_ddl_audit"],
    });
    assert.deepEqual([result.found, result.unmatched, result.skipped], [[], [], []]);
  });

  it("skips a table in error with DMS's reason and one that still loads as pending", () => {
    const { skipped } = match({
      statistics: [
        { schema: "public", table: "audit", state: "Table error", rows: 0 },
        { schema: "public", table: "big", state: "Full load", rows: 10 },
      ],
      reasonOf: (_schema, table) => (table === "audit" ? "no primary key" : undefined),
      dynamo: [],
    });
    assert.deepEqual(skipped, [
      { schema: "public", table: "audit", reason: "no primary key", pending: false },
      { schema: "public", table: "big", reason: 'DMS reports "Full load"', pending: true },
    ]);
  });

  it("keeps a known table that DMS's statistics have forgotten", () => {
    const orders = known("public", "orders", "orders");
    assert.deepEqual(match({ known: [orders], dynamo: ["orders"] }).kept, [orders]);
  });

  it("lets a known table go once its DynamoDB table is gone, and does not call it unmatched", () => {
    const orders = known("public", "orders", "orders");
    const result = match({ known: [orders], statistics: [loaded("public", "orders")], dynamo: [] });
    assert.deepEqual([result.kept, result.gone, result.unmatched], [[], [orders], []]);
  });

  const name = fc.stringMatching(/^[a-c_]{1,4}$/);
  const statistic = fc.record({
    schema: name,
    table: name,
    state: fc.constantFrom("Table completed", "Table error", "Full load", "Before load", "Table cancelled"),
    rows: fc.nat(),
  });
  const world = fc.record({
    statistics: fc.uniqueArray(statistic, { selector: qualifiedName, maxLength: 8 }),
    dynamo: fc.uniqueArray(
      fc.oneof(
        name,
        fc.tuple(name, name).map(([a, b]) => `${a}_${b}`),
        fc.tuple(name, name).map(([a, b]) => `${a}.${b}`),
      ),
      { maxLength: 12 },
    ),
  });

  it("puts every table of the statistics into exactly one list", () => {
    fc.assert(
      fc.property(world, ({ statistics, dynamo }) => {
        const result = match({ statistics, dynamo });
        const sorted = [...result.found, ...result.skipped, ...result.unmatched].map(qualifiedName).sort();
        assert.deepEqual(sorted, statistics.map(qualifiedName).sort());
      }),
    );
  });

  it("matches to tables that exist only, and to each of them once or reports a clash", () => {
    fc.assert(
      fc.property(world, ({ statistics, dynamo }) => {
        const { found, clashes } = match({ statistics, dynamo });
        const names = found.map((table) => table.tableName);
        assert.ok(names.every((tableName) => dynamo.includes(tableName)));
        const doubled = [...new Set(names.filter((tableName, index) => names.indexOf(tableName) !== index))];
        assert.deepEqual(clashes.map((clash) => clash.tableName).sort(), doubled.sort());
      }),
    );
  });

  it("does not depend on the order in which DMS lists the tables", () => {
    fc.assert(
      fc.property(world, fc.nat(), ({ statistics, dynamo }, turn) => {
        const at = statistics.length === 0 ? 0 : turn % statistics.length;
        const turned = [...statistics.slice(at), ...statistics.slice(0, at)];
        assert.deepEqual(match({ statistics: turned, dynamo }), match({ statistics, dynamo }));
      }),
    );
  });

  it("finds nothing new when everything it found is known", () => {
    fc.assert(
      fc.property(world, ({ statistics, dynamo }) => {
        const first = match({ statistics, dynamo });
        const all = first.found.map((table) => known(table.schema, table.table, table.tableName));
        const second = match({ statistics, dynamo, known: all });
        assert.deepEqual(second.kept.map(qualifiedName), all.map(qualifiedName));
        assert.deepEqual(second.gone, []);
      }),
    );
  });
});
