/** An event of a failed record. */
export interface RedriveEvent {
  /** `schema.table` in the source. */
  table: string;
  /** The row's key as JSON text. */
  key: string;
  id: string;
  sequence: string;
  /** The object of the failure bucket that holds its record. */
  object: string;
}

/** An event that was not published, and why. */
export interface HeldEvent extends RedriveEvent {
  reason: string;
}

/** What cannot be published, however often it is tried. */
export interface UnrecoverableRecord {
  object: string;
  /** The record's `id`; absent where the whole object is meant. */
  id?: string;
  reason: string;
}

/** What a redrive came to. In a dry run: what it would have come to. */
export interface RedriveResult {
  dryRun: boolean;
  /** Events that were published. */
  published: number;
  /** Events that the change stream held already, or that more than one object holds. */
  alreadyPublished: number;
  /** Events left out because a later event of their row is in the change stream. */
  overtaken: RedriveEvent[];
  /** Events that wait for another run, or for `force`. */
  held: HeldEvent[];
  unrecoverable: UnrecoverableRecord[];
  /**
   * Published events behind which a later one of their row had come into the stream in that moment. Consumers that
   * go by `sequence` take no harm.
   */
  late: RedriveEvent[];
  /** Objects whose records are all dealt with, and those with some that are not. */
  objects: { redriven: number; left: number };
  /** The error that ended it after the first object; what is told here was done before it. */
  stoppedBy?: string;
}

/** Whether everything that was in the bucket is dealt with. */
export function isComplete({ held, unrecoverable, late, stoppedBy }: RedriveResult): boolean {
  return held.length === 0 && unrecoverable.length === 0 && late.length === 0 && stoppedBy === undefined;
}
