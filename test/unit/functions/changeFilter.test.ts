import assert from "node:assert/strict";
import type { ChangeEvent, ChangeOperation } from "../../../functions/changeEvent";
import { compileFilter } from "../../../functions/changeFilter";

function event(schema: string, table: string, op: ChangeOperation = "insert"): ChangeEvent {
  return { op, source: { name: "shop", engine: "postgres", schema, table } } as ChangeEvent;
}

describe("a filter of changes", () => {
  it("lets everything through where it names nothing", () => {
    assert.equal(compileFilter({})(event("public", "orders")), true);
  });

  it("takes a table's name alone in any schema, and a qualified one in its own", () => {
    const matches = compileFilter({ tables: ["orders", "sales.regions"] });
    assert.equal(matches(event("public", "orders")), true);
    assert.equal(matches(event("archive", "orders")), true);
    assert.equal(matches(event("sales", "regions")), true);
    assert.equal(matches(event("public", "regions")), false);
  });

  it("asks for the operation too", () => {
    const matches = compileFilter({ tables: ["orders"], ops: ["update", "delete"] });
    assert.equal(matches(event("public", "orders", "update")), true);
    assert.equal(matches(event("public", "orders", "load")), false);
  });
});
