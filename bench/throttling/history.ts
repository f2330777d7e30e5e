import type { OutgoingRecord } from "../../functions/rowQueue";

/** Records as the fan-in publishes them, of about the size of an update of ten columns. */
const RECORD_BYTES = 1024;

/** Where a record holds its number in its row. */
const NUMBER_BYTES = 4;

/** Changes of rows of which some are changed far more often than others, in batches of a mapping's default size. */
export function changeBatches(
  { batches, batchSize, rows }: { batches: number; batchSize: number; rows: number },
  random: () => number,
): OutgoingRecord[][] {
  const changesOfRow = new Map<string, number>();
  return Array.from({ length: batches }, () =>
    Array.from({ length: batchSize }, () => {
      const partitionKey = `shop-orders{"order_id":${Math.floor(rows * random() ** 2)}}`;
      const number = (changesOfRow.get(partitionKey) ?? 0) + 1;
      changesOfRow.set(partitionKey, number);
      const data = Buffer.alloc(RECORD_BYTES);
      data.writeUInt32BE(number);
      return { partitionKey, data };
    }),
  );
}

/** What a stream holds, by what a consumer is promised. */
export interface StreamFindings {
  /** Different changes. */
  changes: number;
  /** Records beyond the first of their change. */
  duplicates: number;
  /** Changes whose first record came after the first record of a later change of their row. */
  outOfOrder: number;
}

/** Reads a stream from its start and counts. */
export function examine(stream: readonly OutgoingRecord[]): StreamFindings {
  const seen = new Set<string>();
  const lastOfRow = new Map<string, number>();
  const findings = { changes: 0, duplicates: 0, outOfOrder: 0 };
  for (const { partitionKey, data } of stream) {
    const number = Buffer.from(data.buffer, data.byteOffset, NUMBER_BYTES).readUInt32BE();
    const change = `${partitionKey} ${number}`;
    if (seen.has(change)) {
      findings.duplicates += 1;
      continue;
    }
    seen.add(change);
    findings.changes += 1;
    const last = lastOfRow.get(partitionKey) ?? 0;
    if (number < last) {
      findings.outOfOrder += 1;
    }
    lastOfRow.set(partitionKey, Math.max(last, number));
  }
  return findings;
}
