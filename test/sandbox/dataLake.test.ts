import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { ChangeStream } from "../../components/changeStream";
import { DataLake } from "../../components/consumers/dataLake";
import { EncryptionKey } from "../../components/encryptionKey";
import { ConsumerBench } from "../helpers/consumerBench";
import { KinesisRecords } from "../helpers/kinesisRecords";
import { poll } from "../helpers/poll";
import type { BenchStack } from "../helpers/providerBench";

/** The two bytes that gzip begins with. The sandbox's Firehose does not compress; AWS's does. */
const GZIP = Buffer.from([0x1f, 0x8b]);

describe("a data lake in the sandbox", function () {
  this.timeout(120_000);
  const bench = new ConsumerBench();
  let stack: BenchStack;
  let outputs: Record<string, string>;

  const program = async () => {
    const kmsKeyArn = new EncryptionKey("shop", { onDestroy: "delete" }).arn;
    const stream = new ChangeStream("shop", { kmsKeyArn });
    const lake = new DataLake("lake", { streamArn: stream.arn, kmsKeyArn, eventsOnDestroy: "delete" });
    return { stream: stream.name, bucket: lake.bucketName };
  };

  before(async () => {
    await bench.start();
    stack = await bench.stack("lake");
    outputs = (await stack.up(program)).outputs as Record<string, string>;
  });

  after(async () => {
    await stack.destroy();
    await bench.stop();
  });

  /** The text of every object below a folder, by the object's folder. */
  async function texts(prefix: string): Promise<Record<string, string>> {
    const s3 = new S3Client({ ...bench.client, forcePathStyle: true });
    const { Contents = [] } = await s3.send(
      new ListObjectsV2Command({ Bucket: outputs.bucket, Prefix: prefix }),
    );
    const found: Record<string, string> = {};
    for (const { Key = "" } of Contents) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: outputs.bucket, Key }));
      const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
      const text = bytes.subarray(0, 2).equals(GZIP) ? gunzipSync(bytes) : bytes;
      const partition = /(?<=day=)[\d-]+/.test(Key) ? Key.replace(/(day=[\d-]{10}\/).*/, "$1") : prefix;
      found[partition] = (found[partition] ?? "") + text.toString();
    }
    return found;
  }

  it("holds exactly the events of the stream, by schema, table and day", async () => {
    const records = new KinesisRecords();
    const events = [
      records.next({ row: 1 }),
      records.next({ row: 2, op: "insert" }),
      records.next({ table: "products" }),
    ];
    await bench.publish(outputs.stream ?? "", ...events);
    const lines = await poll("three events", async () => {
      const all = await texts("changes/");
      return Object.values(all).join("").split("\n").length === events.length + 1 && all;
    });
    const sent = events.map(({ kinesis }) => Buffer.from(kinesis.data, "base64").toString());
    const folder = (table: string) => `changes/source_schema=public/source_table=${table}/day=2026-11-27/`;
    assert.deepEqual(Object.keys(lines).sort(), [folder("orders"), folder("products")]);
    assert.deepEqual(lines[folder("orders")]?.split("\n").sort(), `${sent[0]}${sent[1]}`.split("\n").sort());
    assert.equal(lines[folder("products")], sent[2]);
  });

  it("keeps apart what is no event, with its content", async () => {
    await bench.publish(outputs.stream ?? "", new KinesisRecords().of("no event", "row"));
    const errors = await poll("the error", async () => {
      const text = Object.values(await texts("errors/")).join("");
      return text !== "" && text;
    });
    assert.equal(Buffer.from(JSON.parse(errors).rawData, "base64").toString(), "no event");
  });

  it("changes nothing when it is deployed again", async () => {
    assert.deepEqual((await stack.up(program)).changes, {});
    assert.deepEqual((await stack.refresh()).changes, {});
  });
});
