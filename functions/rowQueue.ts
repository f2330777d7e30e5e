/** A record on its way to the change stream. */
export interface OutgoingRecord {
  /** Names the row: records of one partition key keep their order. */
  partitionKey: string;
  /** The event in UTF-8. */
  data: Uint8Array;
}

/** Kinesis Data Streams API reference, PutRecords: at most 500 records, and 10 MiB with the partition keys. */
export const MAX_CALL_RECORDS = 500;
export const MAX_CALL_BYTES = 10 * 1024 * 1024;

/** What a record counts towards the limits of the stream and of a call. */
export function sizeOf({ partitionKey, data }: OutgoingRecord): number {
  return data.byteLength + Buffer.byteLength(partitionKey);
}

const NONE = -1;

/**
 * Hands out the records of a batch, call by call, under the one rule that keeps a row's events in order: a record
 * may be taken only when every earlier record of its row is known to be published. So no row ever has two records
 * in flight, be it in one PutRecords call (which may fail any of its records and goes on with the rest) or in
 * several at once.
 */
export class RowQueue {
  /** For each record the next one of the same row, or NONE. */
  private readonly next: Int32Array;
  private readonly published: Uint8Array;
  /** Records that may be taken for the first time, in the order in which they became free. */
  private readonly free: number[] = [];
  private freeCursor = 0;
  /** Records that failed and may be taken again; they go first, for they hold the batch back. */
  private readonly again: number[] = [];

  constructor(private readonly records: readonly OutgoingRecord[]) {
    this.next = new Int32Array(records.length).fill(NONE);
    this.published = new Uint8Array(records.length);
    const last = new Map<string, number>();
    records.forEach(({ partitionKey }, index) => {
      const previous = last.get(partitionKey);
      if (previous === undefined) {
        this.free.push(index);
      } else {
        this.next[previous] = index;
      }
      last.set(partitionKey, index);
    });
  }

  /** The indexes of the records for one call; empty while every remaining record waits for another to be settled. */
  take(): number[] {
    const taken: number[] = [];
    let bytes = 0;
    while (taken.length < MAX_CALL_RECORDS) {
      const index = this.again[0] ?? this.free[this.freeCursor];
      if (index === undefined) {
        break;
      }
      bytes += sizeOf(this.records[index] as OutgoingRecord);
      if (bytes > MAX_CALL_BYTES && taken.length > 0) {
        break;
      }
      if (this.again.length > 0) {
        this.again.shift();
      } else {
        this.freeCursor += 1;
      }
      taken.push(index);
    }
    return taken;
  }

  /** The stream holds the record: the next one of its row may go. */
  settle(index: number): void {
    this.published[index] = 1;
    const next = this.next[index] ?? NONE;
    if (next !== NONE) {
      this.free.push(next);
    }
  }

  /** The records were taken and did not reach the stream, or perhaps did not: they may be taken again. */
  putBack(indexes: readonly number[]): void {
    this.again.push(...indexes);
    this.again.sort((one, other) => one - other);
  }

  /** The first record, in the order of the batch, that is not known to be published. */
  firstUnpublished(): number | undefined {
    const index = this.published.indexOf(0);
    return index === -1 ? undefined : index;
  }
}
