import assert from "node:assert/strict";
import { once } from "node:events";
import { hostname } from "node:os";
import type { DeployParts } from "../../../automation/deploy";
import { runPasses } from "../../../automation/deploy";
import { type LockRecord, runLock } from "../../../automation/runLock";
import type { PipelineOutputs } from "../../../program";
import { FakeLockStore, FakePipeline } from "./fakePipeline";

const PACE = { beatMs: 5, leaseMs: 60 };

/** The record of a run of another machine, or of this one. */
function record(host = "elsewhere", pid = 1): LockRecord {
  return { owner: "other", beat: 7, holder: { user: "ann", host, pid, since: "2026-11-23T14:15:04.000Z" } };
}

describe("the run lock", () => {
  let store: FakeLockStore;

  beforeEach(() => {
    store = new FakeLockStore();
  });

  it("is one run's, until that run releases it", async () => {
    const lock = runLock(store, PACE);
    const held = await lock.take(undefined);
    await assert.rejects(lock.take(undefined), {
      code: "StackLocked",
      source: "user",
      message: new RegExp(`that of .*@${hostname()} \\(pid ${process.pid}\\) since `),
    });
    await held.confirm();
    await held.release();
    await (await lock.take(undefined)).release();
    assert.equal(store.record, undefined);
  });

  it("is taken over from a run that is not heard of, and at once from one that ran here and is gone", async () => {
    store.record = record();
    const began = Date.now();
    const held = await runLock(store, PACE).take(undefined);
    assert.ok(Date.now() - began >= PACE.leaseMs);
    await held.release();
    store.record = record(hostname(), 2 ** 22 + 1);
    await (await runLock(store, { beatMs: 5, leaseMs: 3_600_000 }).take(undefined)).release();
  });

  it("tells the run that has lost it, and lets it go no further", async () => {
    const held = await runLock(store, PACE).take(undefined);
    store.record = record();
    await assert.rejects(held.confirm(), { code: "StackLocked" });
    assert.ok(held.lost.aborted);
    await held.release();
    assert.equal(store.record.owner, "other", "what is another's is not released");
  });

  it("outlasts an outage that is shorter than the lease, and no longer one", async () => {
    const held = await runLock(store, PACE).take(undefined);
    store.down = true;
    await held.confirm();
    assert.equal(held.lost.aborted, false);
    await once(held.lost, "abort");
    await assert.rejects(held.confirm(), { code: "StackLocked" });
  });

  it("stops waiting for it when it is interrupted", async () => {
    store.record = record();
    await assert.rejects(runLock(store).take(AbortSignal.timeout(20)), { code: "Interrupted" });
  });
});

describe("two deployments at once", () => {
  /** A run in which another one begins, and ends, while it publishes rows. */
  async function runBoth(pipeline: FakePipeline, more: Partial<DeployParts>, second: () => Promise<unknown>) {
    const parts = { ...pipeline.parts, ...more };
    let begun: Promise<unknown> | undefined;
    return runPasses({
      ...parts,
      async initialLoad(outputs) {
        const load = await parts.initialLoad(outputs);
        return (
          load && {
            ...load,
            async publish(...args) {
              begun ??= second();
              await begun;
              return load.publish(...args);
            },
          }
        );
      },
    });
  }

  function pipelineWithRows(): FakePipeline {
    const pipeline = new FakePipeline();
    pipeline.initialRows = "events";
    return pipeline;
  }

  it("are one that publishes the rows and one that says that another is at work", async () => {
    const pipeline = pipelineWithRows();
    await runBoth(pipeline, {}, () => assert.rejects(runPasses(pipeline.parts), { code: "StackLocked" }));
    const published = pipeline.calls.filter((call) => /^publish|^resume/.test(call));
    assert.deepEqual(published, [
      "publish customers 1",
      "publish customers 2",
      "publish orders 1",
      "publish orders 2",
      "resume",
    ]);
  });

  it("keep the lock no longer than the stack has one: rows that are no longer wanted take its table along", async () => {
    const pipeline = pipelineWithRows();
    await runPasses(pipeline.parts);
    const parts = pipeline.parts;
    const locks = [parts.runLock, () => undefined];
    await runPasses({ ...parts, runLock: (outputs) => locks.shift()?.(outputs) });
    await (await parts.runLock({} as PipelineOutputs)?.take(undefined))?.release();
  });

  it("would, without the lock, publish rows of a table whose changes flow", async () => {
    const pipeline = pipelineWithRows();
    const unlocked = { runLock: () => undefined };
    const both = runBoth(pipeline, unlocked, () => runPasses({ ...pipeline.parts, ...unlocked }));
    await assert.rejects(both, /the replication is running/);
  });
});
