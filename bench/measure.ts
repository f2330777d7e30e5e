/**
 * Milliseconds of processor time (of all threads, the garbage collector's among them) for doing some work once: what
 * else the machine does meanwhile counts for little. The work is repeated until V8 has compiled it as it will stay, and
 * then measured.
 *
 * @param atLeastMs how long each of the two takes at least, in milliseconds
 */
export async function processorTime(run: () => unknown, atLeastMs: number): Promise<number> {
  await timed(run, atLeastMs);
  return timed(run, atLeastMs);
}

/** The middle of the values; of an even number of them the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = low] =
    sorted.length % 2 === 1 ? [sorted[Math.floor(middle)]] : [sorted[middle - 1], sorted[middle]];
  return (low + high) / 2;
}

async function timed(run: () => unknown, atLeastMs: number): Promise<number> {
  let times = 0;
  const start = performance.now();
  const before = process.cpuUsage();
  do {
    const result = run();
    if (result instanceof Promise) {
      await result;
    }
    times += 1;
  } while (performance.now() - start < atLeastMs);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / times;
}
