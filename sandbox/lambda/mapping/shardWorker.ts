import { createHash } from "node:crypto";
import { AwsHttpError } from "../../awsHttp";
import { messageOf } from "../log";
import { BatchProcessor, type ProcessorOptions } from "./batchProcessor";
import type { CheckpointStore } from "./checkpointStore";
import { Lane } from "./lane";
import { Backoff, pause } from "./pause";
import { ShardLedger } from "./shardLedger";
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
  checkpoints: Pick<CheckpointStore, "read" | "write" | "begun">;
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

/** A service that cannot be reached is tried again after so long, doubling, in milliseconds. */
const TROUBLE_MS: [number, number] = [100, 5_000];

/** Reads one shard from its checkpoint to its end and delivers its records through its lanes. */
export class ShardWorker {
  private readonly ledger: ShardLedger;
  private readonly lanes: Lane[];
  private readonly trouble = new Backoff(...TROUBLE_MS);
  private lastRead: string | undefined;
  /** Set while the record read last is no longer in the stream. */
  private fromHorizon = false;
  private idleMs = 0;
  private troubled = false;

  constructor(
    private readonly shardId: string,
    private readonly options: ShardOptions,
  ) {
    this.ledger = new ShardLedger(options.checkpoints, shardId, options.lanes);
    this.lastRead = this.ledger.resumeAfter;
    this.lanes = Array.from({ length: options.lanes }, (_, lane) => {
      const complete = (records: StreamRecord[]) => this.ledger.complete(records, lane);
      return new Lane(
        new BatchProcessor({ ...options, shardId, complete }),
        options.batchSize,
        options.windowMs,
      );
    });
  }

  /** Works until the shard is read to its end and every record is done (then true), or the signal aborts. */
  async run(signal: AbortSignal): Promise<boolean> {
    const stop = new AbortController();
    const forward = () => stop.abort();
    signal.addEventListener("abort", forward);
    if (signal.aborted) {
      stop.abort();
    }
    let failure: { error: unknown } | undefined;
    const lanes = this.lanes.map((lane) =>
      lane.run(stop.signal).catch((error: unknown) => {
        failure ??= { error };
        stop.abort();
      }),
    );
    const atEnd = await this.readAll(stop.signal);
    for (const lane of this.lanes) {
      lane.close();
    }
    await Promise.all(lanes);
    signal.removeEventListener("abort", forward);
    if (failure !== undefined) {
      throw failure.error;
    }
    const finished = atEnd && this.ledger.settled;
    if (finished) {
      this.ledger.finish();
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
      this.ledger.beginAtLatest();
    }
    return iterator;
  }

  private position(): Position {
    if (this.lastRead !== undefined && !this.fromHorizon) {
      return { type: "AFTER_SEQUENCE_NUMBER", sequenceNumber: this.lastRead };
    }
    return this.lastRead === undefined && !this.ledger.beganAtLatest
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
      const lane = this.laneOf(record);
      if (this.ledger.admit(record, lane, this.options.matches(event))) {
        this.lanes[lane]?.push(record);
      }
    }
  }

  private laneOf(record: StreamRecord): number {
    return createHash("md5").update(record.orderingKey).digest().readUInt32BE(0) % this.lanes.length;
  }

  /** Between two reads: not at all after records, ever longer without, and as long as the lanes are behind. */
  private async rest(count: number, signal: AbortSignal): Promise<void> {
    this.idleMs = count > 0 ? 0 : Math.min(IDLE_MS[1], Math.max(IDLE_MS[0], this.idleMs * 2));
    if (this.idleMs > 0) {
      await pause(this.idleMs, signal);
    }
    while (this.ledger.full && !signal.aborted) {
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
      this.options.log(
        "warn",
        `shard ${this.shardId}: record ${this.lastRead} is gone from the stream; going on at its horizon`,
      );
      this.fromHorizon = true;
      return;
    }
    if (!this.troubled) {
      this.options.log("warn", `shard ${this.shardId} cannot be read: ${messageOf(error)}`);
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
}
