import assert from "node:assert/strict";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ChangeStream } from "../../components/changeStream";
import { ChangeHandler } from "../../components/consumers/changeHandler";
import { EncryptionKey } from "../../components/encryptionKey";
import { FailureBucket } from "../../components/failureBucket";
import type { ChangeEvent } from "../../functions/changeEvent";
import { ConsumerBench } from "../helpers/consumerBench";
import { type EventOf, KinesisRecords } from "../helpers/kinesisRecords";
import { poll } from "../helpers/poll";
import type { BenchStack } from "../helpers/providerBench";

type OrderEvent = ChangeEvent<{ order_id: number; note?: string; poison?: boolean }, { order_id: number }>;

/** Writes down what it is called for, and fails for poison. */
async function note(event: OrderEvent): Promise<void> {
  const { appendFileSync, existsSync } = require("node:fs") as typeof import("node:fs");
  const file = process.env.TRACE_FILE ?? "";
  if (event.new?.poison && !existsSync(`${file}.cured`)) throw new Error("poison");
  appendFileSync(file, `${event.op} ${event.key.order_id} ${event.new?.note?.length ?? 0}\n`);
}

describe("a change handler in the sandbox", function () {
  this.timeout(180_000);
  const bench = new ConsumerBench();
  const records = new KinesisRecords();
  let stack: BenchStack;
  let outputs: Record<string, string>;

  const program = async () => {
    const kmsKeyArn = new EncryptionKey("shop", { onDestroy: "delete" }).arn;
    const stream = new ChangeStream("shop", { kmsKeyArn });
    const oversize = new FailureBucket("oversize", { kmsKeyArn, forceDestroy: true });
    const handler = new ChangeHandler("notify", {
      streamArn: stream.arn,
      kmsKeyArn,
      oversizeBucketArn: oversize.arn,
      tables: ["orders"],
      ops: ["insert", "update"],
      mapping: { retryAttempts: 2, startAt: "2026-11-27T00:00:00Z" },
      environment: { TRACE_FILE: bench.traceFile },
      enhancedFanOut: true,
      failuresOnDestroy: "delete",
      onChange: note,
    });
    return {
      stream: stream.name,
      oversize: oversize.name,
      functionName: handler.functionName,
      failures: handler.failureBucketName,
    };
  };

  before(async () => {
    await bench.start();
    stack = await bench.stack("handler");
    outputs = (await stack.up(program)).outputs as Record<string, string>;
  });

  after(async () => {
    await stack.destroy();
    await bench.stop();
  });

  function publish(...events: EventOf[]): Promise<void> {
    return bench.publish(outputs.stream ?? "", ...events.map((event) => records.next(event)));
  }

  async function traced(line: string): Promise<void> {
    await poll(`"${line}"`, async () => bench.trace().includes(line), 30_000);
  }

  function s3(): S3Client {
    return new S3Client({ ...bench.client, forcePathStyle: true });
  }

  it("is called for the changes that it asked for, a row's in their order, and for each once", async () => {
    const repeated = records.next({ row: 1, op: "insert", columns: { note: "x" } });
    await bench.publish(outputs.stream ?? "", repeated);
    await publish(
      { table: "products", row: 1 },
      { row: 1, op: "delete" },
      { row: 1, columns: { note: "xx" } },
    );
    await bench.publish(outputs.stream ?? "", repeated);
    // Of the same row, and so of the same shard: what came before it has been dealt with by then.
    await publish({ row: 1, columns: { note: "xxx" } });
    await traced("update 1 3");
    assert.deepEqual(
      bench.trace().filter((line) => line.split(" ")[1] === "1"),
      ["insert 1 1", "update 1 2", "update 1 3"],
    );
  });

  it("is called with the whole of an event that was too large for the stream", async () => {
    const whole = records.next({ row: 3, columns: { note: "x".repeat(5_000) } });
    const body = Buffer.from(whole.kinesis.data, "base64");
    const event = JSON.parse(body.toString()) as ChangeEvent;
    const { createHash } = await import("node:crypto");
    const ref = {
      bucket: outputs.oversize ?? "",
      key: "oversize/orders/2026/11/27/3.json",
      bytes: body.byteLength,
      sha256: createHash("sha256").update(body).digest("hex"),
    };
    await s3().send(new PutObjectCommand({ Bucket: ref.bucket, Key: ref.key, Body: body }));
    const reference = records.of({ ...event, old: null, new: null, ref }, whole.kinesis.partitionKey);
    await bench.publish(outputs.stream ?? "", reference);
    await traced("update 3 5000");
  });

  it("gives up on an event that fails each time, keeps it whole, and goes on with the others", async () => {
    await publish({ row: 4, columns: { poison: true } }, { row: 5 });
    await traced("update 5 0");
    const key = await poll("the failure", async () => {
      const { Contents = [] } = await s3().send(new ListObjectsV2Command({ Bucket: outputs.failures }));
      return Contents[0]?.Key;
    });
    const { Body } = await s3().send(new GetObjectCommand({ Bucket: outputs.failures, Key: key }));
    const { payload } = JSON.parse((await Body?.transformToString()) ?? "");

    const { writeFileSync } = await import("node:fs");
    writeFileSync(`${bench.traceFile}.cured`, "");
    const lambda = new LambdaClient({ ...bench.client, endpoint: bench.lambdaEndpoint });
    const answer = await lambda.send(
      new InvokeCommand({ FunctionName: outputs.functionName, Payload: Buffer.from(payload) }),
    );
    assert.equal(Buffer.from(answer.Payload ?? []).toString(), '{"batchItemFailures":[]}');
    assert.ok(
      bench.trace().includes("update 4 0"),
      "invoked with the payload of the failure, it does it then",
    );
  });

  it("changes nothing when it is deployed again", async () => {
    assert.deepEqual((await stack.up(program)).changes, {});
    assert.deepEqual((await stack.refresh()).changes, {});
  });
});
