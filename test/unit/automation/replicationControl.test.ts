import assert from "node:assert/strict";
import { type ReportedState, replicationState } from "../../../automation/replicationControl";

function phase(reported: Partial<ReportedState>): string {
  return replicationState({
    status: undefined,
    stopReason: undefined,
    failures: [],
    percent: undefined,
    fullLoadFinishedAt: undefined,
    ...reported,
  }).phase;
}

describe("replicationState", () => {
  it("calls a task that never ran new, in the words of both APIs", () => {
    assert.equal(phase({ status: "ready" }), "new");
    assert.equal(phase({ status: "created" }), "new");
  });

  it("tells loading from running by the full load's progress", () => {
    assert.equal(phase({ status: "running", percent: 99 }), "loading");
    assert.equal(phase({ status: "running", percent: 100 }), "running");
    assert.equal(phase({ status: "running", fullLoadFinishedAt: new Date(0) }), "running");
  });

  it("knows a stop after the full load by its reason, whatever the percentage says", () => {
    assert.equal(
      phase({ status: "stopped", stopReason: "Stop Reason STOPPED_AFTER_FULL_LOAD", percent: 0 }),
      "loaded",
    );
    assert.equal(phase({ status: "stopped", stopReason: "Stop Reason NORMAL", percent: 100 }), "loaded");
    assert.equal(phase({ status: "stopped", stopReason: "Stop Reason NORMAL", percent: 40 }), "interrupted");
  });

  it("takes a stop by a fault for a failure", () => {
    for (const reason of ["FATAL_ERROR", "RECOVERABLE_ERROR", "STOPPED_DUE_TO_LOW_DISK"]) {
      assert.equal(phase({ status: "stopped", stopReason: `Stop Reason ${reason}`, percent: 100 }), "failed");
    }
    assert.equal(phase({ status: "failed" }), "failed");
  });

  it("waits through every state that leads somewhere else, the unknown ones too", () => {
    for (const status of [
      "creating",
      "starting",
      "stopping",
      "modifying",
      "testing_connection",
      "Provisioning Capacity",
    ]) {
      assert.equal(phase({ status }), "changing");
    }
  });
});
