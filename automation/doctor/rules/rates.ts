import { qualifiedName } from "../../tableMatch";
import { type Finding, finding } from "../finding";
import { configCommand, type Plan } from "../plan";
import type { TableFacts } from "../sourceFacts";
import { averageRowBytes } from "./sizes";

/**
 * Changes a second above which DMS may fall behind. AWS gives no figure: ParallelApplyThreads has no DynamoDB target, so
 * one thread writes one item after the other, each in a few milliseconds; that is 100 to 200 a second.
 */
export const SINGLE_THREAD_CHANGES_PER_SECOND = 100;

/** The write units of a table while DMS loads it (AWS DMS user guide, CHAP_Target.DynamoDB). */
export const LOAD_WRITE_UNITS = 200;

/** A load of this many hours is worth knowing of beforehand. */
const LONG_LOAD_HOURS = 4;

/** Write rates and load times against what takes them in. */
export function rateFindings(tables: readonly TableFacts[], plan: Plan): Finding[] {
  return [...applyRate(tables), ...tables.flatMap((table) => [...capacity(table, plan), ...loadTime(table)])];
}

/** How long the full load of a table takes at least, in seconds; undefined where its size is not known. */
export function loadSeconds(table: TableFacts): number | undefined {
  return table.rows === undefined ? undefined : (table.rows * unitsPerRow(table)) / LOAD_WRITE_UNITS;
}

/** The write units that one row takes: one for each KB begun. */
export function unitsPerRow(table: TableFacts): number {
  return Math.max(1, Math.ceil((averageRowBytes(table) ?? 0) / 1024));
}

function applyRate(tables: readonly TableFacts[]): Finding[] {
  const busiest = tables
    .filter(({ writesPerSecond = 0 }) => writesPerSecond > 0)
    .sort((a, b) => (b.writesPerSecond ?? 0) - (a.writesPerSecond ?? 0));
  const total = busiest.reduce((sum, { writesPerSecond = 0 }) => sum + writesPerSecond, 0);
  if (total <= SINGLE_THREAD_CHANGES_PER_SECOND) {
    return [];
  }
  const named = busiest
    .slice(0, 3)
    .map((table) => `${qualifiedName(table)} ${rate(table.writesPerSecond ?? 0)}`);
  return [
    finding(
      "write-rate",
      "write rate",
      `the source writes ${rate(total)} rows a second (${named.join(", ")}); DMS applies them to DynamoDB one by one, about ${SINGLE_THREAD_CHANGES_PER_SECOND} to ${2 * SINGLE_THREAD_CHANGES_PER_SECOND} a second`,
      "watch the task's CDCLatencyTarget; if it grows, split the tables between two pipelines (two stacks with other include patterns)",
    ),
  ];
}

function capacity(table: TableFacts, plan: Plan): Finding[] {
  const ceiling = plan.capacity?.maxWriteUnits;
  const needed = (table.writesPerSecond ?? 0) * unitsPerRow(table);
  return ceiling === undefined || needed <= ceiling
    ? []
    : [
        finding(
          "write-capacity",
          qualifiedName(table),
          `is written with ${rate(needed)} write units a second, and rowstream:tableCapacity.maxWriteUnits is ${ceiling}: DMS would be throttled`,
          configCommand(plan, "rowstream:tableCapacity.maxWriteUnits", String(Math.ceil(needed * 2))),
        ),
      ];
}

function loadTime(table: TableFacts): Finding[] {
  const hours = (loadSeconds(table) ?? 0) / 3600;
  return hours < LONG_LOAD_HOURS
    ? []
    : [
        finding(
          "load-time",
          qualifiedName(table),
          `has about ${table.rows?.toLocaleString("en-US")} rows; at ${LOAD_WRITE_UNITS} write units a second they take at least ${Math.round(hours)} hours`,
          "have the source keep its log for that long and a day more",
        ),
      ];
}

function rate(value: number): string {
  return value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString("en-US");
}
