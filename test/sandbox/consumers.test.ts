import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { KinesisClient, PutRecordCommand } from "@aws-sdk/client-kinesis";
import {
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { cost } from "../../automation/cost/cost";
import { readPrices } from "../../automation/cost/prices";
import { deploy } from "../../automation/deploy";
import type { PipelineProgram } from "../../automation/workspace";
import { type SampleOutputs, sample } from "../../examples/sample";
import { readPrivileges, summarize } from "../../sandbox/iam/report";
import { UNUSED_GRANTS } from "../../sandbox/iam/unusedGrants";
import { ChangeEvents, type ReceivedEvent } from "../helpers/changeEvents";
import { MqttSubscriber } from "../helpers/mqttSubscriber";
import { poll } from "../helpers/poll";
import { SandboxBench } from "../helpers/sandboxBench";
import { ROOT } from "../helpers/tools";

/** The two bytes that gzip begins with. The sandbox's Firehose does not compress; AWS's does. */
const GZIP = Buffer.from([0x1f, 0x8b]);

/** Longer than a message to a device may be, in SQL. */
const LONG = "repeat('long ', 30000)";

describe("the sample with its consumers", function () {
  this.timeout(180_000);
  let bench: SandboxBench;
  let outputs: SampleOutputs;
  let events: ChangeEvents;
  let device: MqttSubscriber;
  let s3: S3Client;

  before(async () => {
    bench = await SandboxBench.start();
    s3 = new S3Client({ forcePathStyle: true });
    outputs = await deployed();
    events = new ChangeEvents(bench.sandbox.environment, outputs.streamName);
    const { AWS_ENDPOINT_URL = "", AWS_REGION = "" } = bench.sandbox.environment;
    device = await MqttSubscriber.subscribe(AWS_ENDPOINT_URL, AWS_REGION, outputs.displayTopics);
    await changeRows();
  });

  after(async () => {
    await device?.stop();
    await bench?.stop();
  });

  async function deployed(): Promise<SampleOutputs> {
    const program = sample as PipelineProgram;
    return (await deploy({ ...bench.configured(), program })).outputs as SampleOutputs;
  }

  /** Changes rows of three tables, and waits for the events of all: those of one table come in order, tables in none. */
  async function changeRows(): Promise<void> {
    const statements = [
      "UPDATE orders SET status = 'placed' WHERE order_id IN (1, 2, 3)",
      "UPDATE products SET name = name || '!' WHERE product_id <= 5",
      "UPDATE orders SET status = 'paid' WHERE order_id IN (1, 2)",
      `UPDATE orders SET note = ${LONG} WHERE order_id = 3`,
      "UPDATE customers SET city = 'Ålesund' WHERE customer_id <= 3",
      "INSERT INTO orders (order_id, customer_id, status, currency, total) VALUES (900001, 1, 'placed', 'EUR', 12.50)",
      "UPDATE orders SET status = 'paid' WHERE order_id = 900001",
      "DELETE FROM orders WHERE order_id = 900001",
      "UPDATE orders SET note = 'the last' WHERE order_id = 1",
    ];
    for (const statement of statements) {
      await bench.query(statement);
    }
    await poll("every event", async () => {
      await events.read();
      const of = (name: string) => events.all.filter(({ source }) => source.table === name);
      return (
        of("orders").some(({ new: row }) => row?.note === "the last") &&
        of("products").length >= 5 &&
        of("customers").length >= 3
      );
    });
  }

  function ofOrders(): ReceivedEvent[] {
    return events.all.filter(({ source }) => source.table === "orders");
  }

  async function bytesOf(Bucket: string, Key: string): Promise<Buffer> {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }

  async function keysOf(Bucket: string, Prefix: string): Promise<string[]> {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
    return Contents.map(({ Key = "" }) => Key).sort();
  }

  /** The lines of every file below a folder of the lake, each with its file's folder. */
  async function lines(prefix: string): Promise<{ folder: string; line: string }[]> {
    const files = await Promise.all(
      (await keysOf(outputs.lakeBucketName, prefix)).map(async (key) => {
        const bytes = await bytesOf(outputs.lakeBucketName, key);
        const text = (bytes.subarray(0, 2).equals(GZIP) ? gunzipSync(bytes) : bytes).toString();
        const folder = key.replace(/(day=[\d-]{10})\/.*/, "$1");
        return text
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => ({ folder, line }));
      }),
    );
    return files.flat();
  }

  it("has every event of the stream in the lake, once, by schema, table and day", async () => {
    const folderOf = ({ source, at }: ReceivedEvent) =>
      `changes/source_schema=${source.schema}/source_table=${source.table}/day=${at.slice(0, 10)}`;
    const stored = await poll("every event", async () => {
      const all = await lines("changes/");
      return all.length >= events.all.length && all;
    });
    const found = stored.map(({ folder, line }) => `${folder} ${(JSON.parse(line) as ReceivedEvent).id}`);
    assert.deepEqual(found.sort(), events.all.map((event) => `${folderOf(event)} ${event.id}`).sort());
  });

  it("has the handler's mail for each order that was paid, and for nothing else", async () => {
    const sqs = new SQSClient({});
    const paid = ofOrders().filter(
      ({ op, old, new: row }) => op === "update" && row?.status === "paid" && old?.status !== "paid",
    );
    const mails: { id: string; order: number }[] = [];
    await poll("the mails", async () => {
      const QueueUrl = outputs.mailQueueUrl;
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      for (const { Body = "", ReceiptHandle } of Messages) {
        mails.push(JSON.parse(Body));
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
      return mails.length >= paid.length && Messages.length === 0;
    });
    const wanted = paid.map(({ id, key }) => ({ id, order: Number(key.order_id) }));
    const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1);
    assert.deepEqual(mails.sort(byId), wanted.sort(byId));
    assert.ok(wanted.length >= 2);
  });

  it("has told the device of every order's change, by its topic, each row's in their order", async () => {
    const orders = ofOrders();
    await poll("the messages", async () => device.messages.length >= orders.length);
    const heard = device.messages.map(({ topic, payload }) => {
      const { id, key } = JSON.parse(payload) as ReceivedEvent;
      return { topic, id, row: String(key.order_id) };
    });
    const byRow = (rows: typeof heard) => rows.toSorted((one, other) => Number(one.row) - Number(other.row));
    assert.deepEqual(
      byRow(heard),
      byRow(
        orders.map(({ op, id, key }) => ({ topic: `rowstream/orders/${op}`, id, row: String(key.order_id) })),
      ),
    );
    assert.deepEqual(new Set(orders.map(({ op }) => op)), new Set(["insert", "update", "delete"]));
  });

  it("has told the device where the whole of an event lies that is larger than a message", async () => {
    const told = device.messages
      .map(({ payload }) => JSON.parse(payload))
      .filter((event: { ref?: object }) => event.ref !== undefined);
    const large = ofOrders().filter((event) => JSON.stringify(event).length > 131_072);
    assert.ok(large.length >= 1);
    assert.deepEqual(
      told.map(({ id }) => id),
      large.map(({ id }) => id),
    );
    for (const { ref, old, new: row, id } of told) {
      assert.deepEqual([old, row, ref.bucket], [null, null, outputs.displayBucketName]);
      const bytes = await bytesOf(ref.bucket, ref.key);
      assert.equal(createHash("sha256").update(bytes).digest("hex"), ref.sha256);
      assert.deepEqual(
        JSON.parse(bytes.toString()),
        large.find((event) => event.id === id),
      );
    }
  });

  it("keeps apart what is no event, and gives up on it in the handler, with the record", async () => {
    const lambda = new LambdaClient({});
    const { EventSourceMappings = [] } = await lambda.send(
      new ListEventSourceMappingsCommand({ EventSourceArn: outputs.streamArn }),
    );
    for (const { UUID } of EventSourceMappings) {
      await lambda.send(new UpdateEventSourceMappingCommand({ UUID, MaximumRetryAttempts: 0 }));
    }
    // The mail's filter lets it through; what makes it an event is missing.
    const Data = Buffer.from('{"op":"update","source":{"schema":"public","table":"orders"}}\n');
    const sent = { StreamName: outputs.streamName, PartitionKey: "none", Data };
    await new KinesisClient({}).send(new PutRecordCommand(sent));
    await new KinesisClient({}).send(new PutRecordCommand({ ...sent, Data: Buffer.from("no JSON") }));
    const [error] = await poll("the error", async () => {
      const found = await lines("errors/");
      return found.some(({ line }) => line.includes(Buffer.from("no JSON").toString("base64"))) && found;
    });
    assert.ok(error);
    for (const bucket of [outputs.mailFailureBucketName, outputs.displayBucketName]) {
      const key = await poll("the record", async () => (await keysOf(bucket, "aws/lambda/"))[0]);
      assert.match((await bytesOf(bucket, key)).toString(), new RegExp(Data.toString("base64")));
    }
  });

  it("is priced with its consumers, each put together from its parts in the stack", async () => {
    const file = join(ROOT, "docs", "prices.example.json");
    const prices = readPrices(readFileSync(file, "utf8"), file);
    const { lines, notEstimated } = await cost({ ...bench.workspace(), prices, changesPerSecond: 10 });
    const items = lines.filter(({ component }) => component === "consumers").map(({ item }) => item);
    const handled = ["calls", "run time", "repeats told, writes", "repeats told, reads"];
    const delivered = ["data in", "partitioning", "files delivered", "files written", "files of a month"];
    assert.deepEqual(items, [
      ...[...handled, "messages"].map((item) => `displays: ${item}`),
      ...delivered.map((item) => `lake: ${item}`),
      ...handled.map((item) => `mail-paid-orders: ${item}`),
    ]);
    assert.deepEqual(notEstimated, [{ type: "aws:sqs/queue:Queue", count: 1 }], "the sample's own");
  });

  it("uses what its consumers' roles are granted, or the reason is in the list", async () => {
    const roles = ["displays", "mail-paid-orders"];
    const listed = UNUSED_GRANTS.filter(({ role }) => roles.includes(role)).flatMap(({ role, actions }) =>
      actions.map((action) => `${role} ${action}`),
    );
    let unused: string[] = [];
    await poll("the record", async () => {
      const grants = summarize(readPrivileges(join(bench.folder, "sandbox", "iam"))).filter(({ role }) =>
        roles.includes(role),
      );
      unused = grants.filter(({ used }) => !used).map(({ role, action }) => `${role} ${action}`);
      return new Set(grants.map(({ role }) => role)).size === 2 && unused.length <= listed.length;
    }).catch((error: Error) => assert.fail(`${error.message}; unused: ${unused.join(", ")}`));
    assert.deepEqual(unused.sort(), listed.sort());
  });

  it("changes nothing when it is deployed again", async () => {
    const { changed } = await deploy({ ...bench.workspace(), program: sample as PipelineProgram });
    assert.equal(changed, false);
  });
});
