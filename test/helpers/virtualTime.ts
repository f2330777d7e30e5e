import type { Deadline } from "../../functions/deadline";

/** A clock that moves only when it is told to: waiting costs a test no time. */
export class VirtualTime {
  now = 0;
  private readonly alarms: { at: number; ring: () => void }[] = [];

  advance(milliseconds: number): void {
    this.now += milliseconds;
    for (const { at, ring } of this.alarms) {
      if (this.now >= at) {
        ring();
      }
    }
  }

  /** For `PublishOptions.wait`. */
  wait = async (milliseconds: number): Promise<void> => {
    this.advance(milliseconds);
    await turn();
  };

  deadline(milliseconds: number): Deadline {
    const controller = new AbortController();
    const end = this.now + milliseconds;
    this.alarms.push({ at: end, ring: () => controller.abort() });
    return { signal: controller.signal, remaining: () => end - this.now };
  }
}

/** Lets everything else that is ready run first. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
