import assert from "node:assert/strict";
import fc from "fast-check";
import { batchLength, eventOf, MAXIMUM_EVENT_BYTES } from "../../../../sandbox/lambda/mapping/takeBatch";

describe("batchLength", () => {
  it("takes what is there, up to the batch size", () => {
    const queue = [{ bytes: 10 }, { bytes: 10 }, { bytes: 10 }];
    assert.deepEqual(batchLength(queue, 5), { length: 3, full: false });
    assert.deepEqual(batchLength(queue, 3), { length: 3, full: true });
    assert.deepEqual(batchLength(queue, 2), { length: 2, full: true });
  });

  it("takes one record however large it is", () => {
    assert.deepEqual(batchLength([{ bytes: MAXIMUM_EVENT_BYTES * 2 }, { bytes: 1 }], 5), {
      length: 1,
      full: true,
    });
  });

  it("fills an event to its last byte", () => {
    const [first, second] = [{ text: "x".repeat(1_000) }, { text: "x".repeat(MAXIMUM_EVENT_BYTES - 1_015) }];
    const sized = (...records: { text: string }[]) =>
      records.map((one) => ({ ...one, bytes: one.text.length }));
    assert.equal(eventOf([first, second]).length, MAXIMUM_EVENT_BYTES);
    assert.equal(batchLength(sized(first, second), 5).length, 2);
    assert.equal(batchLength(sized(first, { text: `${second.text}x` }), 5).length, 1);
  });

  it("makes the largest event that fits into an invocation", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1_500_000 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 12 }),
        (sizes, batchSize) => {
          const queue = sizes.map((bytes) => ({ bytes, text: "x".repeat(bytes) }));
          const { length } = batchLength(queue, batchSize);
          const fits = (count: number) => eventOf(queue.slice(0, count)).length <= MAXIMUM_EVENT_BYTES;
          assert.ok(length === 1 || fits(length), "the event fits");
          const more = length < Math.min(batchSize, queue.length);
          assert.ok(!more || !fits(length + 1), "one more record would not");
        },
      ),
      { numRuns: 30 },
    );
  });
});
