/** The largest event of an invocation, in bytes: 6 MB (AWS Lambda quotas). */
export const MAXIMUM_EVENT_BYTES = 6_291_456;

/** The bytes around the records: `{"Records":[` and `]}`; each further record adds a comma. */
const ENVELOPE_BYTES = 14;

/** The event that a batch is delivered as. */
export function eventOf(records: readonly { text: string }[]): string {
  return `{"Records":[${records.map((record) => record.text).join(",")}]}`;
}

/**
 * How many records at the front of a queue make one batch, and whether that batch is full: it holds as many as
 * the mapping allows, or another record would not fit into an event. At least one record is taken, however large.
 */
export function batchLength(
  queue: readonly { bytes: number }[],
  batchSize: number,
): { length: number; full: boolean } {
  let bytes = ENVELOPE_BYTES;
  let length = 0;
  for (const record of queue) {
    bytes += record.bytes + (length > 0 ? 1 : 0);
    if (length > 0 && bytes > MAXIMUM_EVENT_BYTES) {
      return { length, full: true };
    }
    length++;
    if (length === batchSize) {
      return { length, full: true };
    }
  }
  return { length, full: false };
}
