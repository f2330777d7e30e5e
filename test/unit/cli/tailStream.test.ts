import assert from "node:assert/strict";
import {
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  ProvisionedThroughputExceededException,
  type Shard,
} from "@aws-sdk/client-kinesis";
import { tailStream } from "../../../cli/stream/tailStream";

/** A stream in memory: shards with parents and records; a shard ends where it is closed. */
class FakeStream {
  readonly shards = new Map<string, { parents: string[]; closed: boolean; records: string[] }>();
  /** Errors that the next calls of GetRecords answer with. */
  readonly failures: (Error | undefined)[] = [];
  iterators: string[] = [];

  add(id: string, parents: string[] = []): this {
    for (const parent of parents) {
      const shard = this.shards.get(parent);
      assert.ok(shard);
      shard.closed = true;
    }
    this.shards.set(id, { parents, closed: false, records: [] });
    return this;
  }

  put(id: string, ...records: string[]): this {
    this.shards.get(id)?.records.push(...records);
    return this;
  }

  get client(): KinesisClient {
    return { send: async (command: unknown) => this.answer(command) } as unknown as KinesisClient;
  }

  private answer(command: unknown): unknown {
    if (command instanceof ListShardsCommand) {
      return { Shards: [...this.shards].map(([id, shard]) => describe_(id, shard)) };
    }
    if (command instanceof GetShardIteratorCommand) {
      const { ShardId = "", ShardIteratorType, StartingSequenceNumber } = command.input;
      this.iterators.push(`${ShardId} ${ShardIteratorType}`);
      const end = this.shards.get(ShardId)?.records.length ?? 0;
      const at =
        ShardIteratorType === "LATEST" || ShardIteratorType === "AT_TIMESTAMP"
          ? end
          : StartingSequenceNumber === undefined
            ? 0
            : Number(StartingSequenceNumber) + 1;
      return { ShardIterator: `${ShardId}:${at}` };
    }
    assert.ok(command instanceof GetRecordsCommand);
    const failure = this.failures.shift();
    if (failure) {
      throw failure;
    }
    const [id = "", position] = (command.input.ShardIterator ?? "").split(":");
    const shard = this.shards.get(id);
    const records = shard?.records.slice(Number(position)) ?? [];
    return {
      Records: records.map((text, index) => ({
        Data: Buffer.from(text),
        SequenceNumber: String(Number(position) + index),
      })),
      NextShardIterator: shard?.closed ? undefined : `${id}:${shard?.records.length}`,
      MillisBehindLatest: 0,
    };
  }
}

function describe_(id: string, shard: { parents: string[]; closed: boolean }): Shard {
  return {
    ShardId: id,
    HashKeyRange: { StartingHashKey: "0", EndingHashKey: "1" },
    ParentShardId: shard.parents[0],
    AdjacentParentShardId: shard.parents[1],
    SequenceNumberRange: {
      StartingSequenceNumber: "0",
      ...(shard.closed && { EndingSequenceNumber: "9" }),
    },
  };
}

function throttled(): Error {
  return new ProvisionedThroughputExceededException({ message: "slow down", $metadata: {} });
}

/** Reads until so many records have come. */
async function read(stream: FakeStream, from: "now" | "horizon", count: number, onStarted?: () => void) {
  const stop = new AbortController();
  const seen: string[] = [];
  await tailStream({
    client: stream.client,
    streamName: "s",
    from,
    signal: stop.signal,
    ...(onStarted && { onStarted }),
    onRecord: (data) => {
      seen.push(Buffer.from(data).toString());
      if (seen.length === count) {
        stop.abort();
      }
    },
  });
  return seen;
}

describe("tailStream", () => {
  it("reads what the stream holds, in the order of the shard", async () => {
    const stream = new FakeStream().add("a").put("a", "1", "2", "3");
    assert.deepEqual(await read(stream, "horizon", 3), ["1", "2", "3"]);
  });

  it("reads from now on only what is written after it has started", async () => {
    const stream = new FakeStream().add("a").put("a", "old");
    assert.deepEqual(await read(stream, "now", 1, () => stream.put("a", "new")), ["new"]);
  });

  it("reads a closed shard out before its children", async () => {
    const stream = new FakeStream()
      .add("a")
      .put("a", "1", "2")
      .add("b", ["a"])
      .add("c", ["a"])
      .put("b", "3")
      .put("c", "4");
    const seen = await read(stream, "horizon", 4);
    assert.deepEqual(seen.slice(0, 2), ["1", "2"]);
    assert.deepEqual(seen.slice(2).sort(), ["3", "4"]);
  });

  it("reads the child of two merged shards once, after both", async () => {
    const stream = new FakeStream()
      .add("a")
      .add("b")
      .put("a", "1")
      .put("b", "2")
      .add("c", ["a", "b"])
      .put("c", "3");
    // The second parent is held up: the child must wait for it.
    stream.failures.push(undefined, throttled());
    const seen = await read(stream, "horizon", 3);
    assert.deepEqual(seen, ["1", "2", "3"]);
    assert.equal(stream.iterators.filter((call) => call.startsWith("c ")).length, 1);
  });

  it("follows a reshard that happens while it reads from now on", async () => {
    const stream = new FakeStream().add("a");
    const seen = await read(stream, "now", 2, () => stream.put("a", "1").add("b", ["a"]).put("b", "2"));
    assert.deepEqual(seen, ["1", "2"]);
    assert.ok(stream.iterators.includes("b TRIM_HORIZON"));
  });

  it("takes up the place behind the last record when its iterator has expired", async () => {
    const stream = new FakeStream().add("a").put("a", "1");
    const stop = new AbortController();
    const seen: string[] = [];
    await tailStream({
      client: stream.client,
      streamName: "s",
      from: "horizon",
      signal: stop.signal,
      onRecord: (data) => {
        seen.push(Buffer.from(data).toString());
        if (seen.length === 1) {
          stream.put("a", "2");
          stream.failures.push(new ExpiredIteratorException({ message: "expired", $metadata: {} }));
        } else {
          stop.abort();
        }
      },
    });
    assert.deepEqual(seen, ["1", "2"]);
    assert.ok(stream.iterators.includes("a AFTER_SEQUENCE_NUMBER"));
  });

  it("goes on after it was throttled", async () => {
    const stream = new FakeStream().add("a").put("a", "1");
    stream.failures.push(throttled());
    assert.deepEqual(await read(stream, "horizon", 1), ["1"]);
  });

  it("ends with the error where reading fails for good", async () => {
    const stream = new FakeStream().add("a").add("b");
    stream.failures.push(new Error("no such stream"));
    await assert.rejects(read(stream, "horizon", 1), /no such stream/);
  });
});
