import { Arrivals, type Arrived } from "./arrivals";
import { type PartUse, ProcessMeter } from "./processMeter";
import type { Side } from "./side";
import type { Writer, Written } from "./workload";

export const MINISTACK = "MiniStack";
export const POSTGRES = "PostgreSQL";

/** What every side works with; the user's side of the sandbox is in none of the figures. */
const SHARED_PARTS = { [MINISTACK]: /\/ministack(\s|$)/, [POSTGRES]: /^(\S*\/)?postgres(:|\s)/ };

/** How much is changed, and how fast. */
export interface Loads {
  /** Changes ahead of all that is measured, in a burst: until code is compiled and connections are open. */
  warmUp: number;
  steady: { changesPerSecond: number; seconds: number };
  burst: number;
}

/** What came of one load. */
export interface LoadResult {
  /** From the first statement to the last record. */
  changesPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  parts: Map<string, { cpuPerMillion: number; coresBusy: number; peakMib: number }>;
}

/** What a side did with the loads that it was put under. */
export interface SideResult {
  steady: LoadResult;
  burst?: LoadResult;
}

/**
 * Puts a side under the steady load and then under the burst, and once more under the steady load with its other
 * settings.
 * @returns what came of it, by the side's name and that of its other settings
 * @param writer opened before the side began
 * @param environment leads to the sandbox
 * @throws Error where a change does not arrive
 */
export async function measureSide(
  side: Side,
  writer: Writer,
  environment: Record<string, string>,
  loads: Loads,
): Promise<Map<string, SideResult>> {
  const arrivals = new Arrivals(environment, side.streamName, side.readRow);
  const meter = new ProcessMeter({ ...side.parts, ...SHARED_PARTS });
  try {
    const under = async (write: () => Promise<Written>): Promise<LoadResult> => {
      const before = meter.use();
      const written = await write();
      const arrived = await arrivals.of(written, side.failed);
      return result(written, arrived, before, meter.use());
    };
    const { changesPerSecond, seconds } = loads.steady;
    const underSteady = () => under(() => writer.steady(changesPerSecond, seconds));
    await under(() => writer.burst(loads.warmUp));
    const first: SideResult = {
      steady: await underSteady(),
      burst: await under(() => writer.burst(loads.burst)),
    };
    const results = new Map([[side.name, first]]);
    if (side.otherSettings !== undefined) {
      await side.otherSettings.apply();
      results.set(side.otherSettings.name, { steady: await underSteady() });
    }
    return results;
  } finally {
    meter.stop();
  }
}

function result(
  { begun, changes }: Written,
  { latencies, last }: Arrived,
  before: ReadonlyMap<string, PartUse>,
  after: ReadonlyMap<string, PartUse>,
): LoadResult {
  const seconds = (last - begun) / 1000;
  const parts = [...after].map(([part, { cpuSeconds, peakMib }]) => {
    const used = cpuSeconds - (before.get(part)?.cpuSeconds ?? 0);
    return [
      part,
      { cpuPerMillion: (used / changes.size) * 1_000_000, coresBusy: used / seconds, peakMib },
    ] as const;
  });
  return {
    changesPerSecond: changes.size / seconds,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    parts: new Map(parts),
  };
}

/** The value that so much of a sorted list is at most. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
}
