import assert from "node:assert/strict";
import fc from "fast-check";
import { ShardProgress } from "../../../../sandbox/lambda/mapping/shardProgress";

describe("ShardProgress", () => {
  it("has no checkpoint before the first record is done", () => {
    const progress = new ShardProgress();
    const [, second] = [progress.add("1"), progress.add("2")];
    assert.equal(progress.complete([second]), false);
    assert.equal(progress.checkpoint, undefined);
    assert.equal(progress.outstanding, 2);
  });

  it("never passes a record that is not done, and reaches the last one, in whatever order they are done", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3_000 }).chain((count) =>
          fc.record({
            count: fc.constant(count),
            order: fc.array(fc.nat(count - 1), { maxLength: 200 }),
          }),
        ),
        ({ count, order }) => {
          const progress = new ShardProgress();
          const tickets = Array.from({ length: count }, (_, index) => progress.add(String(index)));
          const done = new Set<number>();
          for (const index of order) {
            progress.complete([tickets[index] as (typeof tickets)[number]]);
            done.add(index);
            let first = 0;
            while (done.has(first)) {
              first++;
            }
            assert.equal(progress.checkpoint, first === 0 ? undefined : String(first - 1));
            assert.equal(progress.pending, count - done.size);
          }
          progress.complete(tickets);
          assert.equal(progress.checkpoint, String(count - 1));
          assert.equal(progress.outstanding, 0);
        },
      ),
      { numRuns: 50 },
    );
  });
});
