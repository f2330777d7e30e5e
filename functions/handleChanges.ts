import type { AppliedRows } from "./appliedRows";
import type { ChangeEvent } from "./changeEvent";
import { aborted, type Deadline } from "./deadline";
import type { BatchResponse } from "./dynamoDbStream";
import type { KinesisRecord } from "./kinesisEvent";
import { log } from "./log";
import { type GetObject, readChange, readWhole } from "./readChange";

/** The user's function: what to do about one change. It is done when the promise resolves, and failed when it rejects. */
export type OnChange<Event = ChangeEvent> = (event: Event) => Promise<unknown> | unknown;

/**
 * What is done about one change: the event, its bytes as they are in the stream or in the object that it refers to,
 * and what aborts when the time is up.
 */
export type OnRecord = (event: ChangeEvent, data: Buffer, signal: AbortSignal) => Promise<unknown> | unknown;

export interface HandleOptions {
  onRecord: OnRecord;
  /** Whether an event is the handler's business. */
  matches: (event: ChangeEvent) => boolean;
  /** How many rows are worked on at once. */
  concurrency: number;
  /** What tells repeats; undefined calls the handler for them too. */
  applied: AppliedRows | undefined;
  /** Reads the whole of an event too large for the stream; undefined gives the handler the reference instead. */
  getObject: GetObject | undefined;
  deadline: Deadline;
}

/** A record that is to be handled. */
interface Task {
  sequenceNumber: string;
  row: string;
  /** The event's bytes. */
  data: Buffer;
  /** The event, or why there is none. */
  event: ChangeEvent | Error;
}

/**
 * Calls the handler for each event of a batch that concerns it: the events of a row one after the other in their
 * order, several rows at once, nothing twice that is known to be done.
 *
 * After the first failure nothing behind it is begun. Reports the lowest record that is not done; the mapping delivers
 * that one and all behind it again.
 *
 * @throws Error when what was done before cannot be read; nothing is handled then
 */
export async function handleChanges(
  records: readonly KinesisRecord[],
  options: HandleOptions,
): Promise<BatchResponse> {
  const { applied, deadline } = options;
  const tasks = records.flatMap((record) => taskOf(record, options));
  const rows = [...new Set(tasks.map(({ row }) => row))];
  const last = (await applied?.read(rows, deadline.signal)) ?? new Map<string, string>();
  const unfinished = await run(tasks, last, options);
  return { batchItemFailures: unfinished === undefined ? [] : [{ itemIdentifier: unfinished }] };
}

function taskOf(record: KinesisRecord, { matches }: HandleOptions): Task[] {
  const { sequenceNumber, partitionKey: row } = record.kinesis;
  const data = Buffer.from(record.kinesis.data, "base64");
  try {
    const event = readChange(data, sequenceNumber);
    return matches(event) ? [{ sequenceNumber, row, data, event }] : [];
  } catch (error) {
    return [{ sequenceNumber, row, data, event: error as Error }];
  }
}

/**
 * Does the tasks. The deadline ends it, whatever is under way then.
 *
 * @returns the sequence number of the first task that is not done
 */
async function run(
  tasks: readonly Task[],
  last: Map<string, string>,
  options: HandleOptions,
): Promise<string | undefined> {
  const { signal } = options.deadline;
  const done = new Set<Task>();
  const tails = new Map<string, Promise<void>>();
  const timeUp = aborted(signal);
  let firstFailed = tasks.length;

  /** Does a task, unless one before it has failed: then it comes again with that one. */
  async function attempt(task: Task, position: number): Promise<void> {
    if (position > firstFailed || signal.aborted) {
      return;
    }
    try {
      await handle(task, last, options);
      done.add(task);
    } catch (error) {
      firstFailed = Math.min(firstFailed, position);
      logFailure(task, error);
    }
  }

  const underWay = new Set<Promise<void>>();
  for (const [position, task] of tasks.entries()) {
    while (underWay.size >= options.concurrency && !signal.aborted) {
      await Promise.race([timeUp, ...underWay]);
    }
    if (position > firstFailed || signal.aborted) {
      break;
    }
    const before = tails.get(task.row) ?? Promise.resolve();
    const attempted: Promise<void> = before
      .then(() => attempt(task, position))
      .finally(() => underWay.delete(attempted));
    tails.set(task.row, attempted);
    underWay.add(attempted);
  }
  await Promise.race([timeUp, Promise.all(underWay)]);
  const unfinished = tasks.find((task) => !done.has(task));
  if (unfinished !== undefined && signal.aborted) {
    log("error", "out of time", { events: tasks.length, done: done.size });
  }
  return unfinished?.sequenceNumber;
}

/** Has one event handled, and notes that it was. */
async function handle(
  { event, data, row }: Task,
  last: Map<string, string>,
  { onRecord, applied, getObject, deadline: { signal } }: HandleOptions,
): Promise<void> {
  if (event instanceof Error) {
    throw event;
  }
  if (applied !== undefined && event.sequence <= (last.get(row) ?? "")) {
    return;
  }
  const whole = event.ref && getObject ? await readWhole(event.ref, getObject, signal) : { event, data };
  await onRecord(whole.event, whole.data, signal);
  await applied?.write(row, event.sequence, signal);
  last.set(row, event.sequence);
}

/** The user's error as it is: what it says is the user's to choose, and the log is the user's to read. */
function logFailure({ event, sequenceNumber }: Task, error: unknown): void {
  const known = event instanceof Error ? undefined : event;
  log("error", "an event was not handled and comes again", {
    record: sequenceNumber,
    id: known?.id,
    table: known && `${known.source.schema}.${known.source.table}`,
    op: known?.op,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
}
