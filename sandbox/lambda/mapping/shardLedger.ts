import type { Checkpoint, CheckpointStore } from "./checkpointStore";
import { ShardProgress, type Ticket } from "./shardProgress";
import { compareSequence, type StreamRecord } from "./streamSource";

/** Reading goes no further while so many records, or bytes of them, are read but not done. */
const MAXIMUM_PENDING = { records: 20_000, bytes: 64 * 1024 * 1024 };

/** Reading goes no further while one lane's failure holds the checkpoint so far behind, in records. */
const MAXIMUM_AHEAD = 1_000_000;

/** Which records of a shard are done: kept in memory while its lanes work, and on disk as the shard's checkpoint. */
export class ShardLedger {
  /** The record to resume after; undefined where the shard was never read. */
  readonly resumeAfter: string | undefined;
  private readonly progress = new ShardProgress();
  private readonly tickets = new Map<StreamRecord, Ticket>();
  private pendingBytes = 0;
  private latestSince: number | undefined;
  /** The record up to which each lane is done, now and when reading resumed. */
  private readonly laneDone: (string | null)[];
  private readonly laneResumed: readonly (string | null)[];

  constructor(
    private readonly checkpoints: Pick<CheckpointStore, "read" | "write">,
    private readonly shardId: string,
    private readonly lanes: number,
  ) {
    const checkpoint = checkpoints.read(shardId);
    this.resumeAfter = checkpoint.sequenceNumber;
    this.latestSince = checkpoint.latestSince;
    this.laneResumed =
      checkpoint.lanes?.length === lanes ? checkpoint.lanes : Array.from({ length: lanes }, () => null);
    this.laneDone = [...this.laneResumed];
  }

  /** Whether reading began at LATEST: then it must not begin there again, or it would skip what came meanwhile. */
  get beganAtLatest(): boolean {
    return this.latestSince !== undefined;
  }

  /** Whether every record that was read is done. */
  get settled(): boolean {
    return this.progress.outstanding === 0;
  }

  /** Whether the lanes are so far behind that reading had better wait. */
  get full(): boolean {
    return (
      this.progress.pending > MAXIMUM_PENDING.records ||
      this.pendingBytes > MAXIMUM_PENDING.bytes ||
      this.progress.outstanding > MAXIMUM_AHEAD
    );
  }

  /** Notes that reading begins at LATEST. */
  beginAtLatest(): void {
    // The service tells a record's time to the second.
    this.latestSince = Math.floor(Date.now() / 1000) * 1000;
    this.save();
  }

  /**
   * Notes a record that was read; call in the shard's order.
   * @param wanted whether the mapping's filters let it pass
   * @returns whether it is to be delivered; otherwise it is done
   */
  admit(record: StreamRecord, lane: number, wanted: boolean): boolean {
    const ticket = this.progress.add(record.sequenceNumber);
    const done = this.laneResumed[lane] ?? null;
    const repeated = done !== null && compareSequence(record.sequenceNumber, done) <= 0;
    if (wanted && !repeated && record.arrivedAt >= (this.latestSince ?? 0)) {
      this.tickets.set(record, ticket);
      this.pendingBytes += record.bytes;
      return true;
    }
    if (this.progress.complete([ticket])) {
      this.save();
    }
    return false;
  }

  /** Notes records of one lane that are delivered or given up on, in order. */
  complete(records: StreamRecord[], lane: number): void {
    const tickets: Ticket[] = [];
    for (const record of records) {
      const ticket = this.tickets.get(record);
      if (ticket !== undefined) {
        this.tickets.delete(record);
        this.pendingBytes -= record.bytes;
        this.laneDone[lane] = record.sequenceNumber;
        tickets.push(ticket);
      }
    }
    if (tickets.length > 0) {
      this.progress.complete(tickets);
      this.save();
    }
  }

  /** Notes that the shard is closed and every record of it done. */
  finish(): void {
    this.save({ finished: true });
  }

  private save(more: Checkpoint = {}): void {
    const sequenceNumber = this.progress.checkpoint ?? this.resumeAfter;
    this.checkpoints.write(this.shardId, {
      ...(sequenceNumber === undefined ? {} : { sequenceNumber }),
      ...(this.lanes === 1 ? {} : { lanes: this.laneDone }),
      ...(this.latestSince === undefined ? {} : { latestSince: this.latestSince }),
      ...more,
    });
  }
}
