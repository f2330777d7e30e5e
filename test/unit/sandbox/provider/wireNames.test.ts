import assert from "node:assert/strict";
import { fromWire, toWire } from "../../../../sandbox/provider/wireNames";

describe("toWire and fromWire", () => {
  it("spell names as the services do, at every depth, and back", () => {
    const own = { id: "1", rules: [{ days: 3, filter: { prefix: "" } }], multiAz: false };
    const wire = { ID: "1", Rules: [{ Days: 3, Filter: { Prefix: "" } }], MultiAZ: false };
    const spellings = { id: "ID", multiAz: "MultiAZ" };
    assert.deepEqual(toWire(own, spellings), wire);
    assert.deepEqual(fromWire(wire, spellings), own);
  });

  it("leave out what is undefined, and write times as text", () => {
    assert.deepEqual(toWire({ a: undefined, b: 1 }), { B: 1 });
    assert.deepEqual(fromWire({ At: new Date(0) }), { at: "1970-01-01T00:00:00.000Z" });
  });
});
