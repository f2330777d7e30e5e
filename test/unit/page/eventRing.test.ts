import assert from "node:assert/strict";
import fc from "fast-check";
import { EventRing } from "../../../page/model/eventRing";
import { shown } from "../../helpers/shownEvents";

const UNBOUNDED = Number.POSITIVE_INFINITY;

describe("EventRing", () => {
  it("keeps the last events, as many as it may, whatever was added", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 100 }), (capacity, count) => {
        const ring = new EventRing(capacity, UNBOUNDED);
        for (let n = 1; n <= count; n++) {
          ring.add(shown(n));
        }
        const kept = Math.min(capacity, count);
        const expected = Array.from({ length: kept }, (_, index) => count - index);
        assert.deepEqual(
          ring.newestFirst().map(({ n }) => n),
          expected,
        );
        assert.equal(ring.size, kept);
        assert.equal(ring.newest?.n, count === 0 ? undefined : count);
      }),
    );
  });

  it("keeps no more characters than it may, but always the newest event", () => {
    const long = (n: number) =>
      shown(n, { columns: [{ name: "note", old: null, new: "x".repeat(400), changed: false }] });
    const ring = new EventRing(100, 1_000);
    for (let n = 1; n <= 10; n++) {
      ring.add(long(n));
    }
    assert.deepEqual(
      ring.oldestFirst().map(({ n }) => n),
      [9, 10],
    );
    ring.add(shown(11, { columns: [{ name: "note", old: "y".repeat(5_000), new: null, changed: true }] }));
    assert.deepEqual(
      ring.oldestFirst().map(({ n }) => n),
      [11],
    );
    ring.add(shown(12));
    ring.add(shown(13));
    assert.equal(ring.size, 2, "what went does not count any more");
  });

  it("is empty again when it is cleared", () => {
    const ring = new EventRing(2, UNBOUNDED);
    for (const n of [1, 2, 3]) {
      ring.add(shown(n));
    }
    ring.clear();
    assert.deepEqual(ring.newestFirst(), []);
    ring.add(shown(4));
    assert.equal(ring.newest?.n, 4);
  });
});
