import { AwsHttpError } from "../../awsHttp";
import { ApiError } from "../apiError";
import { type Log, messageOf } from "../log";
import type { InvocationResult } from "../runtime/executionEnvironment";
import type { GivenUp } from "./failureDestination";
import { Backoff, pause } from "./pause";
import { type FailurePolicy, settle, splitExpired, type Unit } from "./settle";
import type { StreamRecord } from "./streamSource";
import { eventOf } from "./takeBatch";
import { judge } from "./verdict";

/** What the processing of a batch is given. */
export interface ProcessorOptions {
  shardId: string;
  policy: FailurePolicy;
  /** Records older than this, in seconds, are given up on. */
  maximumAgeSeconds: number;
  reportsFailures: boolean;
  /** Runs the function. @throws ApiError where it cannot be invoked now */
  invoke(event: string): Promise<InvocationResult>;
  /** Sends records to the on-failure destination; undefined where the mapping has none. */
  sendAway: ((given: GivenUp) => Promise<void>) | undefined;
  /** Called with records that are delivered or given up on, in order. */
  complete(records: StreamRecord[]): void;
  /** Sets the mapping's LastProcessingResult. */
  report(result: string): void;
  log: Log;
  /** Back-off between retries: the first wait and the longest, in milliseconds. */
  backoffMs?: [first: number, longest: number];
  now?(): number;
}

const DEFAULT_BACKOFF_MS: [number, number] = [100, 30_000];

/** The waits while as many events run as may run: one ends soon. */
const THROTTLED_MS: [number, number] = [20, 500];

/** Delivers batches of one lane of one shard: retries, splits and gives up as the mapping says. */
export class BatchProcessor {
  private readonly backoff: Backoff;
  private readonly throttled = new Backoff(...THROTTLED_MS);
  private readonly now: () => number;
  private lastInvocation: GivenUp["lastInvocation"];

  constructor(private readonly options: ProcessorOptions) {
    this.backoff = new Backoff(...(options.backoffMs ?? DEFAULT_BACKOFF_MS));
    this.now = options.now ?? Date.now;
  }

  /** Works on a batch until each record is delivered or given up on, or until the signal aborts. */
  async process(records: StreamRecord[], signal: AbortSignal): Promise<void> {
    this.lastInvocation = undefined;
    const pending: Unit<StreamRecord>[] = [{ records, retries: 0, invocations: 0 }];
    for (let unit = pending.shift(); unit !== undefined && !signal.aborted; unit = pending.shift()) {
      const { expired, live } = splitExpired(unit, this.options.maximumAgeSeconds, this.now());
      if (expired !== undefined && !(await this.giveUp(expired, "RecordAgeExceeded", signal))) {
        return;
      }
      if (live !== undefined) {
        pending.unshift(...(await this.deliver(live, signal)));
      }
    }
  }

  /** Delivers a unit once. @returns what is to be delivered next in its place */
  private async deliver(unit: Unit<StreamRecord>, signal: AbortSignal): Promise<Unit<StreamRecord>[]> {
    const { options } = this;
    let result: InvocationResult;
    try {
      result = await options.invoke(eventOf(unit.records));
    } catch (error) {
      // Throttled, or no such function: the function has not run, so no retry is used up.
      await this.waitUntilAvailable(error, signal);
      return [unit];
    }
    this.throttled.reset();
    this.lastInvocation = { requestId: result.requestId, ...pick(result.functionError) };
    const numbers = unit.records.map((record) => record.sequenceNumber);
    const verdict = judge(result, numbers, options.reportsFailures);
    const { done, givenUp, next } = settle(unit, verdict, options.policy);
    options.complete(done);
    options.report(verdict.kind === "failure" ? "PROBLEM: Function call failed" : "OK");
    if (verdict.kind !== "success") {
      const outcome = verdict.kind === "failure" ? "failed" : `was done up to record ${verdict.from}`;
      this.options.log(
        "warn",
        `request ${result.requestId}: a batch of ${numbers.length} from ${numbers[0]} ${outcome}`,
      );
    }
    if (givenUp !== undefined) {
      return (await this.giveUp(givenUp, "RetryAttemptsExhausted", signal)) ? [] : [givenUp];
    }
    if (verdict.kind === "success" || done.length > 0) {
      this.backoff.reset();
    } else {
      await pause(this.backoff.next(), signal);
    }
    return next;
  }

  /** @returns false where the signal aborted before the destination took the records */
  private async giveUp(
    unit: Unit<StreamRecord>,
    condition: GivenUp["condition"],
    signal: AbortSignal,
  ): Promise<boolean> {
    const { options } = this;
    const { records, invocations } = unit;
    const given = {
      condition,
      records,
      invocations,
      shardId: options.shardId,
      lastInvocation: this.lastInvocation,
    };
    const wait = new Backoff(...(options.backoffMs ?? DEFAULT_BACKOFF_MS));
    this.options.log(
      "warn",
      `gave up on ${records.length} records from ${records[0]?.sequenceNumber}: ${condition}`,
    );
    while (options.sendAway !== undefined) {
      try {
        await options.sendAway(given);
        break;
      } catch (error) {
        options.report(
          `PROBLEM: the on-failure destination did not take ${records.length} records: ${messageOf(error)}`,
        );
        this.options.log(
          "error",
          `the on-failure destination did not take ${records.length} records: ${messageOf(error)}`,
        );
        if (!(error instanceof AwsHttpError && error.transient)) {
          break;
        }
        await pause(wait.next(), signal);
        if (signal.aborted) {
          return false;
        }
      }
    }
    options.complete(records);
    return true;
  }

  private async waitUntilAvailable(error: unknown, signal: AbortSignal): Promise<void> {
    if (error instanceof ApiError && error.code === "TooManyRequestsException") {
      await pause(this.throttled.next(), signal);
      return;
    }
    this.options.report(`PROBLEM: ${messageOf(error)}`);
    this.options.log("error", `a batch could not be delivered: ${messageOf(error)}`);
    await pause(this.backoff.next(), signal);
  }
}

function pick(functionError: string | undefined): { functionError?: string } {
  return functionError === undefined ? {} : { functionError };
}
