import assert from "node:assert/strict";
import {
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-kinesis";
import { followStream } from "../../../cli/stream/followStream";

/** Streams of one shard and one record each; one that is not listed does not exist. */
function clientOf(streams: Record<string, string>): KinesisClient {
  const send = async (command: { input: { StreamName?: string; ShardIterator?: string } }) => {
    const name = command.input.StreamName ?? command.input.ShardIterator?.split(" ")[0] ?? "";
    const record = streams[name];
    if (record === undefined) {
      throw new ResourceNotFoundException({ message: `stream ${name} not found`, $metadata: {} });
    }
    if (command instanceof ListShardsCommand) {
      return { Shards: [{ ShardId: "0" }] };
    }
    if (command instanceof GetShardIteratorCommand) {
      return { ShardIterator: `${name} start` };
    }
    if (command instanceof GetRecordsCommand) {
      const fresh = command.input.ShardIterator?.endsWith("start");
      return { Records: fresh ? [{ Data: Buffer.from(record) }] : [], NextShardIterator: `${name} end` };
    }
    assert.ok(command instanceof DescribeStreamSummaryCommand);
    return {};
  };
  return { send } as unknown as KinesisClient;
}

describe("followStream", () => {
  it("goes on with the stream that takes the place of one that is gone", async () => {
    const streams: Record<string, string> = { first: "1" };
    const stop = new AbortController();
    const seen: string[] = [];
    let gone = 0;
    await followStream({
      client: clientOf(streams),
      streamName: "first",
      from: "horizon",
      signal: stop.signal,
      onRecord: (data) => {
        seen.push(Buffer.from(data).toString());
        if (seen.length === 1) {
          delete streams.first;
          streams.second = "2";
        } else {
          stop.abort();
        }
      },
      onGone: () => {
        gone += 1;
      },
      currentStream: async () => "second",
    });
    assert.deepEqual([seen, gone], [["1", "2"], 1]);
  });

  it("ends in order when it is told to while there is no stream", async () => {
    const stop = new AbortController();
    await followStream({
      client: clientOf({}),
      streamName: "none",
      from: "horizon",
      signal: stop.signal,
      onRecord: () => assert.fail("there is nothing to read"),
      onGone: () => setImmediate(() => stop.abort()),
      currentStream: async () => undefined,
    });
  });
});
