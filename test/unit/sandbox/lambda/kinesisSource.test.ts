import assert from "node:assert/strict";
import type { AwsHttp } from "../../../../sandbox/awsHttp";
import { compileFilters } from "../../../../sandbox/lambda/mapping/filter";
import { KinesisSource } from "../../../../sandbox/lambda/mapping/kinesisSource";

const STREAM = "arn:aws:kinesis:us-east-1:000000000000:stream/changes";
const CONSUMER = `${STREAM}/consumer/notify:1764244800`;

/** A source that reads one record with this content, and the ARNs that it asked the service about. */
async function readOne(content: string, sourceArn = STREAM) {
  const asked: unknown[] = [];
  const json = async (_service: string, _action: string, body: { StreamARN?: string }) => {
    asked.push(body.StreamARN);
    const Data = Buffer.from(content).toString("base64");
    const record = { SequenceNumber: "1", ApproximateArrivalTimestamp: 1, Data, PartitionKey: "k" };
    return { Records: [record], NextShardIterator: "next", ShardIterator: "first", Shards: [] };
  };
  const source = new KinesisSource({ json } as unknown as AwsHttp, sourceArn, "us-east-1", "role");
  await source.listShards();
  const iterator = await source.iterator("shard", { type: "TRIM_HORIZON" });
  const [first] = (await source.read("shard", iterator)).records;
  return { source, event: first?.event, asked };
}

describe("a Kinesis stream that a mapping reads", () => {
  it("shows filters what the record's bytes say, and its partition key", async () => {
    const { source, event } = await readOne('{"op":"update","source":{"table":"orders"}}\n');
    const passes = (pattern: object) => compileFilters([JSON.stringify(pattern)])(source.filtered(event));
    assert.equal(passes({ data: { source: { table: ["orders"] } } }), true);
    assert.equal(passes({ data: { op: ["insert"] } }), false);
    assert.equal(passes({ partitionKey: ["k"] }), true);
  });

  it("lets no pattern of JSON pass what is none", async () => {
    const { source, event } = await readOne("plain text");
    assert.equal(compileFilters(['{"data":{"op":["update"]}}'])(source.filtered(event)), false);
  });

  it("reads a registered consumer through its stream, and names the consumer in the event", async () => {
    const { event, asked } = await readOne("{}", CONSUMER);
    assert.deepEqual(asked.slice(0, 2), [STREAM, STREAM]);
    assert.equal((event as { eventSourceARN: string }).eventSourceARN, CONSUMER);
  });
});
