import { RowstreamError } from "./errors";

/** How often to look, and for how long. Times in milliseconds. */
export interface PollOptions {
  /** The first wait. Default 250. */
  initialMs?: number;
  /** The longest wait between two looks; each wait is 1.2 times the one before. Default 10,000. */
  maximumMs?: number;
  /** Gives up with `TimedOut` after this long. Default: never. */
  timeoutMs?: number;
  /** What is waited for, for the message of a time-out. */
  what: string;
  signal?: AbortSignal | undefined;
}

// What is waited for is seen at most a fifth of its time late.
const GROWTH = 1.2;

/**
 * Calls `look` until it returns something other than undefined, with growing pauses.
 *
 * The SDK's own waiters are not used: those of DMS fail on states a task legitimately passes through.
 *
 * @throws RowstreamError `Interrupted` when the signal fires, `TimedOut` when the time is up.
 */
export async function poll<T>(look: () => Promise<T | undefined>, options: PollOptions): Promise<T> {
  const { initialMs = 250, maximumMs = 10_000, timeoutMs = Number.POSITIVE_INFINITY, what, signal } = options;
  const startedAt = Date.now();
  let pauseMs = initialMs;
  for (;;) {
    throwIfAborted(signal);
    const found = await look();
    if (found !== undefined) {
      return found;
    }
    if (Date.now() - startedAt + pauseMs > timeoutMs) {
      throw new RowstreamError(
        "TimedOut",
        "rowstream",
        `${what} took longer than ${Math.round(timeoutMs / 1000)} s`,
        { remedy: "run the same command again: it goes on where this one stopped" },
      );
    }
    await pause(pauseMs, signal);
    pauseMs = Math.min(pauseMs * GROWTH, maximumMs);
  }
}

/** @throws RowstreamError when the signal has fired: the one that it gives as its reason, else `Interrupted`. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    if (RowstreamError.is(signal.reason)) {
      throw signal.reason;
    }
    throw new RowstreamError("Interrupted", "user", "interrupted", {
      remedy: "run the same command again: it goes on where this one stopped",
    });
  }
}

/** Waits; returns early, without an error, when the signal fires. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
  });
}
