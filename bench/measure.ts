/** One of the ways to do the same work. */
export interface Variant {
  name: string;
  /** Does the work once. */
  run(): unknown;
}

export interface MeasureOptions {
  /** How often each variant is measured. */
  rounds: number;
  /** How long one measurement takes at least, in milliseconds: a shorter one repeats the work. */
  atLeastMs: number;
}

/**
 * Measures variants side by side: every round measures each of them, in an order that turns, so that a machine that
 * is busy for a while slows all of them. Gives the median of the rounds for each, in milliseconds of processor time
 * (of all threads, the garbage collector's among them) for doing the work once: what else the machine does meanwhile
 * counts for little.
 */
export async function sideBySide(
  variants: readonly Variant[],
  { rounds, atLeastMs }: MeasureOptions,
): Promise<Map<string, number>> {
  const times = new Map<string, number[]>(variants.map(({ name }) => [name, []]));
  for (const variant of variants) {
    // Until V8 has compiled it as it will stay.
    await timed(variant, atLeastMs);
  }
  for (let round = 0; round < rounds; round += 1) {
    for (let index = 0; index < variants.length; index += 1) {
      const variant = variants[(index + round) % variants.length] as Variant;
      times.get(variant.name)?.push(await timed(variant, atLeastMs));
    }
  }
  return new Map([...times].map(([name, list]) => [name, median(list)]));
}

/** The middle of the values; of an even number of them the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = low] =
    sorted.length % 2 === 1 ? [sorted[Math.floor(middle)]] : [sorted[middle - 1], sorted[middle]];
  return (low + high) / 2;
}

async function timed({ run }: Variant, atLeastMs: number): Promise<number> {
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
