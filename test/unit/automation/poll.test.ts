import assert from "node:assert/strict";
import { pause, poll } from "../../../automation/poll";

describe("poll", () => {
  it("looks until there is something to see", async () => {
    let looks = 0;
    const seen = await poll(
      async () => {
        looks += 1;
        return looks === 3 ? "it" : undefined;
      },
      { what: "it", initialMs: 0 },
    );
    assert.deepEqual([seen, looks], ["it", 3]);
  });

  it("gives up when the time is over, and says what for", async () => {
    await assert.rejects(
      poll(async () => undefined, { what: "the load", initialMs: 1, timeoutMs: 5 }),
      {
        code: "TimedOut",
        message: /^the load took longer than/,
      },
    );
  });

  it("ends at once when it is interrupted, in the middle of a pause too", async () => {
    const controller = new AbortController();
    const waiting = poll(async () => undefined, {
      what: "it",
      initialMs: 3_600_000,
      signal: controller.signal,
    });
    setImmediate(() => controller.abort());
    await assert.rejects(waiting, { code: "Interrupted" });
  });

  it("leaves an error of the look alone", async () => {
    const error = new Error("denied");
    await assert.rejects(
      poll(
        async () => {
          throw error;
        },
        { what: "it" },
      ),
      error,
    );
  });
});

describe("pause", () => {
  it("is over early when the signal fires, and leaves no listener behind", async () => {
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    await pause(3_600_000, controller.signal);
    await pause(3_600_000, controller.signal);
  });
});
