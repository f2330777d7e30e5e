import assert from "node:assert/strict";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { waitingFailures } from "../../../../automation/status/failures";

/** A bucket of these objects, of which a page holds as many as a page of S3 does. */
function bucket(keys: string[]): S3Client {
  const send = async (command: unknown) => {
    assert.ok(command instanceof ListObjectsV2Command);
    const found = keys.filter((key) => key.startsWith(command.input.Prefix ?? ""));
    return {
      Contents: found.slice(0, 1000).map((Key, index) => ({ Key, LastModified: new Date(index * 1000) })),
      IsTruncated: found.length > 1000,
    };
  };
  return Object.assign(new S3Client({ region: "us-east-1" }), { send });
}

describe("waitingFailures", () => {
  it("has nothing to tell of an empty bucket, and of what was redriven", async () => {
    const { status, byMapping } = await waitingFailures(bucket(["redriven/aws/lambda/m1/shard/x"]), "b");
    assert.deepEqual(status, { bucket: "b", batches: 0, unprocessable: 0, more: false });
    assert.equal(byMapping.size, 0);
  });

  it("counts batches by their mapping, and records that could not become events", async () => {
    const keys = ["aws/lambda/m1/s/1", "aws/lambda/m1/s/2", "aws/lambda/m2/s/1", "unprocessable/orders/1"];
    const { status, byMapping } = await waitingFailures(bucket(keys), "b");
    assert.deepEqual(status, {
      bucket: "b",
      batches: 3,
      unprocessable: 1,
      more: false,
      lastAt: "1970-01-01T00:00:02.000Z",
    });
    assert.deepEqual(
      [...byMapping],
      [
        ["m1", 2],
        ["m2", 1],
      ],
    );
  });

  it("says that there are more than it counted", async () => {
    const keys = Array.from({ length: 1001 }, (_, index) => `aws/lambda/m1/s/${index}`);
    const { status } = await waitingFailures(bucket(keys), "b");
    assert.deepEqual([status.batches, status.more], [1000, true]);
  });
});
