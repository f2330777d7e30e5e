import type { AwsHttp } from "../../awsHttp";
import type { MappableStream, Position, Shard, StreamPage } from "./streamSource";

interface KinesisRecord {
  SequenceNumber: string;
  ApproximateArrivalTimestamp: number;
  /** Base64, as in the event. */
  Data: string;
  PartitionKey: string;
}

interface KinesisShard {
  ShardId: string;
  ParentShardId?: string;
  AdjacentParentShardId?: string;
  SequenceNumberRange: { EndingSequenceNumber?: string };
}

/** What follows a stream's ARN in that of a consumer registered with it. */
const CONSUMER = /\/consumer\/[^/]+$/;

/**
 * A Kinesis data stream, read over its JSON protocol. A registered consumer is read through its stream: what is pushed
 * to it is the same, and on this machine there is no throughput to have for oneself.
 */
export class KinesisSource implements MappableStream {
  readonly kind = "Kinesis stream";
  readonly actions = "GetRecords, GetShardIterator, DescribeStream, ListShards, and DescribeStreamSummary";
  readonly batchInfoMember = "KinesisBatchInfo";
  /** The longest retention that a stream can have: what is older is gone from the stream before it is from here. */
  readonly retentionSeconds = 8760 * 3600;

  private readonly streamArn: string;

  /**
   * @param sourceArn the ARN of the stream or of its consumer, which the event names
   * @param role the function's role, which the event names too
   */
  constructor(
    private readonly aws: AwsHttp,
    private readonly sourceArn: string,
    private readonly region: string,
    private readonly role: string,
  ) {
    this.streamArn = sourceArn.replace(CONSUMER, "");
  }

  async listShards(): Promise<{ shards: Shard[]; enabled: boolean }> {
    const shards: Shard[] = [];
    let token: string | undefined;
    do {
      const page: { Shards: KinesisShard[]; NextToken?: string } = await this.aws.json(
        "kinesis",
        "ListShards",
        token === undefined ? { StreamARN: this.streamArn } : { NextToken: token },
      );
      for (const shard of page.Shards) {
        shards.push({
          shardId: shard.ShardId,
          parents: [shard.ParentShardId, shard.AdjacentParentShardId].filter((id) => id !== undefined),
          closed: shard.SequenceNumberRange.EndingSequenceNumber !== undefined,
        });
      }
      token = page.NextToken;
    } while (token !== undefined);
    return { shards, enabled: true };
  }

  async iterator(shardId: string, position: Position): Promise<string> {
    const { ShardIterator } = await this.aws.json<{ ShardIterator: string }>("kinesis", "GetShardIterator", {
      StreamARN: this.streamArn,
      ShardId: shardId,
      ShardIteratorType: position.type,
      ...(position.type === "AFTER_SEQUENCE_NUMBER"
        ? { StartingSequenceNumber: position.sequenceNumber }
        : {}),
      ...(position.type === "AT_TIMESTAMP" ? { Timestamp: position.seconds } : {}),
    });
    return ShardIterator;
  }

  async read(shardId: string, iterator: string): Promise<StreamPage> {
    const { Records, NextShardIterator } = await this.aws.json<{
      Records: KinesisRecord[];
      NextShardIterator?: string | null;
    }>("kinesis", "GetRecords", { ShardIterator: iterator });
    return {
      records: Records.map((record) => this.convert(shardId, record)),
      next: NextShardIterator ?? undefined,
    };
  }

  async probe(): Promise<void> {
    const StreamARN = this.streamArn;
    await this.aws.json("kinesis", "DescribeStream", { StreamARN });
    await this.aws.json("kinesis", "DescribeStreamSummary", { StreamARN });
    const { shards } = await this.listShards();
    for (const { shardId } of shards.slice(0, 1)) {
      await this.read(shardId, await this.iterator(shardId, { type: "LATEST" }));
    }
  }

  filtered(event: unknown): unknown {
    const { kinesis } = event as { kinesis: { data: string } };
    return { ...kinesis, data: content(kinesis.data) };
  }

  formatTime(milliseconds: number): string {
    return new Date(milliseconds).toISOString();
  }

  private convert(shardId: string, record: KinesisRecord): StreamPage["records"][number] {
    const event = {
      kinesis: {
        kinesisSchemaVersion: "1.0",
        partitionKey: record.PartitionKey,
        sequenceNumber: record.SequenceNumber,
        data: record.Data,
        approximateArrivalTimestamp: record.ApproximateArrivalTimestamp,
      },
      eventSource: "aws:kinesis",
      eventVersion: "1.0",
      eventID: `${shardId}:${record.SequenceNumber}`,
      eventName: "aws:kinesis:record",
      invokeIdentityArn: this.role,
      awsRegion: this.region,
      eventSourceARN: this.sourceArn,
    };
    const text = JSON.stringify(event);
    return {
      event,
      record: {
        sequenceNumber: record.SequenceNumber,
        orderingKey: record.PartitionKey,
        arrivedAt: record.ApproximateArrivalTimestamp * 1000,
        text,
        bytes: Buffer.byteLength(text),
      },
    };
  }
}

/** What filters see of a record's bytes: the JSON that they hold, or else their text. */
function content(data: string): unknown {
  const text = Buffer.from(data, "base64").toString();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
