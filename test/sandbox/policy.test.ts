import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { PolicyBench } from "../helpers/policyBench";

describe("the policy pack under the real engine", () => {
  let bench: PolicyBench;
  before(async () => {
    bench = await PolicyBench.start();
  });
  after(async () => {
    await bench?.stop();
  });

  it("refuses what violates a mandatory policy, in a preview already", async () => {
    const stack = await bench.stack("refused");
    const verdict = await stack.preview(async () => {
      new aws.kinesis.Stream("events", { streamModeDetails: { streamMode: "ON_DEMAND" } });
    });
    assert.equal(verdict.passed, false);
    assert.deepEqual(verdict.violations, [
      "mandatory stream-encryption: the stream's encryption is NONE; set encryptionType to KMS and kmsKeyId to a key",
    ]);
  });

  it("passes what keeps to them", async () => {
    const stack = await bench.stack("passed");
    const verdict = await stack.preview(async () => {
      new aws.kinesis.Stream("events", {
        streamModeDetails: { streamMode: "ON_DEMAND" },
        encryptionType: "KMS",
        kmsKeyId: "alias/aws/kinesis",
      });
    });
    assert.deepEqual(verdict, {
      passed: true,
      violations: [],
      remediations: [],
      unchecked: [],
      errors: [],
    });
  });

  it("mends what a stack lets it mend", async () => {
    const stack = await bench.stack("mended", { "stream-encryption": "remediate" });
    const verdict = await stack.up(async () => {
      new aws.kinesis.Stream("events", { streamModeDetails: { streamMode: "ON_DEMAND" } });
    });
    assert.equal(verdict.passed, true, verdict.errors.join("\n"));
    assert.deepEqual(verdict.remediations, ["stream-encryption events"]);
    const { encryptionType, kmsKeyId } = await stack.inputs("events");
    assert.deepEqual([encryptionType, kmsKeyId], ["KMS", "alias/aws/kinesis"]);
  });
});
