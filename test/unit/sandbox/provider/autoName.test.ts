import assert from "node:assert/strict";
import fc from "fast-check";
import { nameResource } from "../../../../sandbox/provider/autoName";
import { DEFAULTS } from "../../../../sandbox/provider/properties";

const RULE = { property: "name", prefixProperty: "namePrefix", maxLength: 64 };
const seed = Uint8Array.of(1, 2, 3);

describe("nameResource", () => {
  it("leaves a given name, and a type without names, as they are", () => {
    const step = { resource: "r", seed, inputs: { name: "mine" }, old: {} };
    assert.deepEqual(nameResource(RULE, step), { name: "mine" });
    assert.deepEqual(nameResource(undefined, { ...step, inputs: {} }), {});
  });

  it("makes a name of the resource's and seven digits, and notes that it did", () => {
    const named = nameResource(RULE, { resource: "orders", seed, inputs: {}, old: {} });
    assert.match(String(named.name), /^orders-[0-9a-f]{7}$/);
    assert.deepEqual(named[DEFAULTS], ["name"]);
  });

  it("gives the same resource its name again, another seed or not", () => {
    const first = nameResource(RULE, { resource: "orders", seed, inputs: {}, old: {} });
    const again = nameResource(RULE, { resource: "orders", seed: Uint8Array.of(9), inputs: {}, old: first });
    assert.deepEqual(again, first);
  });

  it("makes a new name where the program's own was taken away, or its prefix changed", () => {
    const taken = nameResource(RULE, { resource: "orders", seed, inputs: {}, old: { name: "mine" } });
    assert.notEqual(taken.name, "mine");
    const old = nameResource(RULE, { resource: "r", seed, inputs: { namePrefix: "a-" }, old: {} });
    const moved = nameResource(RULE, { resource: "r", seed, inputs: { namePrefix: "b-" }, old });
    assert.match(String(old.name), /^a-[0-9a-f]{26}$/);
    assert.match(String(moved.name), /^b-/);
  });

  it("never makes a name that is too long, whatever the resource is called", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 300 }),
        fc.integer({ min: 20, max: 300 }),
        (resource, maxLength) => {
          const { name } = nameResource({ ...RULE, maxLength }, { resource, seed, inputs: {}, old: {} });
          assert.ok(String(name).length <= maxLength);
        },
      ),
    );
  });
});
