import type { CostComponent, CostQuantity, Known, Origin, Rates } from "./costEstimate";
import { PRICES, type PriceKey } from "./prices";

/** A month, as AWS's own calculator counts it, in hours. */
export const HOURS = 730;

/** The same in seconds. */
export const SECONDS = HOURS * 3600;

/** Bytes in what AWS bills as a GB. */
export const GB = 1024 ** 3;

export const MILLION = 1e6;

/** One line of a component: what there is of it in a month, in the price's unit, and how that is known. */
export type Line = (
  item: string,
  quantity: number,
  priceKey: PriceKey,
  known: { origin: Origin; basis: string },
) => CostQuantity;

/** Makes the lines of a component. */
export function linesOf(component: CostComponent): Line {
  return (item, quantity, priceKey, { origin, basis }) => ({
    component,
    item,
    quantity,
    unit: PRICES[priceKey].unit,
    origin,
    basis,
    priceKey,
  });
}

/** The changes of a month. */
export function changesInMonth({ changesPerSecond }: Rates): number {
  return changesPerSecond.value * SECONDS;
}

/** The rate in words. */
export function rateText({ changesPerSecond }: Rates): string {
  return `${short(changesPerSecond.value)} changes a second`;
}

/** What a function does in a month. */
export interface FunctionUse {
  calls: Known;
  /** Milliseconds of a call, on average. */
  milliseconds: Known;
}

/** The lines of a function's calls and run time. @param who put behind the items' names; nothing for none */
export function* functionLines(
  line: Line,
  who: string,
  { memoryMib, architecture }: { memoryMib: number; architecture: string },
  { calls, milliseconds }: FunctionUse,
): Generator<CostQuantity> {
  yield line(`calls${who}`, calls.value / MILLION, "lambdaRequestMillion", calls);
  yield line(
    `run time${who}`,
    (calls.value * milliseconds.value * (memoryMib / 1024)) / 1000,
    "lambdaGbSecond",
    {
      origin: weaker(calls, milliseconds),
      basis: `${short(milliseconds.value)} ms a call (${milliseconds.basis}), ${memoryMib} MiB, ${architecture}`,
    },
  );
}

/** How a function is called where its calls were not counted. */
export interface Batching {
  /** The streams or shards that it reads, equally busy, in words too. */
  lanes: number;
  of: string;
  batchSize: number;
  windowSeconds: number;
}

/** Calls that were not counted: a batch each time the window ends, or it is full. */
export function assumedUse(
  { changesPerSecond }: Rates,
  { lanes, of, batchSize, windowSeconds }: Batching,
): FunctionUse {
  const perLane = changesPerSecond.value / lanes;
  const callsPerSecond = Math.max(
    perLane / batchSize,
    Math.min(perLane, windowSeconds > 0 ? 1 / windowSeconds : perLane),
  );
  const records = callsPerSecond === 0 ? 0 : perLane / callsPerSecond;
  return {
    calls: {
      value: callsPerSecond * lanes * SECONDS,
      origin: "assumed",
      basis: `${lanes} ${of} equally busy, a batch when ${windowSeconds} s are over or ${batchSize} records are there`,
    },
    milliseconds: {
      value: 50 + records / 2,
      origin: "assumed",
      basis: `50 ms and half a millisecond for each of ${short(records)} records`,
    },
  };
}

const STRENGTH: readonly Origin[] = ["assumed", "given", "observed", "deployed"];

/** Where a product of numbers came from: from the one that is known the least. */
export function weaker(...known: readonly { origin: Origin }[]): Origin {
  return STRENGTH.find((origin) => known.some((one) => one.origin === origin)) ?? "assumed";
}

/** A number without digits that nobody reads. */
export function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
