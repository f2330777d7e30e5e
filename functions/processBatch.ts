import type { BatchResponse, StreamRecord } from "./dynamoDbStream";
import type { PutObject } from "./failureBucket";
import { log } from "./log";
import { type PreparedRecord, type PrepareOptions, prepareBatch } from "./prepareBatch";
import { type PublishOptions, type PublishReport, publish } from "./publish";
import type { OutgoingRecord } from "./rowQueue";

export interface ProcessOptions extends PrepareOptions, PublishOptions {
  putObject: PutObject;
}

/** Objects written at once. Few batches have any; one from a stream with the wrong view type has nothing else. */
const CONCURRENT_WRITES = 8;

/** The share of the time left that writing to the failure bucket may take, so that publishing is left some too. */
const WRITING_SHARE = 0.5;

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
  const unwritten = await writeObjects(prepared, options);
  // What lies behind a record that could not be written is delivered again anyway.
  const end = unwritten ?? records.length;
  const positions: number[] = [];
  const outgoing: OutgoingRecord[] = [];
  for (let position = 0; position < end; position += 1) {
    const record = prepared[position]?.outgoing;
    if (record !== undefined) {
      positions.push(position);
      outgoing.push(record);
    }
  }
  const report = await publish(outgoing, options);
  const failed = report.firstUnpublished === undefined ? unwritten : positions[report.firstUnpublished];
  logBatch(records, prepared, report, failed);
  if (failed === undefined) {
    return { batchItemFailures: [] };
  }
  // A record without a sequence number cannot be named; an empty identifier fails the whole batch.
  return { batchItemFailures: [{ itemIdentifier: records[failed]?.dynamodb?.SequenceNumber ?? "" }] };
}

/** Writes the batch's objects to the failure bucket. Returns the first record whose object is not there. */
async function writeObjects(
  prepared: readonly PreparedRecord[],
  { putObject, deadline }: ProcessOptions,
): Promise<number | undefined> {
  const waiting = prepared.flatMap(({ object }, position) => (object ? [{ object, position }] : []));
  if (waiting.length === 0) {
    return undefined;
  }
  const time = Math.max(0, Math.floor(deadline.remaining() * WRITING_SHARE));
  const signal = AbortSignal.any([deadline.signal, AbortSignal.timeout(time)]);
  let first: number | undefined;
  let lastError: unknown;
  const write = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { object, position } = next;
      if (first !== undefined && first < position) {
        return;
      }
      try {
        signal.throwIfAborted();
        await putObject(object, signal);
      } catch (error) {
        first = Math.min(first ?? position, position);
        lastError = error;
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_WRITES }, write));
  if (first !== undefined) {
    log("error", "could not write to the failure bucket", {
      object: prepared[first]?.object?.key,
      error: lastError instanceof Error ? lastError.name : String(lastError),
    });
  }
  return first;
}

/** One line for a batch in which something was out of the ordinary; Lambda's own metrics count the others. */
function logBatch(
  records: readonly StreamRecord[],
  prepared: readonly PreparedRecord[],
  { calls, failures, lastError }: PublishReport,
  failed: number | undefined,
): void {
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
