import assert from "node:assert/strict";
import { MAX_CALL_BYTES, type OutgoingRecord, RowQueue, sizeOf } from "../../../functions/rowQueue";

/** One record a letter, the letter being its row. */
function rows(letters: string, bytes = 1): OutgoingRecord[] {
  return [...letters].map((partitionKey) => ({ partitionKey, data: new Uint8Array(bytes) }));
}

describe("the queue of a batch", () => {
  it("hands out the first record of every row", () => {
    assert.deepEqual(new RowQueue(rows("abacb")).take(), [0, 1, 3]);
  });

  it("hands out the next record of a row only when the one before is settled", () => {
    const queue = new RowQueue(rows("aaba"));
    assert.deepEqual(queue.take(), [0, 2]);
    assert.deepEqual(queue.take(), []);
    queue.settle(2);
    assert.deepEqual(queue.take(), []);
    queue.settle(0);
    assert.deepEqual(queue.take(), [1]);
    queue.settle(1);
    assert.deepEqual(queue.take(), [3]);
  });

  it("hands out again what failed, first of all, and nothing behind it in its row", () => {
    const queue = new RowQueue(rows(`ab${"a".repeat(3)}cdef`));
    const first = queue.take();
    assert.deepEqual(first, [0, 1, 5, 6, 7, 8]);
    queue.settle(1);
    queue.putBack([8, 0]);
    assert.deepEqual(queue.take(), [0, 8]);
    assert.deepEqual(queue.take(), []);
  });

  it("puts at most 500 records into a call", () => {
    const many = Array.from({ length: 501 }, (_, index) => ({
      partitionKey: String(index),
      data: new Uint8Array(1),
    }));
    const queue = new RowQueue(many);
    assert.equal(queue.take().length, 500);
    assert.deepEqual(queue.take(), [500]);
  });

  it("puts at most 10 MiB into a call, the partition keys counted in", () => {
    const data = MAX_CALL_BYTES / 4 - 1;
    assert.deepEqual(new RowQueue(rows("abcd", data)).take(), [0, 1, 2, 3]);
    const [last, ...others] = rows("dabc", data) as [OutgoingRecord, ...OutgoingRecord[]];
    const queue = new RowQueue([...others, { ...last, partitionKey: "dd" }]);
    assert.deepEqual(queue.take(), [0, 1, 2]);
    assert.deepEqual(queue.take(), [3]);
  });

  it("counts a partition key by its bytes in UTF-8", () => {
    assert.equal(sizeOf({ partitionKey: "é", data: new Uint8Array(3) }), 5);
  });

  it("knows the first record that is not published", () => {
    const queue = new RowQueue(rows("abc"));
    assert.equal(queue.firstUnpublished(), 0);
    queue.settle(0);
    queue.settle(2);
    assert.equal(queue.firstUnpublished(), 1);
    queue.settle(1);
    assert.equal(queue.firstUnpublished(), undefined);
  });
});
