import assert from "node:assert/strict";
import { startDeadline } from "../../../functions/deadline";

describe("the deadline of an invocation", () => {
  it("keeps back a second to answer in", () => {
    const { deadline, stop } = startDeadline({ getRemainingTimeInMillis: () => 60_000 });
    stop();
    assert.equal(deadline.remaining(), 59_000);
  });

  it("keeps back a quarter of a very short time", () => {
    const { deadline, stop } = startDeadline({ getRemainingTimeInMillis: () => 1_000 });
    stop();
    assert.equal(deadline.remaining(), 750);
  });

  it("aborts when the time is up", async () => {
    const { deadline } = startDeadline({ getRemainingTimeInMillis: () => 20 });
    assert.equal(deadline.signal.aborted, false);
    await new Promise((resolve) => deadline.signal.addEventListener("abort", resolve));
  });
});
