import assert from "node:assert/strict";
import fc from "fast-check";
import { keyText } from "../../../functions/change";
import { partitionKey } from "../../../functions/partitionKey";

describe("the partition key", () => {
  it("is the table and the row's key while that is short", () => {
    assert.equal(partitionKey("shop-orders", '{"order_id":42}'), 'shop-orders{"order_id":42}');
  });

  it("is kept plain at 256 characters and hashed beyond", () => {
    const key = (length: number) => `{"k":"${"x".repeat(length - 'orders{"k":""}'.length)}"}`;
    assert.equal(partitionKey("orders", key(256)), `orders${key(256)}`);
    assert.equal(partitionKey("orders", key(256)).length, 256);
    assert.match(partitionKey("orders", key(257)), /^[0-9a-f]{64}$/);
  });

  it("does not depend on the order in which a record lists the key's columns", () => {
    const one = keyText({ order_id: { N: "1" }, line_no: { N: "2" } });
    const other = keyText({ line_no: { N: "2" }, order_id: { N: "1" } });
    assert.equal(one, '{"line_no":2,"order_id":1}');
    assert.equal(one, other);
  });

  const tableName = fc.stringMatching(/^[A-Za-z0-9_.-]{3,255}$/);
  const keyValue = fc.oneof(
    fc.string({ unit: fc.constantFrom('"', "{", "}", ",", ":", "\\", "a", "1", "é", "\n") }),
    fc.string({ minLength: 200, maxLength: 300 }),
  );
  const row = fc.record({ table: tableName, a: keyValue, b: keyValue });

  it("is never shared by two rows, whatever separators their keys hold", () => {
    const keyOf = ({ table, a, b }: { table: string; a: string; b: string }) =>
      partitionKey(table, keyText({ a: { S: a }, b: { S: b } }));
    fc.assert(
      fc.property(row, row, ({ ...one }, { ...other }) => {
        const sameRow = one.table === other.table && one.a === other.a && one.b === other.b;
        assert.equal(keyOf(one) === keyOf(other), sameRow);
        // The likeliest clash: characters that move from one part to the next.
        const shifted = { ...one, a: one.a + one.b.slice(0, 1), b: one.b.slice(1) };
        assert.equal(keyOf(one) === keyOf(shifted), one.b === "");
      }),
    );
  });

  it("is 1 to 256 characters long for every row", () => {
    fc.assert(
      fc.property(row, ({ table, a }) => {
        const { length } = partitionKey(table, keyText({ a: { S: a } }));
        return length >= 1 && length <= 256;
      }),
    );
  });
});
