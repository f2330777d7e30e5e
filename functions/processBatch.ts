import { type DeliverOptions, type DeliveryReport, deliver } from "./deliver";
import type { BatchResponse, StreamRecord } from "./dynamoDbStream";
import { log } from "./log";
import { type PreparedRecord, type PrepareOptions, prepareBatch } from "./prepareBatch";

export interface ProcessOptions extends PrepareOptions, DeliverOptions {
  /** Told how long each heartbeat took from its writing to the stream, in milliseconds. Default: nobody is. */
  onHeartbeat?: (milliseconds: number) => void;
}

/**
 * Turns a batch of stream records into events on the change stream.
 *
 * Reports the record of the lowest sequence number that was not dealt with; the mapping delivers that one and all
 * behind it again. A record is dealt with when its event is in the stream, or when it cannot become an event and
 * is in the failure bucket.
 *
 * @throws Error when a table is not known, before anything is published
 */
export async function processBatch(
  records: readonly StreamRecord[],
  options: ProcessOptions,
): Promise<BatchResponse> {
  const prepared = prepareBatch(records, options);
  const report = await deliver(prepared, options);
  logBatch(records, prepared, report);
  tellHeartbeats(prepared.slice(0, report.failed), options);
  if (report.failed === undefined) {
    return { batchItemFailures: [] };
  }
  // A record without a sequence number cannot be named; an empty identifier fails the whole batch.
  return { batchItemFailures: [{ itemIdentifier: records[report.failed]?.dynamodb?.SequenceNumber ?? "" }] };
}

/**
 * Tells of the heartbeats that are dealt with; what lies behind them comes again, and is told then. One is in the stream
 * when the last of its batch is, which a batch of a table with one row makes little of.
 */
function tellHeartbeats(published: readonly PreparedRecord[], { onHeartbeat }: ProcessOptions): void {
  const now = Date.now();
  for (const { writtenAt, outgoing } of published) {
    if (writtenAt !== undefined && outgoing !== undefined) onHeartbeat?.(now - writtenAt);
  }
}

/** One line for a batch in which something was out of the ordinary; Lambda's own metrics count the others. */
function logBatch(
  records: readonly StreamRecord[],
  prepared: readonly PreparedRecord[],
  { calls, failures, lastError, failed, unwritten }: DeliveryReport,
): void {
  if (unwritten !== undefined) {
    const { key, error } = unwritten;
    log("error", "could not write to the failure bucket", {
      object: key,
      error: error instanceof Error ? error.name : String(error),
    });
  }
  const unprocessable = prepared.filter((record) => record.unprocessable !== undefined);
  const oversize = prepared.filter(({ object, outgoing }) => object && outgoing).length;
  if (unprocessable.length === 0 && oversize === 0 && lastError === undefined && failed === undefined) {
    return;
  }
  log(failed === undefined ? "warn" : "error", failed === undefined ? "batch published" : "batch cut short", {
    stream: records[0]?.eventSourceARN,
    records: records.length,
    handled: failed ?? records.length,
    calls,
    failures,
    lastError,
    oversize,
    unprocessable: unprocessable.length,
    reason: unprocessable[0]?.unprocessable,
    object: unprocessable[0]?.object?.key,
  });
}
