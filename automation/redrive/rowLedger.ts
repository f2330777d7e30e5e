import type { FailedRecord } from "./failedRecord";

/** What is known of one row that has failed records. */
interface Row {
  /** The failed record with the highest sequence. */
  newest: Pick<FailedRecord, "sequence" | "image">;
  /** The highest sequence of the row's events that the change stream holds, as far as it was read. */
  inStream: string;
  /** The highest sequence that this redrive has published. */
  own: string;
}

/**
 * What becomes of a failed record: its event is in the change stream already; a later event of its row is, and it
 * comes too late; or neither, and it may be published unless something else forbids it.
 */
export type Fate = "published" | "overtaken" | "open";

/** An event as the ledger needs it. */
export type LedgerEvent = Pick<FailedRecord, "id" | "sequence" | "row">;

/** Sorts before every sequence. */
const NONE = "";

/**
 * Keeps, for the rows that have failed records, what the change stream holds of them. No I/O. Memory grows with the
 * failed records (an id and, per row, two sequences and a digest), not with the stream.
 */
export class RowLedger {
  private readonly rows = new Map<string, Row>();
  private readonly failedIds = new Set<string>();
  private readonly idsInStream = new Set<string>();
  private readonly ownIds = new Set<string>();
  private readonly late = new Set<string>();
  private oldestAt = Number.POSITIVE_INFINITY;

  /** Takes a failed record in; each of them, before the first `fate`. */
  add({ id, sequence, at, row, image }: FailedRecord): void {
    this.failedIds.add(id);
    this.oldestAt = Math.min(this.oldestAt, at);
    const known = this.rows.get(row);
    if (known === undefined) {
      this.rows.set(row, { newest: { sequence, image }, inStream: NONE, own: NONE });
    } else if (sequence > known.newest.sequence) {
      known.newest = { sequence, image };
    }
  }

  /** The time of the oldest failed record, in milliseconds since 1970; infinite without any. */
  get oldest(): number {
    return this.oldestAt;
  }

  /** Whether the events of a row matter here. */
  concerns(row: string): boolean {
    return this.rows.has(row);
  }

  /** Takes in an event of the change stream, in the order of its shard. */
  observe({ id, sequence, row }: LedgerEvent): void {
    const known = this.rows.get(row);
    // What came before in the stream counts once: a repeat says nothing of order.
    if (known === undefined || this.idsInStream.has(id)) {
      return;
    }
    if (this.failedIds.has(id)) {
      this.idsInStream.add(id);
    }
    if (this.ownIds.has(id) && sequence < known.inStream) {
      this.late.add(id);
    }
    if (sequence > known.inStream) {
      known.inStream = sequence;
    }
  }

  /** Takes in what this redrive has published. */
  published({ id, sequence, row }: LedgerEvent): void {
    this.ownIds.add(id);
    const known = this.rows.get(row);
    if (known !== undefined && sequence > known.own) {
      known.own = sequence;
    }
  }

  fate({ id, sequence, row }: LedgerEvent): Fate {
    if (this.ownIds.has(id) || this.idsInStream.has(id)) {
      return "published";
    }
    const known = this.rows.get(row);
    const overtaken = known !== undefined && (sequence <= known.inStream || sequence <= known.own);
    return overtaken ? "overtaken" : "open";
  }

  /**
   * Whether a row stands as its newest failed record left it. Where it does not, there is a later change, and the
   * event of that is either in the stream or on its way there.
   *
   * @param image the digest of the row as it is; undefined where there is none
   */
  standsAsLeft(row: string, image: string | undefined): boolean {
    return this.rows.get(row)?.newest.image === image;
  }

  /** Whether the event of a failed record was seen in the stream. */
  isInStream(id: string): boolean {
    return this.idsInStream.has(id);
  }

  /** Whether an event that this redrive published came to lie behind a later one of its row. */
  cameLate(id: string): boolean {
    return this.late.has(id);
  }
}
