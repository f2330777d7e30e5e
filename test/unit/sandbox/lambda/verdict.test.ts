import assert from "node:assert/strict";
import { judge, type Verdict } from "../../../../sandbox/lambda/mapping/verdict";

const BATCH = ["100", "101", "102"];

function verdict(answer: unknown, reportsFailures = true): Verdict {
  return judge({ payload: JSON.stringify(answer) }, BATCH, reportsFailures);
}

function failures(...identifiers: unknown[]): Verdict {
  return verdict({ batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })) });
}

describe("judge", () => {
  it("takes an empty or null answer or list for success", () => {
    for (const answer of [null, "", {}, { batchItemFailures: null }, { batchItemFailures: [] }]) {
      assert.deepEqual(verdict(answer), { kind: "success" }, JSON.stringify(answer));
    }
    assert.deepEqual(judge({ payload: "" }, BATCH, true), { kind: "success" });
  });

  it("begins again at the record with the lowest sequence number, wherever it stands in the list", () => {
    assert.deepEqual(failures("102", "101"), { kind: "partial", from: 1 });
    assert.deepEqual(failures("100"), { kind: "partial", from: 0 });
  });

  it("takes an identifier that is empty, null, missing or of another batch for a failure of all", () => {
    for (const identifier of ["", null, undefined, 101, "999"]) {
      assert.deepEqual(failures("102", identifier), { kind: "failure" }, String(identifier));
    }
    assert.deepEqual(verdict({ batchItemFailures: [null] }), { kind: "failure" });
    assert.deepEqual(verdict({ batchItemFailures: [{ id: "101" }] }), { kind: "failure" });
  });

  it("takes an answer that is no such object for a failure of all", () => {
    for (const answer of ["done", 7, [], { batchItemFailures: "101" }]) {
      assert.deepEqual(verdict(answer), { kind: "failure" }, JSON.stringify(answer));
    }
  });

  it("fails the batch on an error of the function, whatever it answered", () => {
    const result = { payload: '{"batchItemFailures":[]}', functionError: "Unhandled" as const };
    assert.deepEqual(judge(result, BATCH, true), { kind: "failure" });
    assert.deepEqual(judge(result, BATCH, false), { kind: "failure" });
  });

  it("does not look at the answer unless the mapping has ReportBatchItemFailures", () => {
    assert.deepEqual(verdict({ batchItemFailures: [{ itemIdentifier: "101" }] }, false), { kind: "success" });
  });
});
