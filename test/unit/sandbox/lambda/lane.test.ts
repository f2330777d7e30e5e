import assert from "node:assert/strict";
import { Lane } from "../../../../sandbox/lambda/mapping/lane";
import { fakeRecord } from "../../../helpers/fakeStream";

/** A lane whose batches are noted, with the time at which each came. */
function laneOf(batchSize: number, windowMs: number) {
  const batches: { size: number; at: number }[] = [];
  const lane = new Lane(
    {
      process: async (records) => {
        batches.push({ size: records.length, at: Date.now() });
      },
    },
    batchSize,
    windowMs,
  );
  const controller = new AbortController();
  return { lane, batches, controller, run: lane.run(controller.signal) };
}

describe("a lane", () => {
  it("delivers at once without a batching window", async () => {
    const { lane, batches, run } = laneOf(10, 0);
    lane.push(fakeRecord(1));
    lane.push(fakeRecord(2));
    lane.close();
    await run;
    assert.deepEqual(
      batches.map(({ size }) => size),
      [2],
    );
  });

  it("gathers records until the window is over", async () => {
    const { lane, batches, controller, run } = laneOf(10, 60);
    const begun = Date.now();
    lane.push(fakeRecord(1));
    await new Promise((resolve) => setTimeout(resolve, 20));
    lane.push(fakeRecord(2));
    while (batches.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    controller.abort();
    await run;
    assert.equal(batches[0]?.size, 2);
    assert.ok((batches[0]?.at ?? 0) - begun >= 59);
  });

  it("does not wait for the window once a batch is full", async () => {
    const { lane, batches, controller, run } = laneOf(2, 60_000);
    for (const n of [1, 2, 3]) {
      lane.push(fakeRecord(n));
    }
    while (batches.length === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(lane.length, 1);
    controller.abort();
    await run;
    assert.deepEqual(
      batches.map(({ size }) => size),
      [2],
    );
  });

  it("delivers what is queued without waiting when it is closed", async () => {
    const { lane, batches, run } = laneOf(10, 60_000);
    lane.push(fakeRecord(1));
    lane.close();
    await run;
    assert.equal(batches.length, 1);
  });
});
