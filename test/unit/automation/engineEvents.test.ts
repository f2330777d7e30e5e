import assert from "node:assert/strict";
import type { EngineEvent, OpType } from "@pulumi/pulumi/automation";
import { EngineEventTranslator, hasChanges } from "../../../automation/engineEvents";

function engineEvent(content: Partial<EngineEvent>): EngineEvent {
  return { sequence: 1, timestamp: 1, ...content };
}

function metadata(op: OpType, name = "stream") {
  const urn = `urn:pulumi:dev::rowstream::rowstream:pipeline:Pipeline$aws:kinesis/stream:Stream::${name}`;
  return { metadata: { op, urn, type: "aws:kinesis/stream:Stream", provider: "p", diffs: ["tags"] } };
}

function diagnostic(severity: "info" | "warning" | "error", message: string, urn?: string) {
  return engineEvent({
    diagnosticEvent: { severity, message, color: "raw", ...(urn !== undefined && { urn }) },
  });
}

describe("EngineEventTranslator", () => {
  it("tells of a resource's step by its type, name and differences", () => {
    const translator = new EngineEventTranslator(false);
    assert.deepEqual(translator.translate(engineEvent({ resourcePreEvent: metadata("update") })), [
      {
        code: "ResourceStarted",
        step: {
          op: "update",
          type: "aws:kinesis/stream:Stream",
          name: "stream",
          urn: metadata("update").metadata.urn,
          differs: ["tags"],
        },
      },
    ]);
  });

  it("is silent about resources that stay the same", () => {
    const translator = new EngineEventTranslator(false);
    assert.deepEqual(translator.translate(engineEvent({ resourcePreEvent: metadata("same") })), []);
    assert.deepEqual(translator.translate(engineEvent({ resOutputsEvent: metadata("same") })), []);
    assert.deepEqual(translator.steps, []);
  });

  it("calls the steps of a preview planned, and does not finish them", () => {
    const translator = new EngineEventTranslator(true);
    assert.equal(
      translator.translate(engineEvent({ resourcePreEvent: metadata("create") }))[0]?.code,
      "ResourcePlanned",
    );
    assert.deepEqual(translator.translate(engineEvent({ resOutputsEvent: metadata("create") })), []);
  });

  it("keeps an error that the engine reports twice once, and drops its empty closing words", () => {
    const translator = new EngineEventTranslator(false);
    translator.translate(diagnostic("error", "<{%fg 1%}>source.engine: bad<{%reset%}>\n"));
    translator.translate(diagnostic("error", "source.engine: bad"));
    translator.translate(diagnostic("error", "update failed"));
    assert.deepEqual(translator.problems, [{ message: "source.engine: bad" }]);
  });

  it("keeps the closing words where they are all there is", () => {
    const translator = new EngineEventTranslator(false);
    translator.translate(diagnostic("error", "update failed"));
    assert.deepEqual(translator.problems, [{ message: "update failed" }]);
  });

  it("passes over the warning that comes with every run of a CLI built from source", () => {
    const translator = new EngineEventTranslator(true);
    const warning = "using pulumi-analyzer-policy-nodejs from $PATH at /tools/pulumi-analyzer-policy-nodejs";
    assert.deepEqual(translator.translate(diagnostic("warning", warning)), []);
    assert.equal(translator.translate(diagnostic("warning", "using an old engine")).length, 1);
  });

  it("takes a policy that could not run as not checked, not as passed", () => {
    const translator = new EngineEventTranslator(true);
    const [event] = translator.translate(
      engineEvent({
        policyEvent: {
          message: "can't run policy 'key' during preview: unknown",
          color: "raw",
          policyName: "key",
          policyPackName: "rowstream",
          policyPackVersion: "1",
          policyPackVersionTag: "1",
          enforcementLevel: "warning",
        },
      }),
    );
    assert.equal(event?.code, "PolicyNotChecked");
    assert.deepEqual(translator.problems, []);
  });

  it("makes a mandatory violation a problem of its own kind", () => {
    const translator = new EngineEventTranslator(false);
    translator.translate(
      engineEvent({
        policyEvent: {
          resourceUrn: metadata("same").metadata.urn,
          message: "retention is 1 hour; it must be 24 or more",
          color: "raw",
          policyName: "retention",
          policyPackName: "rowstream",
          policyPackVersion: "1",
          policyPackVersionTag: "1",
          enforcementLevel: "mandatory",
        },
      }),
    );
    assert.deepEqual(translator.problems, [
      {
        message: "policy rowstream/retention: retention is 1 hour; it must be 24 or more",
        policy: true,
        resource: "stream",
      },
    ]);
  });

  it("hears the engine say that it cancels", () => {
    const translator = new EngineEventTranslator(false);
    translator.translate(
      engineEvent({ stdoutEvent: { message: "^C received; cancelling. …", color: "raw" } }),
    );
    assert.equal(translator.cancelling, true);
  });
});

describe("hasChanges", () => {
  it("counts neither what stays the same nor what is only read", () => {
    assert.equal(hasChanges({ same: 12, read: 1, create: 0 }), false);
    assert.equal(hasChanges({ same: 12, update: 1 }), true);
    assert.equal(hasChanges({}), false);
  });
});
