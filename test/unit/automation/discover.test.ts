import assert from "node:assert/strict";
import { discover, type TableCatalogue } from "../../../automation/discover";
import type { TableStatistic } from "../../../automation/tableMatch";

function find(tables: string[], dynamo: string[], states: Record<string, string> = {}) {
  const statistics: TableStatistic[] = tables.map((name) => {
    const [schema = "", table = ""] = name.split(".");
    return { schema, table, state: states[name] ?? "Table completed", rows: 1 };
  });
  const catalogue: TableCatalogue = {
    names: async () => new Set(dynamo),
    key: async () => ({ partitionKey: { name: "id", type: "N" }, sortKey: { name: "line", type: "S" } }),
  };
  const control = {
    tableStatistics: async () => statistics,
    tableErrors: async () => (_schema: string, table: string) => `${table} has no primary key`,
  };
  return discover({ control, catalogue, known: [], targetNames: {} });
}

describe("discover", () => {
  it("gives each new table its key", async () => {
    assert.deepEqual((await find(["public.orders"], ["orders"])).tables, [
      {
        schema: "public",
        table: "orders",
        tableName: "orders",
        partitionKey: { name: "id", type: "N" },
        sortKey: { name: "line", type: "S" },
      },
    ]);
  });

  it("refuses to go on without a table that was loaded, and says what it looked for", async () => {
    await assert.rejects(find(["public.orders", "public.lost"], ["orders"]), {
      code: "TableNotMatched",
      message:
        'loaded by DMS, but not found in DynamoDB: public.lost (looked for "lost", "public_lost", "public.lost")',
    });
  });

  it("refuses two SQL tables in one DynamoDB table, and names them", async () => {
    await assert.rejects(find(["public.orders", "sales.orders"], ["orders"]), {
      code: "TableClash",
      message:
        'more than one SQL table is written to the same DynamoDB table: "orders" (public.orders, sales.orders)',
    });
  });

  it("tells DMS's reason for a table it left out", async () => {
    const { skipped } = await find(["public.audit"], [], { "public.audit": "Table error" });
    assert.equal(skipped[0]?.reason, "audit has no primary key");
  });

  it("does not take an empty list for an empty source", async () => {
    await assert.rejects(find([], ["orders"]), { code: "StatisticsLost", remedy: /rowstream:tables/ });
  });
});
