import assert from "node:assert/strict";
import fc from "fast-check";
import { hasWildcard, parseTablePattern, selects } from "../../../../components/replication/tablePattern";

function matches(pattern: string, table: string): boolean {
  const [parsed, name] = [parseTablePattern(pattern), parseTablePattern(table)];
  assert.ok(parsed && name);
  return selects(parsed, name);
}

describe("table patterns", () => {
  it("select by DMS's wildcards", () => {
    assert.ok(matches("public.%", "public.orders"));
    assert.ok(matches("%.%", "sales.orders"));
    assert.ok(matches("public.order_", "public.orders"));
    assert.ok(matches("public.order[_]lines", "public.order_lines"));
    assert.ok(!matches("public.order[_]lines", "public.orderXlines"));
    assert.ok(matches("public.log[0-9]", "public.log7"));
    assert.ok(!matches("public.log[0-9]", "public.logs"));
  });

  it("tell capital letters from small ones, as DMS does", () => {
    assert.ok(!matches("PUBLIC.%", "public.orders"));
  });

  it("take every other character as itself", () => {
    assert.ok(!matches("public.a.c", "public.abc"));
    assert.ok(matches("public.a(b)$", "public.a(b)$"));
  });

  it("select a table by its own name, whatever the name is made of", () => {
    const name = fc.string({ minLength: 1 }).filter((text) => !/[%_[\].]/.test(text));
    fc.assert(
      fc.property(name, name, (schema, table) => {
        assert.ok(matches(`${schema}.${table}`, `${schema}.${table}`));
      }),
    );
  });

  it("are cut at the first dot, and need both parts", () => {
    assert.deepEqual(parseTablePattern("public.a.b"), { schema: "public", table: "a.b" });
    for (const text of ["public", ".orders", "public.", ""]) assert.equal(parseTablePattern(text), undefined);
  });

  it("know a wildcard, and take an underscore for a part of a name", () => {
    assert.ok(hasWildcard("public.%"));
    assert.ok(hasWildcard("public.[ab]"));
    assert.ok(!hasWildcard("public.order_lines"));
  });
});
