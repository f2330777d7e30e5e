import assert from "node:assert/strict";
import { atLeast, pulumiCli } from "../../../automation/pulumiCli";

describe("the Pulumi CLI", () => {
  it("is new enough from the minimum on, whatever follows the version", () => {
    assert.equal(atLeast("3.181.0", "3.181.0"), true);
    assert.equal(atLeast("3.250.0-alpha.1+dirty", "3.181.0"), true);
    assert.equal(atLeast("4.0.0", "3.181.0"), true);
    assert.equal(atLeast("3.180.9", "3.181.0"), false);
    assert.equal(atLeast("2.999.0", "3.181.0"), false);
    assert.equal(atLeast("unknown", "3.181.0"), false);
  });

  it("is named as missing where there is none", async () => {
    await assert.rejects(pulumiCli("/nowhere/pulumi"), {
      code: "CliMissing",
      message: "the Pulumi CLI at /nowhere/pulumi does not run",
    });
  });
});
