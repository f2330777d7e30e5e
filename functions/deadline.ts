import type { InvocationContext } from "./dynamoDbStream";

/** The time in which an invocation must be done. */
export interface Deadline {
  /** Aborts when the time is up, and with it every call that is under way. */
  readonly signal: AbortSignal;
  /** Milliseconds that are left; 0 or less once the time is up. */
  remaining(): number;
}

/** What is kept back of an invocation's time to answer in: an invocation that runs out of time answers nothing. */
const MARGIN_MS = 1_000;

/** A very short invocation keeps back this share of its time instead. */
const MARGIN_SHARE = 0.25;

/**
 * Starts the clock of an invocation.
 *
 * @returns the deadline, and the function that stops its timer
 */
export function startDeadline(context: InvocationContext): { deadline: Deadline; stop: () => void } {
  const left = context.getRemainingTimeInMillis();
  const margin = Math.min(MARGIN_MS, left * MARGIN_SHARE);
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), left - margin);
  const deadline: Deadline = {
    signal: controller.signal,
    remaining: () => context.getRemainingTimeInMillis() - margin,
  };
  return { deadline, stop: () => clearTimeout(timer) };
}

/** Resolves when the signal aborts, at once where it has. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    }
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
