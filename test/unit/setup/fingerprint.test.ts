import assert from "node:assert/strict";
import { rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { loadScript } from "../../helpers/loadScript";
import { temporaryFolder } from "../../helpers/temporaryFolder";

interface FingerprintModule {
  fingerprint(base: string, files: string[], ...facts: unknown[]): string;
}

describe("set-up: the fingerprint of files", () => {
  let fingerprint: FingerprintModule["fingerprint"];
  let folder: string;
  before(async () => {
    ({ fingerprint } = await loadScript<FingerprintModule>("lib/fingerprint.mjs"));
  });
  beforeEach(() => {
    folder = temporaryFolder();
    writeFileSync(path.join(folder, "a"), "one");
    writeFileSync(path.join(folder, "b"), "two");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("stays the same when a file is touched and when the folder moves", () => {
    const before = fingerprint(folder, ["a", "b"]);
    utimesSync(path.join(folder, "a"), 1, 1);
    assert.equal(fingerprint(folder, ["a", "b"]), before);
    const elsewhere = temporaryFolder();
    writeFileSync(path.join(elsewhere, "a"), "one");
    writeFileSync(path.join(elsewhere, "b"), "two");
    assert.equal(fingerprint(elsewhere, ["a", "b"]), before);
    rmSync(elsewhere, { recursive: true });
  });

  it("differs by content, by name, by what is missing and by each further fact", () => {
    const seen = new Set([
      fingerprint(folder, ["a", "b"]),
      fingerprint(folder, ["a"]),
      fingerprint(folder, ["b"]),
    ]);
    seen.add(fingerprint(folder, ["a", "b"], "linux"));
    seen.add(fingerprint(folder, ["a", "b"], "linux", "x64"));
    writeFileSync(path.join(folder, "a"), "onet");
    writeFileSync(path.join(folder, "b"), "wo");
    seen.add(fingerprint(folder, ["a", "b"]));
    rmSync(path.join(folder, "b"));
    seen.add(fingerprint(folder, ["a", "b"]));
    writeFileSync(path.join(folder, "b"), "");
    seen.add(fingerprint(folder, ["a", "b"]));
    assert.equal(seen.size, 8);
  });
});
