import type { PutObject, StoredObject } from "./failureBucket";
import type { PreparedRecord } from "./prepareBatch";
import { type PublishOptions, type PublishReport, publish } from "./publish";
import type { OutgoingRecord } from "./rowQueue";

export interface DeliverOptions extends PublishOptions {
  putObject: PutObject;
}

/** How far a delivery came. */
export interface DeliveryReport extends PublishReport {
  /** The first record that was not dealt with; undefined when all were. */
  failed: number | undefined;
  /** The first record whose object is not in the bucket, and why; undefined when all are. */
  unwritten: { position: number; key: string | undefined; error: unknown } | undefined;
}

/** Objects written at once. Few batches have any; one from a stream with the wrong view type has nothing else. */
const CONCURRENT_WRITES = 8;

/** The share of the time left that writing to the failure bucket may take, so that publishing is left some too. */
const WRITING_SHARE = 0.5;

/**
 * Does for each record what is to be done: its object written, then its event published, in the order of its row.
 *
 * What lies behind the first record that could not be dealt with must be given again, all of it and in this order.
 */
export async function deliver(
  prepared: readonly PreparedRecord[],
  options: DeliverOptions,
): Promise<DeliveryReport> {
  const unwritten = await writeObjects(prepared, options);
  // What lies behind a record that could not be written is delivered again anyway.
  const end = unwritten?.position ?? prepared.length;
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
  const failed =
    report.firstUnpublished === undefined ? unwritten?.position : positions[report.firstUnpublished];
  return { ...report, failed, unwritten };
}

/** Writes the batch's objects to the failure bucket. */
async function writeObjects(
  prepared: readonly PreparedRecord[],
  { putObject, deadline }: DeliverOptions,
): Promise<DeliveryReport["unwritten"]> {
  const waiting: { object: StoredObject; position: number }[] = [];
  prepared.forEach(({ object }, position) => {
    if (object !== undefined) waiting.push({ object, position });
  });
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
  return first === undefined
    ? undefined
    : { position: first, key: prepared[first]?.object?.key, error: lastError };
}
