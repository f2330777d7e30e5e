import assert from "node:assert/strict";
import type { StreamRecord } from "../../../functions/dynamoDbStream";
import type { PutObject } from "../../../functions/failureBucket";
import { type ProcessOptions, processBatch } from "../../../functions/processBatch";
import { readSources } from "../../../functions/sources";
import { captureLog } from "../../helpers/captureLog";
import { StreamRecords, sourcesOf } from "../../helpers/streamRecords";

const SECRET = "4111 1111 1111 1111";

const INVOCATION_MS = 5_000;

function options(overrides: Partial<ProcessOptions> = {}, milliseconds = INVOCATION_MS) {
  const published: string[] = [];
  const end = Date.now() + milliseconds;
  const all: ProcessOptions = {
    sources: readSources(sourcesOf("shop-orders")),
    bucket: "failures",
    maxRecordBytes: 2_000,
    putObject: async () => undefined,
    putRecords: async (records) => {
      published.push(...records.map(({ data }) => JSON.parse(Buffer.from(data).toString()).key.order_id));
      return records.map(() => null);
    },
    deadline: { signal: AbortSignal.timeout(milliseconds), remaining: () => end - Date.now() },
    ...overrides,
  };
  return { options: all, published };
}

/** Records of orders 1, 2, …; a letter says of which kind: good, broken or large. */
function batch(kinds: string): StreamRecord[] {
  const records = new StreamRecords();
  return [...kinds].map((kind, index) => {
    const note = kind === "l" ? "x".repeat(5_000) : SECRET;
    const record = records.insert({ order_id: { N: String(index + 1) }, note: { S: note } });
    return kind === "b" ? { ...record, eventName: "BROKEN" } : record;
  });
}

const refuse: PutObject = async () => {
  throw Object.assign(new Error(`no access: ${SECRET}`), { name: "AccessDenied" });
};

describe("processing a batch", () => {
  const lines = captureLog();

  it("publishes what lies around a record that cannot become an event", async () => {
    const { options: given, published } = options();
    assert.deepEqual(await processBatch(batch("gbg"), given), { batchItemFailures: [] });
    assert.deepEqual(published, [1, 3]);
  });

  it("writes an event's object before it publishes the event that names it", async () => {
    const steps: string[] = [];
    const { options: given } = options({
      putObject: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        steps.push("object");
      },
      putRecords: async (records) => {
        steps.push("records");
        return records.map(() => null);
      },
    });
    await processBatch(batch("gl"), given);
    assert.deepEqual(steps, ["object", "records"]);
  });

  it("publishes nothing behind a record that it could not store, and reports that one", async () => {
    for (const kinds of ["ggbgg", "gglgg"]) {
      const { options: given, published } = options({ putObject: refuse });
      const records = batch(kinds);
      assert.deepEqual(await processBatch(records, given), {
        batchItemFailures: [{ itemIdentifier: records[2]?.dynamodb?.SequenceNumber }],
      });
      assert.deepEqual(published, [1, 2]);
    }
  });

  it("reports the record that failed in the stream when it comes before one that it could not store", async () => {
    const { options: given } = options({
      putObject: refuse,
      putRecords: async () => {
        throw Object.assign(new Error("no"), { $fault: "client" });
      },
    });
    const records = batch("gb");
    const { batchItemFailures } = await processBatch(records, given);
    assert.deepEqual(batchItemFailures, [{ itemIdentifier: records[0]?.dynamodb?.SequenceNumber }]);
  });

  it("fails the whole batch when the record to report has no sequence number", async () => {
    const { options: given } = options({ putObject: refuse });
    const [record] = batch("b");
    const nameless = { ...record, dynamodb: { ...record?.dynamodb, SequenceNumber: undefined } };
    assert.deepEqual(await processBatch([nameless], given), { batchItemFailures: [{ itemIdentifier: "" }] });
  });

  it("leaves time to publish when the bucket does not answer", async () => {
    const hang: PutObject = (_, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const { options: given, published } = options({ putObject: hang }, 400);
    const records = batch("gb");
    const { batchItemFailures } = await processBatch(records, given);
    assert.deepEqual(batchItemFailures, [{ itemIdentifier: records[1]?.dynamodb?.SequenceNumber }]);
    assert.deepEqual(published, [1]);
  });

  it("writes at most eight objects at once", async () => {
    let writing = 0;
    let most = 0;
    const { options: given } = options({
      putObject: async () => {
        writing += 1;
        most = Math.max(most, writing);
        await new Promise((resolve) => setImmediate(resolve));
        writing -= 1;
      },
    });
    await processBatch(batch("b".repeat(30)), given);
    assert.equal(most, 8);
  });

  it("logs one line for what it set aside, with the reason and without a value or a key of the row", async () => {
    await processBatch(batch("gbbl"), options().options);
    assert.equal(lines.length, 1);
    assert.equal(lines[0]?.level, "warn");
    assert.equal(lines[0]?.unprocessable, 2);
    assert.equal(lines[0]?.oversize, 1);
    assert.match(String(lines[0]?.object), /^unprocessable\/shop-orders\//);
    assert.ok(!JSON.stringify(lines).includes(SECRET));
    assert.ok(!JSON.stringify(lines).includes("order_id"));
  });

  it("logs a failure of the bucket by its name, not by its text", async () => {
    await processBatch(batch("b"), options({ putObject: refuse }).options);
    assert.equal(lines[0]?.error, "AccessDenied");
    assert.ok(!JSON.stringify(lines).includes(SECRET));
  });
});
