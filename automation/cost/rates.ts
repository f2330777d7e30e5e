import type { Known, Rates } from "./costEstimate";
import type { Observed } from "./observed";
import type { CostUse } from "./quantities";

/** Rates that the user gives in place of what is observed. */
export interface GivenRates {
  changesPerSecond?: number | undefined;
  bytesPerRow?: number | undefined;
}

const ASSUMED_ROW_BYTES = 1024;

/** What an event has beside its rows: names, id, key, sequence. */
const ENVELOPE_BYTES = 500;

/** The rates of a month: those that are given, else those observed, else assumed. Pure. */
export function rates(given: GivenRates, observed: Observed): Rates {
  const changesPerSecond = givenOr(
    given.changesPerSecond,
    "--changes-per-second",
    observed.changesPerSecond,
  ) ?? { value: 0, origin: "assumed" as const, basis: "no change was seen" };
  const rowBytes = givenOr(given.bytesPerRow, "--bytes-per-row", observed.rowBytes) ?? {
    value: ASSUMED_ROW_BYTES,
    origin: "assumed" as const,
    basis: `rows of ${ASSUMED_ROW_BYTES} bytes`,
  };
  const eventBytes = (given.bytesPerRow === undefined ? observed.eventBytes : undefined) ?? {
    value: 2 * rowBytes.value + ENVELOPE_BYTES,
    origin: "assumed" as const,
    basis: `the row as it was and as it is, and ${ENVELOPE_BYTES} bytes`,
  };
  return { changesPerSecond, rowBytes, eventBytes };
}

/**
 * What was measured of the use that comes of the rates: calls, logs, bytes that went out, what consumers did. Measured at another rate than
 * the given one, it says nothing about it, and is left to be estimated. Pure.
 */
export function measuredUse(
  given: GivenRates,
  { bytesOut, fanIn, logBytes, consumers }: Observed,
): Pick<CostUse, "bytesOut" | "fanIn" | "logBytes" | "consumers"> {
  return given.changesPerSecond === undefined && given.bytesPerRow === undefined
    ? { bytesOut, fanIn, logBytes, consumers }
    : {};
}

function givenOr(value: number | undefined, option: string, observed: Known | undefined): Known | undefined {
  return value === undefined ? observed : { value, origin: "given", basis: option };
}
