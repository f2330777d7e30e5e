import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import type { StreamRecord } from "../../../functions/dynamoDbStream";
import { createHandler, type Handler } from "../../../functions/fanIn";
import { captureLog } from "../../helpers/captureLog";
import { FakeAws } from "../../helpers/fakeAws";
import { StreamRecords, sourcesOf } from "../../helpers/streamRecords";

const ENVIRONMENT = { AWS_REGION: "us-east-1", STREAM_NAME: "changes", FAILURE_BUCKET: "failures" };

const VARIABLES = {
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
};

function inTime(milliseconds: number) {
  const end = Date.now() + milliseconds;
  return { getRemainingTimeInMillis: () => end - Date.now() };
}

function sequenceNumberOf(record: StreamRecord | undefined): string {
  assert.ok(record?.dynamodb?.SequenceNumber);
  return record.dynamodb.SequenceNumber;
}

describe("the fan-in's handler, over the wire", () => {
  const aws = new FakeAws();
  const lines = captureLog();
  const saved = { ...process.env };
  let handler: Handler;

  const dropAwsVariables = () => {
    for (const name of Object.keys(process.env).filter((name) => name.startsWith("AWS_"))) {
      delete process.env[name];
    }
  };

  before(async () => {
    dropAwsVariables();
    Object.assign(process.env, VARIABLES, { AWS_ENDPOINT_URL: await aws.start() });
    handler = createHandler(ENVIRONMENT, sourcesOf("shop-orders"));
  });
  after(async () => {
    dropAwsVariables();
    Object.assign(process.env, saved);
    await aws.stop();
  });
  beforeEach(() => aws.reset());

  const item = (order: number, note = "") => ({ order_id: { N: String(order) }, note: { S: note } });
  const inserts = (...orders: number[]): StreamRecord[] => {
    const records = new StreamRecords();
    return orders.map((order) => records.insert(item(order)));
  };

  it("publishes each record of a batch under its row's partition key", async () => {
    assert.deepEqual(await handler({ Records: inserts(1, 2) }, inTime(5_000)), { batchItemFailures: [] });
    assert.deepEqual(aws.streamNames, ["changes"]);
    assert.deepEqual(
      aws.putRecords[0]?.map(({ partitionKey }) => partitionKey),
      ['shop-orders{"order_id":1}', 'shop-orders{"order_id":2}'],
    );
    const event = JSON.parse(aws.putRecords[0]?.[0]?.text ?? "");
    assert.deepEqual(event.new, { order_id: 1, note: "" });
    assert.deepEqual(event.source, { name: "shop", engine: "postgres", schema: "public", table: "orders" });
    assert.deepEqual(lines, [], "a batch without incident logs nothing");
  });

  it("answers an empty batch without a call", async () => {
    assert.deepEqual(await handler({ Records: [] }, inTime(5_000)), { batchItemFailures: [] });
    assert.deepEqual(aws.putRecords, []);
  });

  for (const [what, answer] of [
    ["is throttled", { status: 400, type: "ProvisionedThroughputExceededException" }],
    ["meets an internal failure", { status: 500, type: "InternalFailure" }],
    ["has its connection cut", "hang up"],
  ] as const) {
    it(`makes a call again that ${what}`, async () => {
      aws.kinesisAnswers = [answer];
      assert.deepEqual(await handler({ Records: inserts(1) }, inTime(5_000)), { batchItemFailures: [] });
      assert.equal(aws.putRecords.length, 2);
      assert.deepEqual(aws.putRecords[0], aws.putRecords[1]);
      assert.equal(lines[0]?.message, "batch published");
    });
  }

  it("sends again only the entries that failed", async () => {
    aws.kinesisAnswers = [{ failedEntries: [1] }];
    await handler({ Records: inserts(1, 2, 3) }, inTime(5_000));
    assert.deepEqual(
      aws.putRecords.map((records) => records.map(({ partitionKey }) => partitionKey.at(-2))),
      [["1", "2", "3"], ["2"]],
    );
  });

  it("reports the lowest record that it could not publish in its time", async () => {
    aws.kinesisAnswers = Array.from({ length: 500 }, (_, call) => ({
      failedEntries: call === 0 ? [1, 2] : [0, 1],
    }));
    const records = inserts(1, 2, 3);
    const { batchItemFailures } = await handler({ Records: records }, inTime(400));
    assert.deepEqual(batchItemFailures, [{ itemIdentifier: sequenceNumberOf(records[1]) }]);
    assert.equal(lines[0]?.level, "error");
    assert.equal(lines[0]?.message, "batch cut short");
    assert.equal(lines[0]?.handled, 1);
    assert.equal(lines[0]?.lastError, "ProvisionedThroughputExceededException");
  });

  it("answers before its time is up when the stream does not", async () => {
    aws.kinesisAnswers = ["hang"];
    const context = inTime(400);
    const records = inserts(1);
    const { batchItemFailures } = await handler({ Records: records }, context);
    assert.deepEqual(batchItemFailures, [{ itemIdentifier: sequenceNumberOf(records[0]) }]);
    assert.ok(context.getRemainingTimeInMillis() > 0);
  });

  it("gives up at once when it may not write to the stream", async () => {
    aws.kinesisAnswers = [{ status: 400, type: "AccessDeniedException" }];
    const context = inTime(60_000);
    const { batchItemFailures } = await handler({ Records: inserts(1) }, context);
    assert.equal(batchItemFailures.length, 1);
    assert.equal(aws.putRecords.length, 1);
    assert.equal(lines[0]?.lastError, "AccessDeniedException");
  });

  it("puts an event that is too large into the bucket, and one that names it into the stream", async () => {
    const records = new StreamRecords();
    const large = records.insert(item(1, "x".repeat(1_100_000)));
    const { batchItemFailures } = await handler({ Records: [large, records.insert(item(2))] }, inTime(9_000));
    assert.deepEqual(batchItemFailures, []);
    const { ref, ...event } = JSON.parse(aws.putRecords[0]?.[0]?.text ?? "");
    assert.equal(ref.key, `oversize/shop-orders/2026/11/23/${event.id}.json`);
    const object = aws.objects.get(`/failures/${ref.key}`) ?? "";
    assert.equal(object.length, ref.bytes);
    assert.deepEqual(JSON.parse(object).key, event.key);
    assert.equal(JSON.parse(object).new.note.length, 1_100_000);
    assert.equal(event.new, null);
  });

  it("reports a record whose object it may not write, and publishes what comes before it", async () => {
    const [first, second, third] = inserts(1, 2, 3);
    aws.s3Answers = [{ status: 403, type: "AccessDenied" }];
    const { batchItemFailures } = await handler(
      { Records: [first, { ...second, eventName: "BROKEN" }, third] as StreamRecord[] },
      inTime(5_000),
    );
    assert.deepEqual(batchItemFailures, [{ itemIdentifier: sequenceNumberOf(second) }]);
    assert.deepEqual(
      aws.putRecords.map((records) => records.map(({ partitionKey }) => partitionKey)),
      [['shop-orders{"order_id":1}']],
    );
  });

  it("fails the batch, before it publishes any of it, when it does not know the table", async () => {
    const records = [...inserts(1), new StreamRecords("shop-payments").insert(item(1))];
    await assert.rejects(
      handler({ Records: records }, inTime(5_000)),
      /"shop-payments" is not among the 1 tables/,
    );
    assert.deepEqual(aws.putRecords, []);
  });

  describe("with a hashed column", () => {
    const environment = { ...ENVIRONMENT, HASH_KEY_SECRET: "arn:secret", HASH_KEY_VERSION: "v2" };
    const sources = JSON.stringify({
      name: "shop",
      engine: "postgres",
      tables: { "shop-orders": { schema: "public", table: "orders", masks: { note: "hash" } } },
    });
    const records = () => [new StreamRecords().insert(item(1, "Ada"))];

    it("reads the key once, in the version that it is given, and hashes under it", async () => {
      aws.secretVersions.set("v1", "another key").set("v2", "the key");
      const hashing = createHandler(environment, sources);
      await hashing({ Records: records() }, inTime(5_000));
      await hashing({ Records: records() }, inTime(5_000));
      const expected = createHmac("sha256", "the key").update("Ada").digest("hex");
      for (const [record] of aws.putRecords) {
        assert.equal(JSON.parse(record?.text ?? "").new.note, expected);
      }
      assert.equal(aws.putRecords.length, 2);
      assert.equal(aws.secretReads, 1);
    });

    it("fails the batch, and publishes nothing, until it has the key", async () => {
      const hashing = createHandler(environment, sources);
      await assert.rejects(hashing({ Records: records() }, inTime(5_000)), { name: /ResourceNotFound/ });
      assert.deepEqual(aws.putRecords, []);
      aws.secretVersions.set("v2", "the key");
      assert.deepEqual(await hashing({ Records: records() }, inTime(5_000)), { batchItemFailures: [] });
      assert.equal(aws.putRecords.length, 1);
    });

    it("is not made without a place of the key", () => {
      assert.throws(() => createHandler(ENVIRONMENT, sources), /is to be hashed, and there is no key/);
      assert.throws(
        () => createHandler({ ...environment, HASH_KEY_VERSION: "" }, sources),
        /HASH_KEY_VERSION is not set, and the other of the two is/,
      );
    });
  });

  it("is not made of an incomplete environment", () => {
    assert.throws(
      () => createHandler({ ...ENVIRONMENT, STREAM_NAME: undefined }, sourcesOf()),
      /STREAM_NAME is not set/,
    );
  });
});
