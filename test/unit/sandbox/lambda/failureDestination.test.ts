import assert from "node:assert/strict";
import { failureKey, failureRecord } from "../../../../sandbox/lambda/mapping/failureDestination";
import { FakeStream, fakeRecord } from "../../../helpers/fakeStream";

const NOW = new Date("2026-03-04T05:06:07.089Z");

const MAPPING = { uuid: "u-1", functionArn: "arn:f", streamArn: "arn:s", source: new FakeStream() };

describe("failureKey", () => {
  it("has the layout that AWS documents", () => {
    assert.match(
      failureKey("u-1", "shard-1", NOW),
      /^aws\/lambda\/u-1\/shard-1\/2026\/03\/04\/2026-03-04T05\.06\.07-[0-9a-f-]{36}$/,
    );
  });
});

describe("failureRecord", () => {
  const records = [fakeRecord(1, "k", 1_000), fakeRecord(2, "k", 2_000)];

  it("tells which records were given up on and why, without the records", () => {
    const lastInvocation = { requestId: "r-1", functionError: "Unhandled" };
    const given = {
      condition: "RetryAttemptsExhausted" as const,
      records,
      shardId: "shard-1",
      invocations: 4,
      lastInvocation,
    };
    assert.deepEqual(failureRecord(MAPPING, given, NOW), {
      requestContext: {
        requestId: "r-1",
        functionArn: "arn:f",
        condition: "RetryAttemptsExhausted",
        approximateInvokeCount: 4,
      },
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      version: "1.0",
      timestamp: "2026-03-04T05:06:07.089Z",
      DDBStreamBatchInfo: {
        shardId: "shard-1",
        startSequenceNumber: "1001",
        endSequenceNumber: "1002",
        approximateArrivalOfFirstRecord: "1970-01-01T00:00:01.000Z",
        approximateArrivalOfLastRecord: "1970-01-01T00:00:02.000Z",
        batchSize: 2,
        streamArn: "arn:s",
      },
    });
  });

  it("has no response where the records were never delivered", () => {
    const given = {
      condition: "RecordAgeExceeded" as const,
      records,
      shardId: "s",
      invocations: 0,
      lastInvocation: undefined,
    };
    assert.equal(failureRecord(MAPPING, given, NOW).responseContext, undefined);
  });
});
