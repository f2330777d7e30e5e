import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  describeExit,
  ManagedProcess,
  ProcessError,
  type ProcessOptions,
  runningGroups,
  runProcess,
  waitUntilReady,
} from "../../../sandbox/process";
import { groupExists } from "../../../sandbox/signals";
import { temporaryFolder } from "../../helpers/temporaryFolder";

describe("ManagedProcess", () => {
  let folder: string;

  beforeEach(() => {
    folder = temporaryFolder();
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A Node process that runs a script and says on its output when it is ready for signals. */
  function options(script: string, changes: Partial<ProcessOptions> = {}): ProcessOptions {
    return {
      name: "part",
      command: process.execPath,
      args: ["-e", script],
      env: {},
      logFile: join(folder, "part.log"),
      ...changes,
    };
  }

  async function started(script: string, changes: Partial<ProcessOptions> = {}): Promise<ManagedProcess> {
    const child = new ManagedProcess(options(`${script}; console.log("up")`, changes), "pipe");
    await once(child.child.stdout as NodeJS.EventEmitter, "data");
    return child;
  }

  it("ends in order when it is asked to", async () => {
    const child = await started(`process.on("SIGTERM", () => process.exit(3)); setInterval(() => {}, 1000)`);
    assert.deepEqual(await child.stop(), { code: 3, signal: null });
    assert.deepEqual(await child.stop(), { code: 3, signal: null });
  });

  it("is killed when it does not end in time", async () => {
    const child = await started(`process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)`, {
      stopTimeoutMs: 100,
    });
    assert.deepEqual(await child.stop(), { code: null, signal: "SIGKILL" });
  });

  it("takes its own children with it, however it ends", async () => {
    const child = await started(
      `require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
       setInterval(() => {}, 1000)`,
    );
    const pid = child.pid ?? 0;
    process.kill(pid, "SIGKILL");
    await child.exited;
    const deadline = Date.now() + 5_000;
    while (groupExists(pid)) {
      assert.ok(Date.now() < deadline, "the group ends within 5 s");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });

  it("leaves nothing behind, its watchdog included", async () => {
    const child = await started("setInterval(() => {}, 1000)");
    assert.deepEqual(runningGroups(), [child.pid]);
    await child.stop();
    assert.deepEqual(runningGroups(), []);
  });

  it("writes its errors to a log that its owner alone reads, after what is there", async () => {
    await runProcess(options(`console.error("first")`));
    await runProcess(options(`console.error("second")`));
    assert.equal(readFileSync(join(folder, "part.log"), "utf8"), "first\nsecond\n");
  });

  it("shows its own last lines when it fails", async () => {
    await runProcess(options(`console.error("of an earlier run")`));
    await assert.rejects(
      runProcess(options(`console.error("disk full"); process.exit(7)`)),
      (error: Error) => {
        assert.ok(error instanceof ProcessError);
        assert.equal(
          error.message,
          `part ended with exit code 7; the end of ${join(folder, "part.log")}:\n  disk full`,
        );
        return true;
      },
    );
  });

  it("says so when the program is not there", async () => {
    const child = new ManagedProcess(options("", { command: join(folder, "no-such-program") }));
    assert.match(describeExit(await child.exited), /could not be started: spawn .*no-such-program ENOENT/);
  });
});

describe("waitUntilReady", () => {
  let folder: string;

  beforeEach(() => {
    folder = temporaryFolder();
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function start(script: string): ManagedProcess {
    return new ManagedProcess({
      name: "part",
      command: process.execPath,
      args: ["-e", script],
      env: {},
      logFile: join(folder, "part.log"),
    });
  }

  it("asks again until the probe says yes; a probe that throws says no", async () => {
    const child = start("setInterval(() => {}, 1000)");
    const answers = [false, new Error("refused"), true];
    await waitUntilReady(
      child,
      () => {
        const answer = answers.shift();
        if (answer instanceof Error) {
          throw answer;
        }
        return answer === true;
      },
      5_000,
    );
    assert.deepEqual(answers, []);
    await child.stop();
  });

  it("fails at once when the process ends first", async () => {
    const child = start(`console.error("no memory"); process.exit(1)`);
    await assert.rejects(
      waitUntilReady(child, () => false, 60_000),
      /part ended with exit code 1.*no memory/s,
    );
  });

  it("stops a process that does not become ready in time", async () => {
    const child = start("setInterval(() => {}, 1000)");
    await assert.rejects(
      waitUntilReady(child, () => false, 50),
      /was not ready within 0.05 s/,
    );
    assert.equal(child.running, false);
  });
});
