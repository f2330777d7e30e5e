import { setTimeout as sleep } from "node:timers/promises";

/** The first and the longest pause between two looks, in milliseconds. */
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;

/**
 * Looks until there is something to see.
 * @param look undefined means: not yet; it throws to give up
 * @param what for the message, for example `table orders to become ACTIVE`
 * @throws Error when the deadline passes
 */
export async function waitFor<T>(
  { deadline }: { deadline: number },
  what: string,
  look: () => Promise<T | undefined>,
): Promise<T> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const seen = await look();
    if (seen !== undefined) {
      return seen;
    }
    if (Date.now() + pause > deadline) {
      throw new Error(`timed out while waiting for ${what}`);
    }
    await sleep(pause);
  }
}

/** True of an AWS error with one of these names: "not there" errors differ from service to service. */
export function isError(error: unknown, ...names: string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

/** The result, or undefined where the call failed with one of these errors. */
export async function unlessError<T>(call: Promise<T>, ...names: string[]): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isError(error, ...names)) {
      return undefined;
    }
    throw error;
  }
}
