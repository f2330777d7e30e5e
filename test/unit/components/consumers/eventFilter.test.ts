import assert from "node:assert/strict";
import { filterPatterns } from "../../../../components/consumers/eventFilter";
import type { ChangeOperation } from "../../../../functions/changeEvent";
import { compileFilter } from "../../../../functions/changeFilter";
import { compileFilters } from "../../../../sandbox/lambda/mapping/filter";

const OPS: ChangeOperation[] = ["insert", "update", "delete", "load"];

describe("the filter of a consumer's mapping", () => {
  it("puts the alternatives of one schema into one pattern", () => {
    assert.deepEqual(filterPatterns({ tables: ["orders", "payments"], ops: ["update"] }), [
      '{"data":{"op":["update"],"source":{"table":["orders","payments"]}}}',
    ]);
  });

  it("has a pattern for each schema that is named", () => {
    assert.deepEqual(filterPatterns({ tables: ["orders", "sales.a", "sales.b", "hr.c"] }), [
      '{"data":{"source":{"table":["orders"]}}}',
      '{"data":{"source":{"schema":["sales"],"table":["a","b"]}}}',
      '{"data":{"source":{"schema":["hr"],"table":["c"]}}}',
    ]);
  });

  it("looks where the format has the operation and the table", () => {
    const filter = { tables: ["public.orders"], ops: ["insert", "load"] as const };
    assert.deepEqual(filterPatterns(filter, "cloudevents"), [
      '{"data":{"data":{"op":["insert","load"],"source":{"schema":["public"],"table":["orders"]}}}}',
    ]);
    assert.deepEqual(filterPatterns(filter, "debezium"), [
      '{"data":{"op":["c","r"],"source":{"schema":["public"],"table":["orders"]}}}',
    ]);
  });

  it("is none where every event passes", () => {
    assert.deepEqual(filterPatterns({}), []);
  });

  it("is the operations alone where the tables are more than Lambda takes", () => {
    const schemas = ["a.t", "b.t", "c.t", "d.t", "e.t", "f.t"];
    assert.deepEqual(filterPatterns({ tables: schemas, ops: ["load"] }), ['{"data":{"op":["load"]}}']);
    assert.deepEqual(filterPatterns({ tables: schemas }), []);
    const many = Array.from({ length: 500 }, (_, index) => `a_long_table_name_${index}`);
    assert.deepEqual(filterPatterns({ tables: many }), []);
  });

  it("lets through what the handler's own filter does, and nothing else", () => {
    const filter = { tables: ["orders", "sales.regions", "hr.staff"], ops: ["insert", "delete"] as const };
    const byLambda = compileFilters(filterPatterns(filter));
    const byHandler = compileFilter(filter);
    for (const schema of ["public", "sales", "hr"]) {
      for (const table of ["orders", "regions", "staff"]) {
        for (const op of OPS) {
          const data = { op, source: { name: "shop", engine: "postgres", schema, table } };
          assert.equal(byLambda({ data }), byHandler(data as never), JSON.stringify(data));
        }
      }
    }
  });
});
