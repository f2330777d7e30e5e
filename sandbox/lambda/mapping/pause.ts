/** Waits, or until the signal aborts; never rejects. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
  });
}

/** Waiting times that double from one failure to the next, each shortened by chance so that lanes do not march in step. */
export class Backoff {
  private failures = 0;

  /** @param firstMs the first wait; @param longestMs where the doubling ends */
  constructor(
    private readonly firstMs: number,
    private readonly longestMs: number,
  ) {}

  /** The next wait in milliseconds. */
  next(): number {
    const full = Math.min(this.longestMs, this.firstMs * 2 ** this.failures);
    this.failures = Math.min(this.failures + 1, 30);
    return full * (0.5 + Math.random() / 2);
  }

  /** After a success: begins again with the first wait. */
  reset(): void {
    this.failures = 0;
  }
}
