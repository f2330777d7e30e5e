import type { PutRecords } from "../../functions/publish";
import { MAX_CALL_BYTES, MAX_CALL_RECORDS, type OutgoingRecord, sizeOf } from "../../functions/rowQueue";
import { turn, type VirtualTime } from "./virtualTime";

/** How often each fault strikes, from 0 (never) to below 1. */
export interface KinesisFaults {
  /** An entry of a call fails, while those behind it may succeed. */
  entry: number;
  /** A call fails before it does anything. */
  call: number;
  /** A call does its work, and its answer is lost. */
  answer: number;
  /** A call is given up by the client, and does its work later, while others are made. */
  late: number;
}

export const NO_FAULTS: KinesisFaults = { entry: 0, call: 0, answer: 0, late: 0 };

/**
 * A change stream that promises no more than Kinesis does: a call's entries arrive in any order, each may fail by
 * itself, and a call that the client takes for failed may have worked, or may yet.
 */
export class FakeKinesis {
  /** What the stream holds, in its order. */
  readonly stream: OutgoingRecord[] = [];
  /** Rules of PutRecords, or of order, that a caller broke. */
  readonly violations: string[] = [];
  readonly callSizes: number[] = [];
  /** The rows in flight by invocation, which its signal stands for: what one left behind is none of the next one's. */
  private readonly inFlight = new WeakMap<AbortSignal, Set<string>>();
  private readonly pending: Promise<void>[] = [];

  constructor(
    private readonly random: () => number,
    private readonly time: VirtualTime,
    public faults: KinesisFaults = NO_FAULTS,
  ) {}

  readonly putRecords: PutRecords = async (records, signal) => {
    const inFlight = this.inFlight.get(signal) ?? new Set();
    this.inFlight.set(signal, inFlight);
    this.check(records, inFlight);
    for (const { partitionKey } of records) {
      inFlight.add(partitionKey);
    }
    try {
      return await this.answer(records);
    } finally {
      for (const { partitionKey } of records) {
        inFlight.delete(partitionKey);
      }
    }
  };

  /** Waits for the calls that do their work late. */
  async settle(): Promise<void> {
    await Promise.all(this.pending);
  }

  private async answer(records: readonly OutgoingRecord[]): Promise<(string | null)[]> {
    await this.pass();
    if (this.strikes("call")) {
      throw new Error("the connection was refused");
    }
    if (this.strikes("late")) {
      this.pending.push(this.workLate(records));
      throw new Error("the request timed out");
    }
    const errors = await this.work(records);
    if (this.strikes("answer")) {
      throw new Error("the connection was reset");
    }
    return errors;
  }

  private async workLate(records: readonly OutgoingRecord[]): Promise<void> {
    for (let turns = this.random() * 20; turns > 0; turns -= 1) {
      await turn();
    }
    await this.work(records);
  }

  private async work(records: readonly OutgoingRecord[]): Promise<(string | null)[]> {
    const errors: (string | null)[] = records.map(() => null);
    for (const index of this.shuffled(records.length)) {
      if (this.random() < 0.1) {
        await turn();
      }
      if (this.strikes("entry")) {
        errors[index] = "ProvisionedThroughputExceededException";
      } else {
        this.stream.push(records[index] as OutgoingRecord);
      }
    }
    return errors;
  }

  private check(records: readonly OutgoingRecord[], inFlight: ReadonlySet<string>): void {
    this.callSizes.push(records.length);
    const keys = records.map(({ partitionKey }) => partitionKey);
    if (new Set(keys).size < keys.length) {
      this.violations.push("two records of one row in a call");
    }
    if (keys.some((key) => inFlight.has(key))) {
      this.violations.push("two records of one row in flight");
    }
    if (records.length === 0 || records.length > MAX_CALL_RECORDS) {
      this.violations.push(`${records.length} records in a call`);
    }
    if (records.reduce((sum, record) => sum + sizeOf(record), 0) > MAX_CALL_BYTES) {
      this.violations.push("too many bytes in a call");
    }
  }

  private async pass(): Promise<void> {
    this.time.advance(1 + this.random() * 50);
    for (let turns = this.random() * 3; turns > 0; turns -= 1) {
      await turn();
    }
  }

  private strikes(fault: keyof KinesisFaults): boolean {
    return this.random() < this.faults[fault];
  }

  private shuffled(length: number): number[] {
    const indexes = Array.from({ length }, (_, index) => index);
    for (let last = length - 1; last > 0; last -= 1) {
      const other = Math.floor(this.random() * (last + 1));
      [indexes[last], indexes[other]] = [indexes[other] as number, indexes[last] as number];
    }
    return indexes;
  }
}
