import { cpus, totalmem } from "node:os";

/** What one bench found. */
export interface Report {
  /** The bench's name, as `npm run bench -- NAME` takes it. */
  name: string;
  machine: Machine;
  /** One measured line each; the same columns in every row. */
  rows: Record<string, string | number>[];
  /** How our own does beside something else, by name: above 1 is better than that. */
  ratios: Record<string, number>;
  /** What is asked of a ratio or a figure, and whether it is so. */
  targets: Record<string, Target>;
}

/** What is asked of a ratio or a figure. */
export interface Target {
  target: string;
  /** Whether it is so; null where it could not be measured. */
  met: boolean | null;
}

/** What a figure depends on. */
export interface Machine {
  processor: string;
  cores: number;
  memoryGib: number;
  node: string;
}

/** The machine that this runs on. */
export function machine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
}

/** A ratio that must be so much at least. */
export function atLeast(value: number, least: number): Target {
  return { target: `at least ${least}`, met: value >= least };
}

/** A figure that must be so much at most. */
export function atMost(value: number, most: number, unit = ""): Target {
  return { target: `at most ${most}${unit}`, met: value <= most };
}

/** What is asked of a ratio that could not be measured. */
export function unmeasured(target: string): Target {
  return { target, met: null };
}

/** A report for people: a table, then the ratios and what is asked of them. */
export function reportText({ name, machine: on, rows, ratios, targets }: Report): string {
  return [
    `${name}, on ${on.cores} × ${on.processor}, ${on.memoryGib} GiB, Node ${on.node}`,
    "",
    ...table(rows),
    "",
    ...table(
      [...new Set([...Object.keys(ratios), ...Object.keys(targets)])].map((key) => ({
        ratio: key,
        value: ratios[key] === undefined ? "" : rounded(ratios[key]),
        target: targets[key]?.target ?? "",
        met: verdict(targets[key]),
      })),
    ),
    "",
  ].join("\n");
}

function verdict(target: Target | undefined): string {
  if (target === undefined) {
    return "";
  }
  return target.met === null ? "not measured" : target.met ? "yes" : "NO";
}

function table(rows: readonly Record<string, string | number>[]): string[] {
  const columns = Object.keys(rows[0] ?? {});
  const cells = [columns, ...rows.map((row) => columns.map((column) => cell(row[column])))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  const numeric = columns.map((column) => rows.every((row) => typeof row[column] === "number"));
  return cells.map((line) =>
    line
      .map((text, index) =>
        numeric[index] ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}

function cell(value: string | number | undefined): string {
  return typeof value === "number" ? rounded(value).toLocaleString("en-US") : (value ?? "");
}

/** Three digits that say something; a whole number stays as it is. */
function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(3));
}
