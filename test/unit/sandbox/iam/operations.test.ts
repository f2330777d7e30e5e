import assert from "node:assert/strict";
import type { Need } from "../../../../sandbox/iam/authorizer";
import { type Call, UnknownToken, type World } from "../../../../sandbox/iam/operations/call";
import { serviceOf } from "../../../../sandbox/iam/operations/index";

const TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table";
const STREAM = `${TABLE}/orders/stream/2026-01-01T00:00:00.000`;
const CHANGES = "arn:aws:kinesis:us-east-1:000000000000:stream/changes";
const LOGS = "arn:aws:logs:us-east-1:000000000000:log-group";

/** Every table, stream and bucket has a key called after it, `plain` ones none; keys are used through a service. */
const WORLD: World = {
  streamOf: (token) => ({ "of-orders": STREAM, "of-changes": CHANGES })[token],
  resources: {
    table: async (name: string) => (name === "plain" ? {} : { key: `${name}-key` }),
    stream: async (name: string) => ({ key: `${name}-key` }),
    bucket: async (name: string) => ({ key: `${name}-key`, policy: `policy of ${name}` }),
    secret: async (id: string) => (id === "gone" ? {} : { key: "secret-key", arn: `${id}-arn` }),
    keyUse: async (key: string | undefined, actions: string[], via: string) =>
      key === undefined ? [] : actions.map((action) => ({ action, resource: `${key} via ${via}` })),
  } as unknown as World["resources"],
};

interface Asked extends Partial<Call> {
  target?: string;
  scope?: string;
}

/** The actions and resources, one a line. */
async function needsOf({ target, scope = "", ...call }: Asked): Promise<string[] | undefined> {
  const service = serviceOf(target, scope);
  assert.ok(service);
  const needs = await service.needs(
    {
      session: { role: "r", session: "s", service: "lambda.amazonaws.com" },
      region: "us-east-1",
      method: "POST",
      path: "/",
      query: new URLSearchParams(),
      headers: {},
      operation: target?.split(".")[1] ?? "",
      input: {},
      ...call,
    },
    WORLD,
  );
  return needs?.map(({ action, resource }: Need) => `${action} ${resource}`);
}

const dms = { role: "target", session: "dms-session", service: "dms.amazonaws.com" };
const batch = {
  orders: [{ PutRequest: {} }, { PutRequest: {} }, { DeleteRequest: {} }],
  plain: [{ PutRequest: {} }],
};

describe("what a request needs", () => {
  const cases: [what: string, asked: Asked, needs: string[] | undefined][] = [
    [
      "a message to a topic",
      { scope: "iotdata", path: "/topics/rowstream%2Fa%252Bb%2Fupdate", query: new URLSearchParams("qos=1") },
      ["iot:Publish arn:aws:iot:us-east-1:000000000000:topic/rowstream/a%2Bb/update"],
    ],
    [
      "a message that is kept for who comes later",
      { scope: "iotdata", path: "/topics/t", query: new URLSearchParams("qos=1&retain=true") },
      [
        "iot:Publish arn:aws:iot:us-east-1:000000000000:topic/t",
        "iot:RetainPublish arn:aws:iot:us-east-1:000000000000:topic/t",
      ],
    ],
    ["a device's shadow", { scope: "iotdata", path: "/things/lamp/shadow" }, undefined],
    [
      "the statistics of a task",
      {
        target: "AmazonDMSv20160101.DescribeTableStatistics",
        input: { ReplicationTaskArn: "arn:aws:dms:us-east-1:000000000000:task:T" },
      },
      ["dms:DescribeTableStatistics arn:aws:dms:us-east-1:000000000000:task:T"],
    ],
    [
      "the serverless replications",
      { target: "AmazonDMSv20160101.DescribeReplications" },
      ["dms:DescribeReplications *"],
    ],
    ["a change of a replication", { target: "AmazonDMSv20160101.StopReplicationTask" }, undefined],
    [
      "the mappings of a function",
      { scope: "lambda", method: "GET", path: "/2015-03-31/event-source-mappings" },
      ["lambda:ListEventSourceMappings *"],
    ],
    ["an invocation", { scope: "lambda", path: "/2015-03-31/functions/fan-in/invocations" }, undefined],
    [
      "an item of an encrypted table",
      { target: "DynamoDB_20120810.PutItem", input: { TableName: "orders" } },
      [`dynamodb:PutItem ${TABLE}/orders`, "kms:Decrypt orders-key via dynamodb"],
    ],
    [
      "a table by its ARN, and an index of it",
      { target: "DynamoDB_20120810.Query", input: { TableName: `${TABLE}/plain`, IndexName: "by-day" } },
      [`dynamodb:Query ${TABLE}/plain/index/by-day`],
    ],
    [
      "a table itself",
      { target: "DynamoDB_20120810.DescribeTable", input: { TableName: "orders" } },
      [`dynamodb:DescribeTable ${TABLE}/orders`],
    ],
    ["a list", { target: "DynamoDB_20120810.ListTables" }, ["dynamodb:ListTables *"]],
    [
      "a batch",
      { target: "DynamoDB_20120810.BatchWriteItem", input: { RequestItems: batch } },
      [
        `dynamodb:BatchWriteItem ${TABLE}/orders`,
        "kms:Decrypt orders-key via dynamodb",
        `dynamodb:BatchWriteItem ${TABLE}/plain`,
      ],
    ],
    [
      "a batch of the DMS stand-in's: what DMS calls for each row",
      { target: "DynamoDB_20120810.BatchWriteItem", input: { RequestItems: batch }, session: dms },
      [
        `dynamodb:PutItem ${TABLE}/orders`,
        `dynamodb:DeleteItem ${TABLE}/orders`,
        "kms:Decrypt orders-key via dynamodb",
        `dynamodb:PutItem ${TABLE}/plain`,
      ],
    ],
    [
      "a transaction",
      {
        target: "DynamoDB_20120810.TransactWriteItems",
        input: { TransactItems: [{ Update: { TableName: "plain" } }, { Put: { TableName: "plain" } }] },
      },
      [`dynamodb:UpdateItem ${TABLE}/plain`, `dynamodb:PutItem ${TABLE}/plain`],
    ],
    [
      "a table's stream, by its iterator",
      { target: "DynamoDBStreams_20120810.GetRecords", input: { ShardIterator: "of-orders" } },
      [`dynamodb:GetRecords ${STREAM}`, "kms:Decrypt orders-key via dynamodb"],
    ],
    [
      "records of a stream",
      { target: "Kinesis_20131202.PutRecords", input: { StreamName: "changes" } },
      [`kinesis:PutRecords ${CHANGES}`, "kms:GenerateDataKey changes-key via kinesis"],
    ],
    [
      "a stream, by its iterator",
      { target: "Kinesis_20131202.GetRecords", input: { ShardIterator: "of-changes" } },
      [`kinesis:GetRecords ${CHANGES}`, "kms:Decrypt changes-key via kinesis"],
    ],
    [
      "an object that is put",
      { scope: "s3", method: "PUT", path: "/failures/a%20b/c", query: new URLSearchParams("x-id=PutObject") },
      ["s3:PutObject arn:aws:s3:::failures/a b/c", "kms:GenerateDataKey failures-key via s3"],
    ],
    [
      "an object that is put in parts",
      {
        scope: "s3",
        method: "PUT",
        path: "/failures/c",
        query: new URLSearchParams("partNumber=1&uploadId=u"),
      },
      [
        "s3:PutObject arn:aws:s3:::failures/c",
        "kms:GenerateDataKey failures-key via s3",
        "kms:Decrypt failures-key via s3",
      ],
    ],
    ["a bucket", { scope: "s3", method: "HEAD", path: "/failures" }, ["s3:ListBucket arn:aws:s3:::failures"]],
    [
      "an object's ACL, which is not known",
      { scope: "s3", method: "PUT", path: "/failures/c", query: new URLSearchParams("acl") },
      undefined,
    ],
    [
      "log lines",
      { target: "Logs_20140328.PutLogEvents", input: { logGroupName: "g", logStreamName: "s" } },
      [`logs:PutLogEvents ${LOGS}:g:log-stream:s`],
    ],
    [
      "a log group",
      { target: "Logs_20140328.CreateLogGroup", input: { logGroupName: "g" } },
      [`logs:CreateLogGroup ${LOGS}:g:log-stream:`],
    ],
    [
      "a secret's value",
      { target: "secretsmanager.GetSecretValue", input: { SecretId: "shop" } },
      ["secretsmanager:GetSecretValue shop-arn", "kms:Decrypt secret-key via secretsmanager"],
    ],
    [
      "a secret that is not there",
      { target: "secretsmanager.DescribeSecret", input: { SecretId: "gone" } },
      ["secretsmanager:DescribeSecret arn:aws:secretsmanager:us-east-1:000000000000:secret:gone"],
    ],
    [
      "a queue",
      { target: "AmazonSQS.SendMessage", input: { QueueUrl: "http://127.0.0.1:1/000000000000/q" } },
      ["sqs:SendMessage arn:aws:sqs:us-east-1:000000000000:q"],
    ],
    [
      "a topic",
      { scope: "sns", operation: "Publish", input: { TopicArn: "arn:aws:sns:us-east-1:000000000000:t" } },
      ["sns:Publish arn:aws:sns:us-east-1:000000000000:t"],
    ],
    ["what is not known", { target: "DynamoDB_20120810.ExecuteStatement" }, undefined],
    ["what is not known of a stream", { target: "Kinesis_20131202.DeleteStream" }, undefined],
  ];
  for (const [what, asked, needs] of cases) {
    it(what, async () => assert.deepEqual(await needsOf(asked), needs));
  }

  it("is not guessed where an iterator is unknown", async () => {
    for (const target of ["DynamoDBStreams_20120810.GetRecords", "Kinesis_20131202.GetRecords"]) {
      await assert.rejects(needsOf({ target, input: { ShardIterator: "of-nothing" } }), UnknownToken);
    }
  });
});
