import assert from "node:assert/strict";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { StateFolder } from "../../../sandbox/stateFolder";
import { temporaryFolder } from "../../helpers/temporaryFolder";

describe("StateFolder", () => {
  let path: string;
  let folder: StateFolder;

  beforeEach(() => {
    path = temporaryFolder();
    folder = new StateFolder(path);
  });

  afterEach(() => rmSync(path, { recursive: true, force: true }));

  it("begins empty", () => {
    assert.equal(folder.open("the sample"), "empty");
  });

  it("clears what a killed sandbox left, but not the lock that is held", () => {
    writeFileSync(folder.lockFile, "{}");
    writeFileSync(folder.at("half a state"), "");
    assert.equal(folder.open("the sample"), "cleared");
    assert.ok(!existsSync(folder.at("half a state")));
    assert.ok(existsSync(folder.lockFile));
  });

  it("takes up kept state once: a sandbox that is then killed leaves none", () => {
    writeFileSync(folder.at("state"), "");
    folder.keep("the sample");
    assert.equal(folder.open("the sample"), "kept");
    assert.ok(existsSync(folder.at("state")));
    assert.equal(folder.open("the sample"), "cleared");
  });

  it("refuses the kept state of another source, and leaves it alone", () => {
    folder.keep("the sample");
    assert.throws(
      () => folder.open("the database x of y@z:1"),
      /is of the sample, and this sandbox is for the database x/,
    );
    assert.equal(folder.open("the sample"), "kept");
  });
});
