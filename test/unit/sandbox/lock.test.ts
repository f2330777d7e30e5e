import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Lock } from "../../../sandbox/lock";
import { temporaryFolder } from "../../helpers/temporaryFolder";

describe("Lock", () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = temporaryFolder();
    file = join(folder, "lock.json");
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is refused while its holder lives, with the holder's process id", async () => {
    await Lock.take(file);
    await assert.rejects(Lock.take(file), {
      message: `a sandbox is running already in ${folder} (pid ${process.pid}); end it first: kill ${process.pid}`,
    });
  });

  it("can be taken again once it is released", async () => {
    (await Lock.take(file)).release();
    await Lock.take(file);
  });

  it("is taken over from a process that is gone", async () => {
    const gone = spawn(process.execPath, ["-e", ""]);
    await once(gone, "exit");
    writeFileSync(file, JSON.stringify({ pid: gone.pid, groups: [] }));
    await Lock.take(file);
    assert.equal(JSON.parse(readFileSync(file, "utf8")).pid, process.pid);
  });

  it("is taken over where the holder's process id has been given to another process", async () => {
    writeFileSync(file, JSON.stringify({ pid: process.pid, began: "another time", groups: [] }));
    await Lock.take(file);
  });

  it("is taken over where it was cut off while it was written", async () => {
    writeFileSync(file, '{"pid": 12');
    await Lock.take(file);
  });

  it("waits for the parts that a killed sandbox left", async () => {
    const left = spawn(process.execPath, ["-e", "setTimeout(() => undefined, 300)"], { detached: true });
    const ended = once(left, "exit").then(() => performance.now());
    writeFileSync(file, JSON.stringify({ pid: 2 ** 22 + 1, groups: [left.pid] }));
    await Lock.take(file);
    const taken = performance.now();
    assert.ok(taken >= (await ended) - 60);
  });
});
