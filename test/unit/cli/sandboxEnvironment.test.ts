import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  enterSandbox,
  removeSandboxRecord,
  requireSandbox,
  runningSandbox,
  shellExports,
  writeSandboxRecord,
} from "../../../cli/sandboxEnvironment";

describe("the record of a running sandbox", () => {
  let folder: string;
  const record = { pid: process.pid, stackName: "sandbox", environment: { AWS_REGION: "us-east-1" } };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowstream-test-"));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it("is for its owner's eyes only", async () => {
    await writeSandboxRecord(record, folder);
    assert.equal((await stat(join(folder, "environment.json"))).mode & 0o777, 0o600);
    assert.deepEqual(runningSandbox(folder), record);
  });

  it("does not count once the sandbox's process is gone", async () => {
    const { pid } = process;
    await writeSandboxRecord({ ...record, pid: 2 ** 22 + pid }, folder);
    assert.equal(runningSandbox(folder), undefined);
  });

  it("does not count where it is damaged, removed or was never written", async () => {
    assert.equal(runningSandbox(folder), undefined);
    await writeFile(join(folder, "environment.json"), "{");
    assert.equal(runningSandbox(folder), undefined);
    await removeSandboxRecord(folder);
    await removeSandboxRecord(folder);
    assert.throws(() => requireSandbox(folder), { message: "no sandbox is running" });
  });
});

describe("the sandbox's environment", () => {
  it("takes the place of a real account's", () => {
    const target: NodeJS.ProcessEnv = {
      AWS_PROFILE: "prod",
      AWS_SESSION_TOKEN: "t",
      AWS_ACCESS_KEY_ID: "AKIA",
      HOME: "/h",
    };
    enterSandbox({ AWS_ACCESS_KEY_ID: "sandbox" }, target);
    assert.deepEqual(target, { AWS_ACCESS_KEY_ID: "sandbox", HOME: "/h" });
  });

  it("reaches a shell unharmed, quotes and all", () => {
    const exports = shellExports({ ODD: "it's $HOME `x`" }, ["/a b", "/c"]);
    const script = `AWS_PROFILE=prod; PATH=/usr/bin:/bin; ${exports}\nprintf '%s|%s|%s' "$ODD" "$PATH" "$AWS_PROFILE"`;
    assert.equal(execFileSync("sh", ["-c", script]).toString(), "it's $HOME `x`|/a b:/c:/usr/bin:/bin|");
  });
});
