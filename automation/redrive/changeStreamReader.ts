import {
  DescribeStreamSummaryCommand,
  ExpiredIteratorException,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  type KinesisClient,
  KMSThrottlingException,
  ListShardsCommand,
  ProvisionedThroughputExceededException,
  type Shard,
} from "@aws-sdk/client-kinesis";
import { pause, throwIfAborted } from "../poll";

/** What the change stream is like. */
export interface StreamFacts {
  /**
   * The time from which on the stream holds every record, in milliseconds since 1970. Records of before the stream
   * was made are none, so a stream that has not let go of any yet holds them all: then it is 0.
   */
  holdsFrom: number;
  /** The largest record that it accepts, in bytes. */
  maxRecordBytes: number;
}

/** Gets the records of a stream, those of one shard in order and a shard's behind those of its parents. */
export type OnStreamRecord = (partitionKey: string, data: Uint8Array) => void;

const HOUR_MS = 3_600_000;
const DEFAULT_RECORD_KIB = 1024;

// A shard answers five reads a second, for all its readers together (Amazon Kinesis API, GetRecords).
const PAGE_PAUSE_MS = 250;
const THROTTLED_PAUSE_MS = 1_000;

/** Asks a stream for what {@link StreamFacts} tells. */
export async function streamFacts(client: KinesisClient, streamName: string): Promise<StreamFacts> {
  const { StreamDescriptionSummary: summary } = await client.send(
    new DescribeStreamSummaryCommand({ StreamName: streamName }),
  );
  const horizon = Date.now() - (summary?.RetentionPeriodHours ?? 24) * HOUR_MS;
  const made = summary?.StreamCreationTimestamp?.getTime() ?? 0;
  return {
    holdsFrom: made >= horizon ? 0 : horizon,
    maxRecordBytes: (summary?.MaxRecordSizeInKiB ?? DEFAULT_RECORD_KIB) * 1024,
  };
}

/** Where the reading of one shard stands. */
interface Place {
  /** Undefined where an iterator must be asked for. */
  iterator: string | undefined;
  after: string | undefined;
  /** Whether the shard is closed and read to its end. */
  done: boolean;
}

/** Reads a stream up to its tip, again and again, each time from where it was left. */
export class ChangeStreamReader {
  private readonly places = new Map<string, Place>();

  /** @param from the time to begin at, in milliseconds since 1970 */
  constructor(
    private readonly client: KinesisClient,
    private readonly streamName: string,
    private readonly from: number,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Reads every shard to its tip. */
  async readToTip(onRecord: OnStreamRecord): Promise<void> {
    let waiting = await this.shards();
    while (waiting.length > 0) {
      const ids = new Set(waiting.map(({ ShardId }) => ShardId));
      const ready = waiting.filter(
        ({ ParentShardId, AdjacentParentShardId }) =>
          !ids.has(ParentShardId ?? "") && !ids.has(AdjacentParentShardId ?? ""),
      );
      await Promise.all(ready.map(({ ShardId = "" }) => this.readShard(ShardId, onRecord)));
      waiting = waiting.filter((shard) => !ready.includes(shard));
    }
  }

  private async readShard(id: string, onRecord: OnStreamRecord): Promise<void> {
    const place = this.places.get(id) ?? { iterator: undefined, after: undefined, done: false };
    this.places.set(id, place);
    while (!place.done) {
      throwIfAborted(this.signal);
      const page = await this.page(id, place);
      if (page === undefined) {
        continue;
      }
      for (const { PartitionKey = "", Data = new Uint8Array(), SequenceNumber } of page.Records ?? []) {
        onRecord(PartitionKey, Data);
        place.after = SequenceNumber ?? place.after;
      }
      place.iterator = page.NextShardIterator;
      place.done = page.NextShardIterator === undefined;
      if ((page.MillisBehindLatest ?? 0) === 0) {
        return;
      }
      await pause(PAGE_PAUSE_MS, this.signal);
    }
  }

  /** One page; undefined where it must be asked for again. */
  private async page(id: string, place: Place): Promise<GetRecordsCommandOutput | undefined> {
    try {
      place.iterator ??= await this.iterator(id, place.after);
      return await this.client.send(new GetRecordsCommand({ ShardIterator: place.iterator }));
    } catch (error) {
      if (error instanceof ExpiredIteratorException) {
        place.iterator = undefined;
        return undefined;
      }
      if (
        error instanceof ProvisionedThroughputExceededException ||
        error instanceof KMSThrottlingException
      ) {
        await pause(THROTTLED_PAUSE_MS, this.signal);
        return undefined;
      }
      throw error;
    }
  }

  private async iterator(id: string, after: string | undefined): Promise<string | undefined> {
    const start =
      after === undefined
        ? { ShardIteratorType: "AT_TIMESTAMP" as const, Timestamp: new Date(this.from) }
        : { ShardIteratorType: "AFTER_SEQUENCE_NUMBER" as const, StartingSequenceNumber: after };
    const { ShardIterator } = await this.client.send(
      new GetShardIteratorCommand({ StreamName: this.streamName, ShardId: id, ...start }),
    );
    return ShardIterator;
  }

  private async shards(): Promise<Shard[]> {
    const shards: Shard[] = [];
    let token: string | undefined;
    do {
      const input = token === undefined ? { StreamName: this.streamName } : { NextToken: token };
      const page: { Shards?: Shard[] | undefined; NextToken?: string | undefined } = await this.client.send(
        new ListShardsCommand(input),
      );
      shards.push(...(page.Shards ?? []));
      token = page.NextToken;
    } while (token !== undefined);
    return shards;
  }
}
