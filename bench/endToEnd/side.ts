import type { ReadRow } from "./arrivals";

/** A way from the database to the stream that is measured, and runs. */
export interface Side {
  name: string;
  /** The Kinesis stream that it writes. */
  streamName: string;
  readRow: ReadRow;
  /** Its processes: a part's name and what the command lines look like. */
  parts: Readonly<Record<string, RegExp>>;
  /** Resolves with the reason when it has ended by itself. Never rejects. */
  failed: Promise<Error>;
  /** Other settings that a user may choose for latency, under which the steady load is measured once more. */
  otherSettings?: { name: string; apply(): Promise<void> };
  /** Ends it, so that it uses nothing while another one is measured. */
  stop(): Promise<void>;
}
