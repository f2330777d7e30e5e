import assert from "node:assert/strict";
import { MINIMUM_PULUMI_VERSION } from "../../../automation/pulumiCli";
import { loadScript } from "../../helpers/loadScript";

interface PinnedPulumiModule {
  minimumPulumi: string;
  pinnedPulumi(): string;
  requiredVersion(goMod: string, module: string): string;
}

interface VersionModule {
  isAtLeast(text: string, minimum: string): boolean;
}

describe("set-up: the pinned Pulumi CLI", () => {
  let subject: PinnedPulumiModule;
  before(async () => {
    subject = await loadScript<PinnedPulumiModule>("setup/pinnedPulumi.mjs");
  });

  it("is itself new enough", async () => {
    const { isAtLeast } = await loadScript<VersionModule>("lib/version.mjs");
    assert.ok(isAtLeast(subject.pinnedPulumi(), subject.minimumPulumi));
  });

  it("is accepted by set-up from the same version on as by the driver", () => {
    assert.equal(subject.minimumPulumi, MINIMUM_PULUMI_VERSION);
  });

  it("is read from go.mod, in a block or on a line of its own, by the whole module name", () => {
    const block = "require (\n\texample.com/a/v3 v3.1.0 // indirect\n\texample.com/a v1.0.0\n)\n";
    assert.equal(subject.requiredVersion(block, "example.com/a"), "1.0.0");
    assert.equal(subject.requiredVersion(block, "example.com/a/v3"), "3.1.0");
    assert.equal(subject.requiredVersion("require example.com/b v0.2.0\n", "example.com/b"), "0.2.0");
    assert.throws(
      () => subject.requiredVersion(block, "example.com/b"),
      /go\.mod does not require example\.com\/b/,
    );
  });
});
