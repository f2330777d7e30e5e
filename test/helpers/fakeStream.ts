import { AwsHttpError } from "../../sandbox/awsHttp";
import type { Checkpoint } from "../../sandbox/lambda/mapping/checkpointStore";
import type {
  Position,
  Shard,
  StreamPage,
  StreamRecord,
  StreamSource,
} from "../../sandbox/lambda/mapping/streamSource";

/** A record of a fake stream: its place in the shard, and the key whose order counts. */
export function fakeRecord(index: number, key = "k", arrivedAt = Date.now()): StreamRecord {
  const text = JSON.stringify({ n: index, key });
  return { sequenceNumber: String(1000 + index), orderingKey: key, arrivedAt, text, bytes: text.length };
}

/** A stream in memory. Iterators are positions: `<shard>:<index of the next record>`. */
export class FakeStream implements StreamSource {
  readonly kind = "DynamoDB stream";
  readonly batchInfoMember = "DDBStreamBatchInfo";
  readonly retentionSeconds = 86_400;
  readonly shards = new Map<string, { shard: Shard; records: StreamRecord[] }>();
  enabled = true;
  /** What the next calls throw, in order. */
  readonly faults: { call: "iterator" | "read"; error: Error }[] = [];
  /** The positions that iterators were asked for. */
  readonly positions: { shardId: string; position: Position }[] = [];

  constructor(private readonly pageSize = 1000) {}

  add(shardId: string, records: StreamRecord[], options: Partial<Shard> = {}): void {
    this.shards.set(shardId, { shard: { shardId, parents: [], closed: true, ...options }, records });
  }

  async listShards(): Promise<{ shards: Shard[]; enabled: boolean }> {
    return { shards: [...this.shards.values()].map(({ shard }) => shard), enabled: this.enabled };
  }

  async iterator(shardId: string, position: Position): Promise<string> {
    this.fail("iterator");
    this.positions.push({ shardId, position });
    const { records } = this.shardOf(shardId);
    switch (position.type) {
      case "LATEST":
        return `${shardId}:${records.length}`;
      case "AFTER_SEQUENCE_NUMBER": {
        const index = records.findIndex(({ sequenceNumber }) => sequenceNumber === position.sequenceNumber);
        if (index === -1) {
          throw new AwsHttpError("TrimmedDataAccessException", "trimmed", 400);
        }
        return `${shardId}:${index + 1}`;
      }
      default:
        return `${shardId}:0`;
    }
  }

  async read(shardId: string, iterator: string): Promise<StreamPage> {
    this.fail("read");
    const start = Number(iterator.split(":")[1]);
    const { records, shard } = this.shardOf(shardId);
    const page = records.slice(start, start + this.pageSize);
    const end = start + page.length;
    return {
      records: page.map((record) => ({ record, event: JSON.parse(record.text) as unknown })),
      next: shard.closed && end === records.length ? undefined : `${shardId}:${end}`,
    };
  }

  filtered(event: unknown): unknown {
    return event;
  }

  formatTime(milliseconds: number): string {
    return new Date(milliseconds).toISOString();
  }

  private shardOf(shardId: string): { shard: Shard; records: StreamRecord[] } {
    const found = this.shards.get(shardId);
    if (found === undefined) {
      throw new AwsHttpError("ResourceNotFoundException", "no such shard", 400);
    }
    return found;
  }

  private fail(call: "iterator" | "read"): void {
    if (this.faults[0]?.call === call) {
      throw this.faults.shift()?.error;
    }
  }
}

/** Checkpoints in memory, with every one ever written. */
export class FakeCheckpoints {
  readonly written: { shardId: string; checkpoint: Checkpoint }[] = [];
  private readonly current = new Map<string, Checkpoint>();

  get begun(): boolean {
    return this.current.size > 0;
  }

  read(shardId: string): Checkpoint {
    return this.current.get(shardId) ?? {};
  }

  write(shardId: string, checkpoint: Checkpoint): void {
    this.current.set(shardId, checkpoint);
    this.written.push({ shardId, checkpoint });
  }
}
