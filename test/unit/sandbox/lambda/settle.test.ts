import assert from "node:assert/strict";
import { settle, splitExpired, type Unit } from "../../../../sandbox/lambda/mapping/settle";

function unit(records: number[], retries = 0, invocations = 0): Unit<number> {
  return { records, retries, invocations };
}

const NO_LIMIT = { maximumRetryAttempts: -1, bisect: false };

describe("settle", () => {
  it("is done with a batch that succeeded", () => {
    assert.deepEqual(settle(unit([1, 2]), { kind: "success" }, NO_LIMIT), {
      done: [1, 2],
      givenUp: undefined,
      next: [],
    });
  });

  it("retries a failed batch whole, for ever without a limit", () => {
    const { done, givenUp, next } = settle(unit([1, 2], 9_999, 10_000), { kind: "failure" }, NO_LIMIT);
    assert.deepEqual(
      { done, givenUp, next },
      { done: [], givenUp: undefined, next: [unit([1, 2], 10_000, 10_001)] },
    );
  });

  it("gives up after one invocation and the retries allowed", () => {
    const policy = { maximumRetryAttempts: 2, bisect: false };
    let pending: Unit<number>[] = [unit([1, 2])];
    let givenUp: Unit<number> | undefined;
    while (givenUp === undefined) {
      ({ next: pending, givenUp } = settle(pending[0] as Unit<number>, { kind: "failure" }, policy));
    }
    assert.deepEqual(givenUp, unit([1, 2], 2, 3));
    assert.deepEqual(pending, []);
  });

  it("splits a failed batch in halves, in order, without using up a retry", () => {
    const policy = { maximumRetryAttempts: 0, bisect: true };
    const { next, givenUp } = settle(unit([1, 2, 3]), { kind: "failure" }, policy);
    assert.deepEqual(next, [unit([1, 2], 0, 1), unit([3], 0, 1)]);
    assert.equal(givenUp, undefined);
    assert.deepEqual(settle(unit([3], 0, 1), { kind: "failure" }, policy).givenUp, unit([3], 0, 2));
  });

  it("is done with what came before the record reported and delivers the rest, as a retry", () => {
    const policy = { maximumRetryAttempts: 1, bisect: false };
    const first = settle(unit([1, 2, 3]), { kind: "partial", from: 1 }, policy);
    assert.deepEqual(first, { done: [1], givenUp: undefined, next: [unit([2, 3], 1, 1)] });
    const second = settle(unit([2, 3], 1, 1), { kind: "partial", from: 1 }, policy);
    assert.deepEqual(second, { done: [2], givenUp: unit([3], 1, 2), next: [] });
  });

  it("splits at the record reported where both features are on, without using up a retry", () => {
    const policy = { maximumRetryAttempts: 0, bisect: true };
    const { done, next } = settle(unit([1, 2, 3, 4]), { kind: "partial", from: 3 }, policy);
    assert.deepEqual({ done, next }, { done: [1, 2, 3], next: [unit([4], 0, 1)] });
  });

  it("retries the whole batch where the first record is reported: there is nothing to split off", () => {
    const policy = { maximumRetryAttempts: 1, bisect: true };
    const { next } = settle(unit([1, 2]), { kind: "partial", from: 0 }, policy);
    assert.deepEqual(next, [unit([1, 2], 1, 1)]);
    assert.deepEqual(
      settle(unit([1, 2], 1, 1), { kind: "partial", from: 0 }, policy).givenUp,
      unit([1, 2], 1, 2),
    );
  });
});

describe("splitExpired", () => {
  const now = 1_000_000;
  const at = (...seconds: number[]) => seconds.map((age) => ({ arrivedAt: now - age * 1000 }));

  it("splits off the records that are older than the limit", () => {
    const records = at(90, 61, 60, 5);
    const { expired, live } = splitExpired({ records, retries: 1, invocations: 2 }, 60, now);
    assert.deepEqual(expired, { records: records.slice(0, 2), retries: 1, invocations: 2 });
    assert.deepEqual(live, { records: records.slice(2), retries: 1, invocations: 2 });
  });

  it("leaves a batch alone, or takes all of it", () => {
    const young = { records: at(5), retries: 0, invocations: 0 };
    assert.deepEqual(splitExpired(young, 60, now), { expired: undefined, live: young });
    const old = { records: at(99, 98), retries: 0, invocations: 0 };
    assert.deepEqual(splitExpired(old, 60, now), { expired: old, live: undefined });
  });
});
