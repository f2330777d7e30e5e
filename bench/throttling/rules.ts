import { backOff, type PutRecords, publish } from "../../functions/publish";
import type { OutgoingRecord } from "../../functions/rowQueue";
import type { EventClock } from "./eventClock";

/** What a rule works with; `giveUpAt` is a time of the clock. */
export interface RuleContext {
  putRecords: PutRecords;
  clock: EventClock;
  random: () => number;
  giveUpAt: number;
}

/** Publishes a batch; resolves to whether all of it is in the stream, false where the time was up before. */
export type RetryRule = (batch: readonly OutgoingRecord[], context: RuleContext) => Promise<boolean>;

/** The time that the fan-in's function has by default. */
const INVOCATION_MS = 60_000;

/** The fan-in's, with the mapping that gives it again what it reports as failed. */
export const oneOfARowInFlight: RetryRule = async (batch, { putRecords, clock, random, giveUpAt }) => {
  let left = batch;
  while (left.length > 0 && clock.now < giveUpAt) {
    const deadline = clock.deadline(Math.min(INVOCATION_MS, giveUpAt - clock.now));
    const { firstUnpublished } = await publish(left, { putRecords, deadline, wait: clock.sleep, random });
    left = firstUnpublished === undefined ? [] : left.slice(firstUnpublished);
  }
  return left.length === 0;
};

/** Most producers', Debezium Server's among them: the entries that failed go again, with all else already in. */
export const onlyTheFailed: RetryRule = async (batch, { putRecords, clock, random, giveUpAt }) => {
  let left = batch;
  for (let attempt = 1; clock.now < giveUpAt; attempt += 1) {
    const errors = await putRecords(left, new AbortController().signal);
    left = left.filter((_, index) => errors[index] !== null);
    if (left.length === 0) {
      return true;
    }
    await clock.sleep(backOff(attempt, random));
  }
  return false;
};

/** Sequin's: a call with an entry that failed is made again as it was, with so many records a call. */
export function theWholeCall(callRecords: number): RetryRule {
  return async (batch, { putRecords, clock, random, giveUpAt }) => {
    for (let start = 0; start < batch.length; start += callRecords) {
      const call = batch.slice(start, start + callRecords);
      for (let attempt = 1; ; attempt += 1) {
        if (clock.now >= giveUpAt) {
          return false;
        }
        const errors = await putRecords(call, new AbortController().signal);
        if (errors.every((error) => error === null)) {
          break;
        }
        await clock.sleep(backOff(attempt, random));
      }
    }
    return true;
  };
}
