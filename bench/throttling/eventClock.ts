import type { Deadline } from "../../functions/deadline";

/**
 * A clock that jumps to the next thing that somebody waits for: waits that overlap overlap here too, and an hour of
 * them takes no time.
 */
export class EventClock {
  /** Milliseconds since the clock was made. */
  now = 0;
  private readonly waiting: { at: number; wake: () => void }[] = [];

  readonly sleep = (milliseconds: number): Promise<void> =>
    new Promise((wake) => this.waiting.push({ at: this.now + milliseconds, wake }));

  /** What an invocation has left of so many milliseconds. */
  deadline(milliseconds: number): Deadline {
    const controller = new AbortController();
    const end = this.now + milliseconds;
    this.waiting.push({ at: end, wake: () => controller.abort() });
    return { signal: controller.signal, remaining: () => end - this.now };
  }

  /** Runs work to its end. */
  async run<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const ended = work.finally(() => {
      done = true;
    });
    // Its error is the caller's, who awaits it below.
    ended.catch(() => undefined);
    await ready();
    while (!done) {
      this.waiting.sort((one, other) => one.at - other.at);
      const next = this.waiting.shift();
      if (next === undefined) {
        throw new Error("the work waits for something that is not of this clock");
      }
      this.now = Math.max(this.now, next.at);
      next.wake();
      await ready();
    }
    return ended;
  }
}

/** Resolves once all that can go on without the clock has gone on. */
function ready(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
