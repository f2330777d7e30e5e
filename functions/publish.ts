import { setTimeout as sleep } from "node:timers/promises";
import { aborted, type Deadline } from "./deadline";
import { isPermanentError } from "./permanentError";
import { type OutgoingRecord, RowQueue } from "./rowQueue";

/**
 * One PutRecords call. Answers for each record with null where the stream took it, else with the code of its error;
 * rejects when the call as a whole failed, which leaves open whether the stream took any.
 */
export type PutRecords = (
  records: readonly OutgoingRecord[],
  signal: AbortSignal,
) => Promise<readonly (string | null)[]>;

export interface PublishOptions {
  putRecords: PutRecords;
  deadline: Deadline;
  /** Waits so many milliseconds; rejects when the signal aborts. For tests that keep their own time. */
  wait?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
  /** A number from 0 to below 1. For tests. */
  random?: () => number;
}

export interface PublishReport {
  /** The first record, in the order given, that is not known to be in the stream; undefined when all are. */
  firstUnpublished: number | undefined;
  /** PutRecords calls made. */
  calls: number;
  /** Records that failed in a call, each as often as it did. */
  failures: number;
  /** The name of the last error, of a record or of a call. */
  lastError: string | undefined;
}

/**
 * Calls in flight at once. They never hold records of the same row (RowQueue), so this costs no order; it hides
 * the round trip when a batch is larger than one call.
 */
const CONCURRENT_CALLS = 4;

const FIRST_BACK_OFF_MS = 50;
const LONGEST_BACK_OFF_MS = 2_000;

/** Exponential back-off with full jitter: anything from nothing up to the doubled bound. */
export function backOff(failures: number, random: () => number): number {
  return random() * Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** failures);
}

/**
 * Publishes records so that the events of a row are in the stream in the order given, whatever fails.
 *
 * What fails is tried again with back-off for as long as the deadline leaves time; meanwhile the rows that it does
 * not concern go on. A record whose call was cut off may be in the stream all the same, and will be there twice.
 * The records from `firstUnpublished` on must be given again, all of them and in this order: then nothing is lost,
 * and the first occurrences of a row's events are in order.
 */
export async function publish(
  records: readonly OutgoingRecord[],
  { putRecords, deadline, wait = pause, random = Math.random }: PublishOptions,
): Promise<PublishReport> {
  const { signal } = deadline;
  const queue = new RowQueue(records);
  const failuresOf = new Uint16Array(records.length);
  const report: PublishReport = {
    firstUnpublished: undefined,
    calls: 0,
    failures: 0,
    lastError: undefined,
  };
  let givenUp = false;

  /** Sends one call and settles its records. Returns those that failed. */
  async function send(indexes: readonly number[]): Promise<readonly number[]> {
    report.calls += 1;
    try {
      const errors = await putRecords(
        indexes.map((index) => records[index] as OutgoingRecord),
        signal,
      );
      const failed: number[] = [];
      indexes.forEach((index, position) => {
        if (errors[position] === null) {
          queue.settle(index);
        } else {
          failed.push(index);
          report.lastError = errors[position];
        }
      });
      return failed;
    } catch (error) {
      report.lastError = error instanceof Error ? error.name : String(error);
      givenUp ||= isPermanentError(error);
      return indexes;
    }
  }

  /** One of the concurrent calls, with the pause that it earns when it fails. */
  async function sendAndPause(indexes: readonly number[]): Promise<void> {
    const failed = await send(indexes);
    report.failures += failed.length;
    if (failed.length === 0 || givenUp || signal.aborted) {
      return;
    }
    let mostFailures = 0;
    for (const index of failed) {
      const failures = (failuresOf[index] ?? 0) + 1;
      failuresOf[index] = failures;
      mostFailures = Math.max(mostFailures, failures);
    }
    const delay = backOff(mostFailures, random);
    // All that lies behind a record that failed for good is delivered again, so publishing more of it only makes
    // duplicates.
    givenUp ||= delay >= deadline.remaining();
    if (!givenUp) {
      await wait(delay, signal);
      queue.putBack(failed);
    }
  }

  const inFlight = new Set<Promise<void>>();
  const timeUp = aborted(signal);
  while (!signal.aborted) {
    while (!givenUp && inFlight.size < CONCURRENT_CALLS) {
      const indexes = queue.take();
      if (indexes.length === 0) {
        break;
      }
      const call: Promise<void> = sendAndPause(indexes).finally(() => inFlight.delete(call));
      inFlight.add(call);
    }
    if (inFlight.size === 0) {
      break;
    }
    await Promise.race([timeUp, ...inFlight]);
  }
  report.firstUnpublished = queue.firstUnpublished();
  return report;
}

/** Waits, or returns early when the signal aborts. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
