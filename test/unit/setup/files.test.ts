import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { loadScript } from "../../helpers/loadScript";
import { temporaryFolder } from "../../helpers/temporaryFolder";

interface FilesModule {
  makeFolder(folder: string, make: (temporary: string) => Promise<void>): Promise<void>;
  readJson(file: string): unknown;
  writeAtomically(file: string, content: string): void;
}

describe("set-up: what it writes is whole or not there", () => {
  let files: FilesModule;
  let folder: string;
  before(async () => {
    files = await loadScript<FilesModule>("lib/files.mjs");
  });
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("leaves the old folder in place when the new one fails half way", async () => {
    const target = path.join(folder, "tool");
    await files.makeFolder(target, async (temporary) => writeFileSync(path.join(temporary, "file"), "old"));
    const failing = files.makeFolder(target, async (temporary) => {
      writeFileSync(path.join(temporary, "file"), "new");
      throw new Error("cut off");
    });
    await assert.rejects(failing, /cut off/);
    assert.equal(readFileSync(path.join(target, "file"), "utf8"), "old");
    assert.deepEqual(readdirSync(folder), ["tool"]);
  });

  it("clears away what a killed run left, and replaces the folder as a whole", async () => {
    const target = path.join(folder, "tool");
    mkdirSync(path.join(folder, ".tool.tmp-1"));
    await files.makeFolder(target, async (temporary) => writeFileSync(path.join(temporary, "one"), ""));
    await files.makeFolder(target, async (temporary) => writeFileSync(path.join(temporary, "two"), ""));
    assert.deepEqual(readdirSync(folder), ["tool"]);
    assert.deepEqual(readdirSync(target), ["two"]);
  });

  it("reads a half-written JSON file as none", () => {
    const file = path.join(folder, "made.json");
    files.writeAtomically(file, '{"version":"1"}');
    assert.deepEqual(files.readJson(file), { version: "1" });
    writeFileSync(file, '{"version":');
    assert.equal(files.readJson(file), undefined);
    assert.equal(files.readJson(path.join(folder, "none")), undefined);
  });
});
