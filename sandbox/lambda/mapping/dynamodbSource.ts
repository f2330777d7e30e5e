import type { AwsHttp } from "../../awsHttp";
import type { MappableStream, Position, Shard, StreamPage } from "./streamSource";

interface StreamDescription {
  StreamStatus: string;
  Shards?: {
    ShardId: string;
    ParentShardId?: string;
    SequenceNumberRange?: { EndingSequenceNumber?: string };
  }[];
  LastEvaluatedShardId?: string;
}

interface DynamodbRecord {
  dynamodb: {
    ApproximateCreationDateTime: number;
    Keys: Record<string, unknown>;
    SequenceNumber: string;
  };
}

/** Records of one item share this text, whatever the order in which its key's attributes are written. */
function itemKey(keys: Record<string, unknown>): string {
  return JSON.stringify(Object.entries(keys).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * A DynamoDB stream, read over its JSON protocol: what the service writes is what the function gets, with the
 * stream's ARN added as Lambda does.
 */
export class DynamodbSource implements MappableStream {
  readonly kind = "DynamoDB stream";
  readonly actions = "GetRecords, GetShardIterator, DescribeStream, and ListStreams";
  readonly batchInfoMember = "DDBStreamBatchInfo";
  /** DynamoDB developer guide, "Change data capture for DynamoDB Streams": 24 hours. */
  readonly retentionSeconds = 86_400;

  constructor(
    private readonly aws: AwsHttp,
    private readonly streamArn: string,
  ) {}

  async listShards(): Promise<{ shards: Shard[]; enabled: boolean }> {
    const shards: Shard[] = [];
    let enabled = true;
    let after: string | undefined;
    do {
      const { StreamDescription } = await this.aws.json<{ StreamDescription: StreamDescription }>(
        "dynamodbstreams",
        "DescribeStream",
        { StreamArn: this.streamArn, ...(after === undefined ? {} : { ExclusiveStartShardId: after }) },
      );
      enabled =
        StreamDescription.StreamStatus !== "DISABLED" && StreamDescription.StreamStatus !== "DISABLING";
      for (const shard of StreamDescription.Shards ?? []) {
        shards.push({
          shardId: shard.ShardId,
          parents: shard.ParentShardId === undefined ? [] : [shard.ParentShardId],
          closed: !enabled || shard.SequenceNumberRange?.EndingSequenceNumber !== undefined,
        });
      }
      after = StreamDescription.LastEvaluatedShardId;
    } while (after !== undefined);
    return { shards, enabled };
  }

  async iterator(shardId: string, position: Position): Promise<string> {
    const { ShardIterator } = await this.aws.json<{ ShardIterator: string }>(
      "dynamodbstreams",
      "GetShardIterator",
      {
        StreamArn: this.streamArn,
        ShardId: shardId,
        ShardIteratorType: position.type,
        ...(position.type === "AFTER_SEQUENCE_NUMBER" ? { SequenceNumber: position.sequenceNumber } : {}),
      },
    );
    return ShardIterator;
  }

  async read(_shardId: string, iterator: string): Promise<StreamPage> {
    const { Records, NextShardIterator } = await this.aws.json<{
      Records: DynamodbRecord[];
      NextShardIterator?: string;
    }>("dynamodbstreams", "GetRecords", { ShardIterator: iterator });
    return { records: Records.map((record) => this.convert(record)), next: NextShardIterator };
  }

  async probe(): Promise<void> {
    const TableName = this.streamArn.split("/")[1];
    await this.aws.json("dynamodbstreams", "ListStreams", { TableName, Limit: 1 });
    const { shards } = await this.listShards();
    for (const { shardId } of shards.slice(0, 1)) {
      await this.read(shardId, await this.iterator(shardId, { type: "LATEST" }));
    }
  }

  filtered(event: unknown): unknown {
    return event;
  }

  formatTime(milliseconds: number): string {
    return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
  }

  private convert(record: DynamodbRecord): StreamPage["records"][number] {
    const event = { ...record, eventSourceARN: this.streamArn };
    const text = JSON.stringify(event);
    return {
      event,
      record: {
        sequenceNumber: record.dynamodb.SequenceNumber,
        orderingKey: itemKey(record.dynamodb.Keys),
        arrivedAt: record.dynamodb.ApproximateCreationDateTime * 1000,
        text,
        bytes: Buffer.byteLength(text),
      },
    };
  }
}
