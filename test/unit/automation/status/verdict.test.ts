import assert from "node:assert/strict";
import type { PipelineStatus } from "../../../../automation/status/pipelineStatus";
import { type PipelineFacts, pipelineFindings, verdict } from "../../../../automation/status/verdict";
import { flowing } from "./statusFacts";

const LAG = 300;

type Changes = { [K in keyof PipelineFacts]?: Partial<PipelineFacts[K]> };

function facts(changes: Changes = {}): PipelineFacts {
  return {
    replication: { kind: "task", phase: "running", status: "running", errors: [], ...changes.replication },
    fanIn: { functionName: "fan-in", ...changes.fanIn },
    stream: { name: "changes", status: "ACTIVE", ...changes.stream },
    failures: { bucket: "failures", batches: 0, unprocessable: 0, more: false, ...changes.failures },
  };
}

function codes(changes: Changes): string[] {
  return pipelineFindings(facts(changes), LAG).map(({ severity, code }) => `${severity} ${code}`);
}

describe("pipelineFindings", () => {
  it("finds nothing wrong with a pipeline that runs, where no figure is known", () => {
    assert.deepEqual(codes({}), []);
  });

  for (const [phase, expected] of [
    ["missing", "ReplicationMissing"],
    ["new", "ReplicationNotStarted"],
    ["interrupted", "ReplicationStopped"],
    ["loaded", "ReplicationStopped"],
    ["failed", "ReplicationFailed"],
  ] as const) {
    it(`calls a replication that is ${phase} a problem`, () => {
      assert.deepEqual(codes({ replication: { phase } }), [`problem ${expected}`]);
    });
  }

  for (const phase of ["loading", "changing", "running"] as const) {
    it(`finds nothing wrong with a replication that is ${phase}`, () => {
      assert.deepEqual(codes({ replication: { phase } }), []);
    });
  }

  it("says why DMS has stopped or given up", () => {
    const [finding] = pipelineFindings(
      facts({ replication: { phase: "failed", stopReason: "FATAL_ERROR", errors: ["no slot"] } }),
      LAG,
    );
    assert.equal(finding?.text, "the replication has failed (running): FATAL_ERROR; no slot");
  });

  it("takes a lag for a problem above the most that is allowed, and not at it", () => {
    assert.deepEqual(codes({ replication: { targetLatencySeconds: LAG } }), []);
    assert.deepEqual(codes({ replication: { targetLatencySeconds: LAG + 1 } }), ["problem ReplicationLags"]);
    assert.deepEqual(codes({ replication: { sourceLatencySeconds: LAG + 1 } }), ["problem ReplicationLags"]);
    assert.deepEqual(codes({ fanIn: { iteratorAgeSeconds: LAG } }), []);
    assert.deepEqual(codes({ fanIn: { iteratorAgeSeconds: LAG + 1 } }), ["problem FanInLags"]);
  });

  it("tells what comes again by itself as a notice", () => {
    assert.deepEqual(codes({ fanIn: { errors: 1, throttles: 2 }, stream: { throttledRecords: 3 } }), [
      "notice FanInFails",
      "notice FanInThrottled",
      "notice StreamThrottles",
    ]);
  });

  it("names a change stream that is gone", () => {
    const { stream, ...others } = facts();
    const gone = pipelineFindings({ ...others, stream: { name: stream.name } }, LAG);
    assert.deepEqual(
      gone.map(({ code }) => code),
      ["StreamMissing"],
    );
  });

  it("counts what waits in the failure bucket, at least", () => {
    const [finding] = pipelineFindings(
      facts({ failures: { batches: 1000, unprocessable: 2, more: true } }),
      LAG,
    );
    assert.match(finding?.text ?? "", /^at least 1000 batches .* and 2 records/);
    assert.match(finding?.remedy ?? "", /redrive/);
  });
});

describe("verdict", () => {
  function of(changes: Partial<Pick<PipelineStatus, "findings" | "tables">> = {}, phase = "running") {
    const { replication } = facts({ replication: { phase: phase as "running" } });
    return verdict({ findings: [], tables: [flowing()], replication, ...changes });
  }

  it("is healthy where changes flow, whatever there is to notice", () => {
    assert.equal(of(), "healthy");
    assert.equal(of({ findings: [{ code: "TableLeftOut", severity: "notice", text: "" }] }), "healthy");
  });

  it("is busy while something is on its way", () => {
    assert.equal(of({}, "loading"), "busy");
    assert.equal(of({}, "changing"), "busy");
    assert.equal(of({ tables: [flowing({ state: "loading" })] }), "busy");
    assert.equal(of({ tables: [flowing({ mapping: { uuid: "", state: "Creating" } })] }), "busy");
  });

  it("asks for attention where there is a problem, also while something is on its way", () => {
    const findings = [{ code: "MappingOff", severity: "problem", text: "" } as const];
    assert.equal(of({ findings }), "attention");
    assert.equal(of({ findings }, "loading"), "attention");
  });
});
