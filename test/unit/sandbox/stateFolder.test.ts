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

  it("begins with nothing", () => {
    writeFileSync(folder.lockFile, "{}");
    assert.equal(folder.found, "nothing");
  });

  it("takes what a killed sandbox left for pieces, and clears them, but not the lock that is held", () => {
    writeFileSync(folder.lockFile, "{}");
    writeFileSync(folder.at("half a state"), "");
    assert.equal(folder.found, "pieces");
    folder.clear();
    assert.equal(folder.found, "nothing");
    assert.ok(existsSync(folder.lockFile));
  });

  it("takes up kept state once: a sandbox that is then killed leaves pieces", () => {
    writeFileSync(folder.at("state"), "");
    folder.keep("the sample");
    assert.equal(folder.found, "kept");
    folder.takeUp("the sample");
    assert.equal(folder.found, "pieces");
  });

  it("refuses the kept state of another source, and leaves it alone", () => {
    folder.keep("the sample");
    assert.throws(
      () => folder.takeUp("the database x of y@z:1"),
      /is of the sample, and this sandbox is for the database x/,
    );
    assert.equal(folder.found, "kept");
  });
});
