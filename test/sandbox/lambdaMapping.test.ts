import assert from "node:assert/strict";
import { BatchWriteItemCommand, DeleteTableCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { CreateStreamCommand, KinesisClient, PutRecordCommand } from "@aws-sdk/client-kinesis";
import { DeleteFunctionCommand, UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { AwsHttp } from "../../sandbox/awsHttp";
import { readSettings } from "../../sandbox/lambda/settings";
import { eventually, LambdaBench } from "../helpers/lambdaBench";

const REPORT = { FunctionResponseTypes: ["ReportBatchItemFailures" as const] };

/** Where a value first came among the deliveries. */
function firsts(values: string[]): string[] {
  return [...new Set(values)];
}

function numbered(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, n) => `v${String(n + from).padStart(4, "0")}`);
}

describe("the mapping runner", function () {
  this.timeout(120_000);
  const bench = new LambdaBench();
  let count = 0;

  before(() => bench.start());
  after(() => bench.stop());

  beforeEach(() => {
    bench.behave({});
    bench.clear();
  });

  // A mapping left behind would go on delivering into the next test.
  afterEach(() => bench.deleteMappings());

  /** A table of its own for each test, mapped to a function of its own. */
  async function pipeline(options: Parameters<typeof bench.createMapping>[0] | object = {}, timeout = 10) {
    const name = `pipeline-${++count}`;
    const stream = await bench.createTable(name);
    await bench.createFunction(name, undefined, timeout);
    const uuid = await bench.createMapping({
      EventSourceArn: stream,
      FunctionName: name,
      BatchSize: 10,
      ...REPORT,
      ...options,
    });
    return { name, stream, uuid };
  }

  async function delivered(id: string, value: string): Promise<void> {
    await eventually(`${value} of ${id}`, () => (bench.valuesOf(id).includes(value) ? true : undefined));
  }

  /** Calls SNS, for which no client is installed. @returns the first group of the pattern in its answer */
  async function snsQuery(parameters: Record<string, string>, pattern: RegExp): Promise<string> {
    const response = await fetch(bench.endpoint, {
      method: "POST",
      headers: {
        authorization:
          "AWS4-HMAC-SHA256 Credential=sandbox/20260101/us-east-1/sns/aws4_request, SignedHeaders=host, Signature=s",
      },
      body: new URLSearchParams({ Version: "2010-03-31", ...parameters }),
    });
    const text = await response.text();
    const match = pattern.exec(text);
    assert.ok(match, text);
    return match[1] ?? "";
  }

  function s3(): S3Client {
    const { endpoint, credentials } = bench;
    return new S3Client({ endpoint, credentials, region: "us-east-1", forcePathStyle: true });
  }

  async function bucket(name: string): Promise<string> {
    await s3().send(new CreateBucketCommand({ Bucket: name }));
    return `arn:aws:s3:::${name}`;
  }

  /** The failure records in a bucket, oldest first, once there are so many. */
  async function failureRecords(name: string, atLeast: number) {
    return eventually(`${atLeast} objects in ${name}`, async () => {
      const { Contents = [] } = await s3().send(new ListObjectsV2Command({ Bucket: name }));
      if (Contents.length < atLeast) {
        return undefined;
      }
      return Promise.all(
        Contents.map(async ({ Key = "" }) => {
          const object = await s3().send(new GetObjectCommand({ Bucket: name, Key }));
          return { key: Key, document: JSON.parse((await object.Body?.transformToString()) ?? "") };
        }),
      );
    });
  }

  it("delivers the changes of a table to the deployed zip, each item's in order", async () => {
    const { name } = await pipeline({
      BatchSize: 500,
      MaximumBatchingWindowInSeconds: 1,
      ParallelizationFactor: 4,
    });
    const values = numbered(60);
    await Promise.all(["a", "b", "c", "d", "e"].map((id) => bench.put(name, id, ...values)));
    for (const id of ["a", "b", "c", "d", "e"]) {
      await delivered(id, values.at(-1) ?? "");
      assert.deepEqual(bench.valuesOf(id), values);
    }
  });

  it("hands the function events of AWS's shape, with every digit of a number", async () => {
    const name = "shape";
    const stream = await bench.createTable(name);
    await bench.createFunction(name, {
      "index.js": `exports.handler = async (event) => {
        require("node:fs").appendFileSync(process.env.TRACE_FILE, JSON.stringify(event.Records) + "\\n");
      };`,
    });
    const number = "12345678901234567890123456789012345678";
    const item = {
      id: { S: "1" },
      n: { N: number },
      b: { B: Buffer.from([0, 255, 7]) },
      nul: { NULL: true as const },
    };
    await bench.dynamoDb.send(new PutItemCommand({ TableName: name, Item: item }));
    await bench.createMapping({ EventSourceArn: stream, FunctionName: name, BatchSize: 1 });
    const [records] = await eventually("an event", () => {
      const seen = bench.invocations();
      return seen.length > 0 ? seen : undefined;
    });
    const [record = {}] = records as unknown as Record<string, unknown>[];
    const { ApproximateCreationDateTime, SequenceNumber, SizeBytes, ...dynamodb } = record.dynamodb as Record<
      string,
      unknown
    >;
    assert.deepEqual(Object.keys(record).sort(), [
      "awsRegion",
      "dynamodb",
      "eventID",
      "eventName",
      "eventSource",
      "eventSourceARN",
      "eventVersion",
    ]);
    assert.deepEqual(
      [record.eventName, record.eventSource, record.eventSourceARN, record.awsRegion, record.eventVersion],
      ["INSERT", "aws:dynamodb", stream, "us-east-1", "1.1"],
    );
    assert.equal(typeof ApproximateCreationDateTime, "number");
    assert.ok(Number(ApproximateCreationDateTime) < 10_000_000_000, "seconds, not milliseconds");
    assert.match(String(SequenceNumber), /^\d+$/);
    assert.equal(typeof SizeBytes, "number");
    assert.deepEqual(dynamodb, {
      Keys: { id: { S: "1" } },
      NewImage: { id: { S: "1" }, n: { N: number }, b: { B: "AP8H" }, nul: { NULL: true } },
      StreamViewType: "NEW_AND_OLD_IMAGES",
    });
  });

  it("delivers again from the record that the function reported, and nothing before it", async () => {
    bench.behave({ failOn: ["c"] });
    const { name, uuid } = await pipeline({ BatchSize: 500, MaximumBatchingWindowInSeconds: 1 });
    await bench.put(name, "1", "a", "b", "c", "d");
    await eventually("a second delivery of c", () =>
      bench.valuesOf("1").filter((value) => value === "c").length > 1 ? true : undefined,
    );
    bench.behave({});
    await eventually("the last result", async () =>
      (await bench.lastResult(uuid)) === "OK" ? true : undefined,
    );
    const values = bench.valuesOf("1");
    assert.deepEqual(firsts(values), ["a", "b", "c", "d"]);
    assert.equal(values.filter((value) => value === "a" || value === "b").length, 2);
  });

  it("takes an answer that names no record of the batch for a failure of all of it", async () => {
    bench.behave({ answer: { batchItemFailures: [{ itemIdentifier: "" }] } });
    const { name, uuid } = await pipeline();
    await bench.put(name, "1", "a");
    await eventually("three deliveries", () => (bench.valuesOf("1").length >= 3 ? true : undefined));
    assert.equal(await bench.lastResult(uuid), "PROBLEM: Function call failed");
    bench.behave({});
    await eventually("success", async () => ((await bench.lastResult(uuid)) === "OK" ? true : undefined));
  });

  it("splits a failing batch until the poison is alone, and puts it into the failure bucket with its records", async () => {
    const destination = await bucket("poison-failures");
    bench.behave({ throwOn: ["poison"] });
    const { name, uuid, stream } = await pipeline({
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 1,
      MaximumRetryAttempts: 1,
      BisectBatchOnFunctionError: true,
      DestinationConfig: { OnFailure: { Destination: destination } },
    });
    const values = [...numbered(6), "poison", ...numbered(5, 6)];
    await bench.put(name, "1", ...values);
    await delivered("1", "v0010");
    const [failure, ...others] = await failureRecords("poison-failures", 1);
    assert.deepEqual(others, []);
    assert.match(
      failure?.key ?? "",
      new RegExp(
        `^aws/lambda/${uuid}/shardId-[^/]+/\\d{4}/\\d\\d/\\d\\d/\\d{4}-\\d\\d-\\d\\dT[\\d.]{8}-[0-9a-f-]{36}$`,
      ),
    );
    const { requestContext, responseContext, DDBStreamBatchInfo, payload } = failure?.document ?? {};
    assert.equal(requestContext.condition, "RetryAttemptsExhausted");
    assert.equal(requestContext.functionArn, `arn:aws:lambda:us-east-1:000000000000:function:${name}`);
    assert.deepEqual(responseContext, {
      statusCode: 200,
      executedVersion: "$LATEST",
      functionError: "Unhandled",
    });
    assert.equal(DDBStreamBatchInfo.batchSize, 1);
    assert.equal(DDBStreamBatchInfo.streamArn, stream);
    const { Records } = JSON.parse(payload);
    assert.equal(Records[0].dynamodb.NewImage.value.S, "poison");
    assert.equal(Records[0].dynamodb.SequenceNumber, DDBStreamBatchInfo.startSequenceNumber);
    assert.deepEqual(firsts(bench.valuesOf("1")), values);
  });

  it("tells a queue and a topic which records it gave up on, without the records", async () => {
    const aws = new AwsHttp(
      readSettings({ ROWSTREAM_STATE_DIR: bench.folder, AWS_ENDPOINT_URL: bench.endpoint }),
    );
    const { QueueUrl } = await aws.json<{ QueueUrl: string }>("sqs", "CreateQueue", {
      QueueName: "failures",
    });
    const queue = "arn:aws:sqs:us-east-1:000000000000:failures";
    const topic = await snsQuery({ Action: "CreateTopic", Name: "failures" }, /<TopicArn>(.*)<\/TopicArn>/);
    const subscription = { TopicArn: topic, Protocol: "sqs", Endpoint: queue };
    await snsQuery(
      {
        Action: "Subscribe",
        ...subscription,
        "Attributes.entry.1.key": "RawMessageDelivery",
        "Attributes.entry.1.value": "true",
      },
      /SubscriptionArn/,
    );
    bench.behave({ throwOn: ["poison"] });
    for (const Destination of [queue, topic]) {
      const { name } = await pipeline({
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnFailure: { Destination } },
      });
      await bench.put(name, "1", "poison");
    }
    const messages: Record<string, Record<string, unknown>>[] = [];
    await eventually("two messages", async () => {
      const { Messages = [] } = await aws.json<{ Messages?: { Body: string; ReceiptHandle: string }[] }>(
        "sqs",
        "ReceiveMessage",
        { QueueUrl, MaxNumberOfMessages: 10 },
      );
      messages.push(...Messages.map(({ Body }) => JSON.parse(Body)));
      return messages.length >= 2 ? true : undefined;
    });
    aws.close();
    for (const message of messages) {
      assert.equal(message.requestContext?.condition, "RetryAttemptsExhausted");
      assert.equal(message.DDBStreamBatchInfo?.batchSize, 1);
      assert.equal(message.payload, undefined);
    }
  });

  it("delivers again what a function process was working on when it was killed", async () => {
    bench.behave({ delayMs: 60_000 });
    const { name } = await pipeline({}, 90);
    await bench.put(name, "1", "a", "b");
    const { pid } = await eventually("an invocation", () => bench.invocations()[0]);
    bench.behave({});
    process.kill(pid, "SIGKILL");
    await eventually("a second invocation", () => (bench.invocations().length > 1 ? true : undefined));
    await delivered("1", "b");
    assert.notEqual(bench.invocations().at(-1)?.pid, pid);
    assert.deepEqual(firsts(bench.valuesOf("1")), ["a", "b"]);
  });

  it("skips nothing when it is killed itself, and leaves no function process behind", async () => {
    bench.behave({ delayMs: 30 });
    const { name, uuid } = await pipeline({ ParallelizationFactor: 2 });
    const values = numbered(80);
    const writing = Promise.all(["a", "b"].map((id) => bench.put(name, id, ...values)));
    await eventually("some invocations", () => (bench.invocations().length > 4 ? true : undefined));
    const { pid = 0 } = bench.invocations().at(-1) ?? {};
    await bench.stopLambda("SIGKILL");
    await eventually("the function's process is gone", () => {
      try {
        process.kill(pid, 0);
        return undefined;
      } catch {
        return true;
      }
    });
    await writing;
    await bench.startLambda();
    for (const id of ["a", "b"]) {
      await delivered(id, values.at(-1) ?? "");
      assert.deepEqual(firsts(bench.valuesOf(id)), values);
    }
    await bench.untilState(uuid, "Enabled");
  });

  it("does not deliver while it is disabled, and goes on where it was when it is enabled", async () => {
    const { name, uuid } = await pipeline();
    await bench.put(name, "1", "a");
    await delivered("1", "a");
    await bench.lambda.send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: false }));
    await bench.untilState(uuid, "Disabled");
    await bench.put(name, "1", "b", "c");
    await bench.stopLambda();
    await bench.startLambda();
    assert.deepEqual(bench.valuesOf("1"), ["a"]);
    await bench.lambda.send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: true }));
    await delivered("1", "c");
    assert.deepEqual(bench.valuesOf("1"), ["a", "b", "c"]);
  });

  it("puts changed settings to work without losing its place", async () => {
    const { name, uuid } = await pipeline({ BatchSize: 1 });
    await bench.put(name, "1", "a", "b");
    await delivered("1", "b");
    await bench.lambda.send(
      new UpdateEventSourceMappingCommand({
        UUID: uuid,
        FilterCriteria: {
          Filters: [{ Pattern: JSON.stringify({ dynamodb: { NewImage: { value: { S: ["d"] } } } }) }],
        },
      }),
    );
    await bench.untilState(uuid, "Enabled");
    await bench.put(name, "1", "c", "d");
    await delivered("1", "d");
    assert.deepEqual(bench.valuesOf("1"), ["a", "b", "d"]);
  });

  it("reads a stream that was disabled to its end, then says so; the table's new stream is another one", async () => {
    const { name, uuid, stream } = await pipeline();
    await bench.put(name, "1", "a");
    await bench.disableStream(name);
    await delivered("1", "a");
    await eventually(
      "the problem",
      async () => ((await bench.lastResult(uuid)).includes("is disabled") ? true : undefined),
      40_000,
    );
    const next = await bench.enableStream(name);
    assert.notEqual(next, stream);
    await bench.createMapping({ EventSourceArn: next, FunctionName: name });
    await bench.put(name, "1", "b");
    await delivered("1", "b");
    assert.deepEqual(bench.valuesOf("1"), ["a", "b"]);
  });

  it("reports a table that is gone", async () => {
    const { name, uuid } = await pipeline();
    await bench.put(name, "1", "a");
    await delivered("1", "a");
    await bench.dynamoDb.send(new DeleteTableCommand({ TableName: name }));
    await eventually(
      "the problem",
      async () => ((await bench.lastResult(uuid)).startsWith("PROBLEM: ") ? true : undefined),
      40_000,
    );
  });

  it("reports a function that is gone, and delivers once it is back", async () => {
    const { name, uuid } = await pipeline();
    await bench.lambda.send(new DeleteFunctionCommand({ FunctionName: name }));
    await bench.put(name, "1", "a");
    await eventually("the problem", async () =>
      (await bench.lastResult(uuid)).startsWith("PROBLEM: Function not found") ? true : undefined,
    );
    await bench.createFunction(name);
    await delivered("1", "a");
  });

  it("delivers the records of a Kinesis stream", async () => {
    const { endpoint, credentials } = bench;
    const kinesis = new KinesisClient({
      endpoint,
      credentials,
      region: "us-east-1",
      requestHandler: new NodeHttpHandler(),
    });
    await kinesis.send(new CreateStreamCommand({ StreamName: "changes", ShardCount: 2 }));
    await bench.createFunction("consumer", {
      "index.js": `exports.handler = async (event) => {
        const records = event.Records.map(({ kinesis, eventID }) => ({
          sequence: eventID, key: kinesis.partitionKey, value: Buffer.from(kinesis.data, "base64").toString(),
        }));
        require("node:fs").appendFileSync(process.env.TRACE_FILE, JSON.stringify({ pid: process.pid, records }) + "\\n");
      };`,
    });
    await bench.createMapping({
      EventSourceArn: "arn:aws:kinesis:us-east-1:000000000000:stream/changes",
      FunctionName: "consumer",
      BatchSize: 10,
    });
    for (const value of ["a", "b", "c"]) {
      for (const PartitionKey of ["1", "2"]) {
        await kinesis.send(
          new PutRecordCommand({ StreamName: "changes", PartitionKey, Data: Buffer.from(value) }),
        );
      }
    }
    for (const id of ["1", "2"]) {
      await delivered(id, "c");
      assert.deepEqual(bench.valuesOf(id), ["a", "b", "c"]);
    }
    assert.match(bench.invocations()[0]?.records[0]?.sequence ?? "", /^shardId-\d{12}:\d+$/);
  });

  it("writes no row into its own log", async () => {
    const secret = "s3cr3t-row-value";
    bench.behave({ throwOn: [secret] });
    const { name } = await pipeline({ MaximumRetryAttempts: 0 });
    await bench.put(name, secret, secret, "after");
    await delivered(secret, "after");
    assert.ok(bench.logText().length > 0);
    assert.ok(!bench.logText().includes(secret));
  });

  it("keeps up with a burst", async () => {
    const { name } = await pipeline({
      BatchSize: 500,
      MaximumBatchingWindowInSeconds: 1,
      ParallelizationFactor: 2,
    });
    const begun = Date.now();
    for (let start = 0; start < 2_000; start += 25) {
      const items = numbered(25, start).map((id) => ({
        PutRequest: { Item: { id: { S: id }, value: { S: "x" } } },
      }));
      await bench.dynamoDb.send(new BatchWriteItemCommand({ RequestItems: { [name]: items } }));
    }
    const written = Date.now() - begun;
    const records = () => bench.invocations().flatMap((invocation) => invocation.records);
    await eventually("2,000 records", () => (records().length >= 2_000 ? true : undefined));
    assert.equal(new Set(records().map(({ key }) => key)).size, 2_000);
    assert.ok(Date.now() - begun < written + 10_000);
  });

  it("says so while MiniStack is away, and goes on when it is back, though that forgets its streams' records", async () => {
    const { name, uuid } = await pipeline();
    await bench.put(name, "1", "a");
    await delivered("1", "a");
    await bench.stopMiniStack();
    await eventually("the problem", async () =>
      (await bench.lastResult(uuid)).startsWith("PROBLEM: DynamoDB stream cannot be read") ? true : undefined,
    );
    await bench.startMiniStack();
    await bench.put(name, "1", "b", "c");
    await delivered("1", "c");
    assert.deepEqual(bench.valuesOf("1"), ["a", "b", "c"]);
    assert.equal(await bench.lastResult(uuid), "OK");
  });
});
