import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { policyPack } from "../../../cli/policyPack";
import { temporaryFolder } from "../../helpers/temporaryFolder";

describe("the policy pack that a command runs", () => {
  let root: string;
  beforeEach(() => {
    root = temporaryFolder();
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it("is the project's own, with the settings that are beside the stack's configuration", () => {
    writeFileSync(join(root, "policies.prod.json"), "{}");
    assert.deepEqual(policyPack("prod", root), {
      folder: join(root, "policy"),
      settingsFile: join(root, "policies.prod.json"),
    });
  });

  it("keeps its own defaults where the stack sets nothing", () => {
    writeFileSync(join(root, "policies.prod.json"), "{}");
    assert.equal(policyPack("dev", root).settingsFile, undefined);
  });
});
