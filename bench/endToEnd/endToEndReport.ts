import { median } from "../measure";
import { atLeast, machine, type Report, unmeasured } from "../report";
import { DEBEZIUM } from "./debeziumSide";
import { type LoadResult, MINISTACK, type SideResult } from "./measureSide";
import { DMS, FAN_IN, NO_WINDOW, ROWSTREAM } from "./rowstreamSide";

/** How much less processor time DMS's stand-in and the fan-in are to take than Debezium Server. */
const LEAST_CPU_RATIO = 2;

type Load = keyof SideResult;

/** The rounds of each side, by its name; without Debezium Server its targets are not measured. */
export type Rounds = ReadonlyMap<string, readonly SideResult[]>;

/** Medians of the rounds, part by part, and what is asked of them. */
export function endToEndReport(rounds: Rounds): Report {
  const report: Report = { name: "endtoend", machine: machine(), rows: [], ratios: {}, targets: {} };
  for (const load of ["steady", "burst"] as const) {
    const sides = new Map<string, LoadResult>();
    for (const [side, results] of rounds) {
      const loaded = results.flatMap((one) => one[load] ?? []);
      if (loaded.length > 0) {
        sides.set(side, medians(loaded));
      }
    }
    for (const [side, result] of sides) {
      report.rows.push(...rowsOf(load, side, result));
    }
    for (const ours of [ROWSTREAM, NO_WINDOW]) {
      const result = sides.get(ours);
      if (result !== undefined) {
        compare(report, `${ours}, ${load}`, load, result, sides.get(DEBEZIUM));
      }
    }
  }
  return report;
}

function rowsOf(
  load: Load,
  side: string,
  { changesPerSecond, p50Ms, p99Ms, parts }: LoadResult,
): Report["rows"] {
  return [...parts].map(([part, { cpuPerMillion, coresBusy, peakMib }], index) => ({
    load,
    side,
    "changes/s": index === 0 ? changesPerSecond.toFixed(0) : "",
    "p50, ms": index === 0 ? p50Ms.toFixed(0) : "",
    "p99, ms": index === 0 ? p99Ms.toFixed(0) : "",
    part,
    "CPU s a million": Math.round(cpuPerMillion),
    "cores busy": Number(coresBusy.toFixed(2)),
    "peak MiB": Math.round(peakMib),
  }));
}

function compare(
  report: Report,
  what: string,
  load: Load,
  ours: LoadResult,
  theirs: LoadResult | undefined,
): void {
  const add = (name: string, value: number | undefined, least: number) => {
    if (value === undefined) {
      report.targets[name] = unmeasured(atLeast(Number.NaN, least).target);
    } else {
      report.ratios[name] = value;
      report.targets[name] = atLeast(value, least);
    }
  };
  if (load === "steady") {
    add(`${what}: p50 beside ${DEBEZIUM}`, theirs && theirs.p50Ms / ours.p50Ms, 1);
  } else {
    // What limits the rate is what is busiest; our own are DMS's stand-in and the fan-in.
    const busiest = Math.max(...[DMS, FAN_IN].map((part) => ours.parts.get(part)?.coresBusy ?? 0));
    add(
      `${what}: ${MINISTACK} busy beside the busier of ours`,
      (ours.parts.get(MINISTACK)?.coresBusy ?? 0) / busiest,
      1,
    );
    if (theirs !== undefined) {
      report.ratios[`${what}: changes/s beside ${DEBEZIUM}`] =
        ours.changesPerSecond / theirs.changesPerSecond;
    }
  }
  const cpu = cpuOf(ours, [DMS, FAN_IN]);
  add(
    `${what}: CPU of ${DMS} and ${FAN_IN} beside ${DEBEZIUM}`,
    theirs && cpuOf(theirs, [DEBEZIUM]) / cpu,
    LEAST_CPU_RATIO,
  );
}

function cpuOf({ parts }: LoadResult, names: readonly string[]): number {
  return names.reduce((sum, name) => sum + (parts.get(name)?.cpuPerMillion ?? 0), 0);
}

/** The median of each figure. */
function medians(results: readonly LoadResult[]): LoadResult {
  const of = (figure: (result: LoadResult) => number) => median(results.map(figure));
  const parts = [...(results[0]?.parts.keys() ?? [])].map((part) => {
    const ofPart = (name: "cpuPerMillion" | "coresBusy" | "peakMib") =>
      of(({ parts: all }) => all.get(part)?.[name] ?? Number.NaN);
    return [
      part,
      {
        cpuPerMillion: ofPart("cpuPerMillion"),
        coresBusy: ofPart("coresBusy"),
        peakMib: ofPart("peakMib"),
      },
    ] as const;
  });
  return {
    changesPerSecond: of((one) => one.changesPerSecond),
    p50Ms: of((one) => one.p50Ms),
    p99Ms: of((one) => one.p99Ms),
    parts: new Map(parts),
  };
}
