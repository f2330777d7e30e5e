import { createHash } from "node:crypto";
import { AwsHttpError } from "../awsHttp";
import { log, messageOf } from "../log";
import { BatchProcessor, type ProcessorOptions } from "./batchProcessor";
import type { Checkpoint, CheckpointStore } from "./checkpointStore";
import { Lane } from "./lane";
import { Backoff, pause } from "./pause";
import { ShardProgress, type Ticket } from "./shardProgress";
import {
  compareSequence,
  type Position,
  type StreamPage,
  type StreamRecord,
  type StreamSource,
} from "./streamSource";

/** What the reading of one shard is given. */
export interface ShardOptions extends Omit<ProcessorOptions, "complete" | "shardId"> {
  source: StreamSource;
  checkpoints: CheckpointStore;
  /** Where to begin without a checkpoint. */
  start: Position;
  batchSize: number;
  windowMs: number;
  lanes: number;
  /** Whether the function is to see an event; the others are done as soon as they are read. */
  matches(event: unknown): boolean;
}

/** An empty read is followed by a wait that grows from the first to the second, in milliseconds: AWS polls 4 times a second. */
const IDLE_MS: [number, number] = [20, 250];

/** The reader waits while so many records are read but not done. */
const MAXIMUM_OUTSTANDING = 20_000;

/** A service that cannot be reached is tried again after so long, doubling, in milliseconds. */
const TROUBLE_MS: [number, number] = [100, 5_000];

/** Reads one shard from its checkpoint to its end and delivers its records through its lanes. */
export class ShardWorker {
  private readonly progress = new ShardProgress();
  private readonly tickets = new Map<StreamRecord, Ticket>();
  private readonly lanes: Lane[];
  private readonly trouble = new Backoff(...TROUBLE_MS);
  /** The checkpoint that reading resumed after. */
  private readonly resumedAfter: string | undefined;
  private lastRead: string | undefined;
  private latestSince: number | undefined;
  /** Set while the record read last is no longer in the stream. */
  private fromHorizon = false;
  private idleMs = 0;
  private troubled = false;

  constructor(
    private readonly shardId: string,
    private readonly options: ShardOptions,
  ) {
    const processor = () =>
      new BatchProcessor({ ...options, shardId, complete: (records) => this.complete(records) });
    this.lanes = Array.from(
      { length: options.lanes },
      () => new Lane(processor(), options.batchSize, options.windowMs),
    );
    const checkpoint = options.checkpoints.read(shardId);
    this.resumedAfter = checkpoint.sequenceNumber;
    this.lastRead = checkpoint.sequenceNumber;
    this.latestSince = checkpoint.latestSince;
  }

  /** Works until the shard is read to its end and every record is done (then true), or the signal aborts. */
  async run(signal: AbortSignal): Promise<boolean> {
    const lanes = this.lanes.map((lane) => lane.run(signal));
    const atEnd = await this.readAll(signal);
    for (const lane of this.lanes) {
      lane.close();
    }
    await Promise.all(lanes);
    const finished = atEnd && this.progress.outstanding === 0;
    if (finished) {
      this.save({ finished: true });
    }
    return finished;
  }

  /** @returns whether the end of the shard was reached */
  private async readAll(signal: AbortSignal): Promise<boolean> {
    let iterator: string | undefined;
    while (!signal.aborted) {
      try {
        iterator ??= await this.begin();
        const page = await this.options.source.read(this.shardId, iterator);
        this.onAnswer();
        this.take(page);
        iterator = page.next;
        if (iterator === undefined) {
          return true;
        }
        await this.rest(page.records.length, signal);
      } catch (error) {
        iterator = undefined;
        await this.onTrouble(error, signal);
      }
    }
    return false;
  }

  private async begin(): Promise<string> {
    const position = this.position();
    const iterator = await this.options.source.iterator(this.shardId, position);
    if (position.type === "LATEST") {
      // Without this, reading that has to begin again before the first record would skip what came meanwhile.
      this.latestSince = Math.floor(Date.now() / 1000) * 1000;
      this.save();
    }
    return iterator;
  }

  private position(): Position {
    if (this.lastRead !== undefined && !this.fromHorizon) {
      return { type: "AFTER_SEQUENCE_NUMBER", sequenceNumber: this.lastRead };
    }
    return this.lastRead === undefined && this.latestSince === undefined
      ? this.options.start
      : { type: "TRIM_HORIZON" };
  }

  private take(page: StreamPage): void {
    for (const { record, event } of page.records) {
      // After data was trimmed, reading begins again at the horizon, and may repeat what is done.
      if (this.lastRead !== undefined && compareSequence(record.sequenceNumber, this.lastRead) <= 0) {
        continue;
      }
      this.lastRead = record.sequenceNumber;
      const ticket = this.progress.add(record.sequenceNumber);
      if (record.arrivedAt >= (this.latestSince ?? 0) && this.options.matches(event)) {
        this.tickets.set(record, ticket);
        this.laneOf(record).push(record);
      } else if (this.progress.complete([ticket])) {
        this.save();
      }
    }
  }

  private laneOf(record: StreamRecord): Lane {
    const digest = createHash("md5").update(record.orderingKey).digest();
    return this.lanes[digest.readUInt32BE(0) % this.lanes.length] as Lane;
  }

  /** Between two reads: not at all after records, ever longer without, and as long as the lanes are behind. */
  private async rest(count: number, signal: AbortSignal): Promise<void> {
    this.idleMs = count > 0 ? 0 : Math.min(IDLE_MS[1], Math.max(IDLE_MS[0], this.idleMs * 2));
    if (this.idleMs > 0) {
      await pause(this.idleMs, signal);
    }
    while (this.progress.outstanding > MAXIMUM_OUTSTANDING && !signal.aborted) {
      await pause(IDLE_MS[0], signal);
    }
  }

  private async onTrouble(error: unknown, signal: AbortSignal): Promise<void> {
    const code = error instanceof AwsHttpError ? error.code : "";
    if (code === "ExpiredIteratorException" && !this.troubled) {
      this.troubled = true;
      return;
    }
    if (code === "TrimmedDataAccessException" && !this.fromHorizon) {
      log(
        "warn",
        `shard ${this.shardId}: record ${this.lastRead} is gone from the stream; going on at its horizon`,
      );
      this.fromHorizon = true;
      return;
    }
    if (!this.troubled) {
      log("warn", `shard ${this.shardId} cannot be read: ${messageOf(error)}`);
    }
    this.troubled = true;
    this.options.report(`PROBLEM: ${this.options.source.kind} cannot be read: ${messageOf(error)}`);
    await pause(this.trouble.next(), signal);
  }

  private onAnswer(): void {
    this.fromHorizon = false;
    if (this.troubled) {
      this.troubled = false;
      this.trouble.reset();
      this.options.report("OK");
    }
  }

  private complete(records: StreamRecord[]): void {
    const tickets: Ticket[] = [];
    for (const record of records) {
      const ticket = this.tickets.get(record);
      if (ticket !== undefined) {
        this.tickets.delete(record);
        tickets.push(ticket);
      }
    }
    if (this.progress.complete(tickets)) {
      this.save();
    }
  }

  private save(more: Checkpoint = {}): void {
    const sequenceNumber = this.progress.checkpoint ?? this.resumedAfter;
    this.options.checkpoints.write(this.shardId, {
      ...(sequenceNumber === undefined ? {} : { sequenceNumber }),
      ...(this.latestSince === undefined ? {} : { latestSince: this.latestSince }),
      ...more,
    });
  }
}
