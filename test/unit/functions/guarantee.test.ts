import assert from "node:assert/strict";
import fc from "fast-check";
import { processBatch } from "../../../functions/processBatch";
import { captureLog } from "../../helpers/captureLog";
import { checkGuarantee } from "../../helpers/guarantee";
import { type Mutation, mutant } from "../../helpers/mutant";

describe("the fan-in behind a mapping, while everything fails at random", () => {
  captureLog();

  it("loses no event and puts none before an earlier one of its row; folded, they are the table", async () => {
    const details = await checkGuarantee(processBatch, 1_000);
    assert.ok(!details.failed, `${fc.defaultReportMessage(details)}\n${details.errorInstance}`);
  }).timeout(60_000);
});

/** Of events that are missing or out of order; which of them comes up first is chance. */
const WRONG = /is lost|came first after/;

/** A rule of the fan-in taken out of its code, each by an exact text; and what the check must say. */
const MUTATIONS: [name: string, mutation: Mutation, found: RegExp][] = [
  [
    "has two records of a row in flight (no row lock)",
    { file: "rowQueue.ts", from: "if (previous === undefined) {", to: "if (previous !== NONE) {" },
    /came first after|is lost|two records of one row/,
  ],
  [
    "reports the highest record that failed",
    { file: "rowQueue.ts", from: "this.published.indexOf(0)", to: "this.published.lastIndexOf(0)" },
    WRONG,
  ],
  [
    "takes a record that failed in a call for published",
    { file: "publish.ts", from: "if (errors[position] === null) {", to: "if (position < errors.length) {" },
    WRONG,
  ],
  [
    "takes a call that failed for one that worked",
    {
      file: "publish.ts",
      from: "return indexes;",
      to: "indexes.forEach((index) => queue.settle(index)); return [];",
    },
    WRONG,
  ],
  [
    "repeats a whole call of which a part failed",
    {
      file: "publish.ts",
      from: "return failed;\n    } catch",
      to: "return failed.length ? indexes : failed;\n    } catch",
    },
    /two records of one row/,
  ],
  [
    "gives up a record that failed twice",
    {
      file: "publish.ts",
      from: "queue.putBack(failed);",
      to: "failed.forEach((index) => queue.settle(index));",
    },
    WRONG,
  ],
  [
    "drops an event that is too large",
    { file: "prepareBatch.ts", from: "return { outgoing, object };", to: "return {};" },
    WRONG,
  ],
  [
    "drops a record that cannot become an event",
    {
      file: "prepareBatch.ts",
      from: 'object: { key: objectKey("unprocessable", record, tableName), body },',
      to: "",
    },
    /not in the bucket/,
  ],
  [
    "goes on where the bucket did not take an object",
    {
      file: "deliver.ts",
      from: "const end = unwritten?.position ?? prepared.length;",
      to: "const end = prepared.length;",
    },
    /./,
  ],
  [
    "counts the records that failed without those that are no events",
    { file: "deliver.ts", from: "positions[report.firstUnpublished];", to: "report.firstUnpublished + 1;" },
    WRONG,
  ],
  [
    "gives an event another id each time",
    {
      file: "change.ts",
      from: 'idText(required(record.eventID, "eventID"))',
      to: "idText(record.eventID + Math.random())",
    },
    WRONG,
  ],
];

describe("the check of the fan-in's promises finds out a fan-in that", () => {
  captureLog();

  for (const [name, mutation, found] of MUTATIONS) {
    it(name, async () => {
      const details = await checkGuarantee(await mutant(mutation), 2_000);
      assert.ok(details.failed, "it was not found out");
      assert.match(String(details.errorInstance), found);
    }).timeout(30_000);
  }

  it("is not changed, so that a mutation that no longer meets its text is no mutation", async () => {
    const gone: Mutation = { file: "publish.ts", from: "no such text", to: "" };
    await assert.rejects(mutant(gone), /functions\/publish\.ts has "no such text" 0 times, not once/);
  });
});
