import type { Verdict } from "./verdict";

/** A run of records that are delivered together, and what has been spent on them. */
export interface Unit<T> {
  records: T[];
  /** Retries used of MaximumRetryAttempts. */
  retries: number;
  /** Invocations that these records were part of: `approximateInvokeCount` of a failure record. */
  invocations: number;
}

/** The mapping's settings that decide what follows a failure. */
export interface FailurePolicy {
  /** -1 for no limit. */
  maximumRetryAttempts: number;
  bisect: boolean;
}

/** What follows an invocation. */
export interface Settlement<T> {
  /** Delivered; the checkpoint may pass them. */
  done: T[];
  /** Out of retries: they go to the on-failure destination, then the checkpoint may pass them. */
  givenUp: Unit<T> | undefined;
  /** What is to be delivered next, in this order. */
  next: Unit<T>[];
}

/**
 * Decides what follows an invocation, as Lambda does for streams (AWS Lambda developer guide, "Retain discarded
 * records for a DynamoDB event source" and "Configuring partial batch response").
 *
 * - A partial failure: the records before the one reported are done. With bisecting, the batch is split there and
 *   the rest is delivered without using up a retry; else the delivery of the rest is a retry.
 * - A failure of the whole batch: with bisecting it is split in two halves, which uses up no retry; a single
 *   record, or a batch that may not be split, is retried until its retries are used up.
 * - A partial failure that names the first record leaves nothing to split off: the batch is retried whole.
 */
export function settle<T>(unit: Unit<T>, verdict: Verdict, policy: FailurePolicy): Settlement<T> {
  const invocations = unit.invocations + 1;
  if (verdict.kind === "success") {
    return { done: unit.records, givenUp: undefined, next: [] };
  }
  const from = verdict.kind === "partial" ? verdict.from : 0;
  const done = unit.records.slice(0, from);
  const rest = unit.records.slice(from);
  if (policy.bisect && from > 0) {
    return { done, givenUp: undefined, next: [{ records: rest, retries: unit.retries, invocations }] };
  }
  if (policy.bisect && verdict.kind === "failure" && rest.length > 1) {
    const middle = Math.ceil(rest.length / 2);
    const halves = [rest.slice(0, middle), rest.slice(middle)];
    return {
      done,
      givenUp: undefined,
      next: halves.map((records) => ({ records, retries: unit.retries, invocations })),
    };
  }
  const exhausted = policy.maximumRetryAttempts >= 0 && unit.retries >= policy.maximumRetryAttempts;
  const remaining = { records: rest, retries: unit.retries + (exhausted ? 0 : 1), invocations };
  return exhausted ? { done, givenUp: remaining, next: [] } : { done, givenUp: undefined, next: [remaining] };
}

/** Splits off the records at the front that are older than the mapping delivers. */
export function splitExpired<T extends { arrivedAt: number }>(
  unit: Unit<T>,
  maximumAgeSeconds: number,
  now: number,
): { expired: Unit<T> | undefined; live: Unit<T> | undefined } {
  const oldest = now - maximumAgeSeconds * 1000;
  const first = unit.records.findIndex((record) => record.arrivedAt >= oldest);
  if (first === 0) {
    return { expired: undefined, live: unit };
  }
  const count = first === -1 ? unit.records.length : first;
  const live = unit.records.slice(count);
  return {
    expired: { ...unit, records: unit.records.slice(0, count) },
    live: live.length === 0 ? undefined : { ...unit, records: live },
  };
}
