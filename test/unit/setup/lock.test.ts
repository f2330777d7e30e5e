import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { loadScript } from "../../helpers/loadScript";
import { temporaryFolder } from "../../helpers/temporaryFolder";

interface LockModule {
  withLock<T>(file: string, onWait: (pid: number) => void, work: () => Promise<T>): Promise<T>;
}

describe("set-up: two runs in one checkout", () => {
  let withLock: LockModule["withLock"];
  let folder: string;
  let file: string;
  before(async () => {
    ({ withLock } = await loadScript<LockModule>("lib/lock.mjs"));
  });
  beforeEach(() => {
    folder = temporaryFolder();
    file = path.join(folder, "setup.lock");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const unexpected = () => assert.fail("nobody holds the lock");

  it("take turns, and the second says whom it waits for", async () => {
    const order: string[] = [];
    let waitedFor: number | undefined;
    let second: Promise<unknown> = Promise.resolve();
    await withLock(file, unexpected, async () => {
      const waits = new Promise<void>((resolve) => {
        const onWait = (pid: number) => {
          waitedFor = pid;
          resolve();
        };
        second = withLock(file, onWait, async () => order.push("second"));
      });
      await waits;
      order.push("first");
    });
    await second;
    assert.deepEqual(order, ["first", "second"]);
    assert.equal(waitedFor, process.pid);
    assert.ok(!existsSync(file));
  });

  it("are not stopped by the lock of a process that is gone", async () => {
    const { pid } = spawnSync("true");
    writeFileSync(file, JSON.stringify({ pid, host: hostname() }));
    assert.equal(await withLock(file, unexpected, async () => "done"), "done");
  });

  it("give the lock back when the work fails", async () => {
    const failing = withLock(file, unexpected, async () => {
      throw new Error("no network");
    });
    await assert.rejects(failing, /no network/);
    assert.ok(!existsSync(file));
  });
});
