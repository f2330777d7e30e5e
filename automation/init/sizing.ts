import {
  LOAD_WRITE_UNITS,
  loadSeconds,
  SINGLE_THREAD_CHANGES_PER_SECOND,
  unitsPerRow,
} from "../doctor/rules/rates";
import { averageRowBytes } from "../doctor/rules/sizes";
import type { TableFacts } from "../doctor/sourceFacts";

/** How large a replication is proposed, and why. */
export interface SizeProposal {
  instance: { class: string; storageGib: number };
  /** The most capacity of a serverless one, in DCU: the instance's memory. */
  maxDcu: number;
  /** One sentence each, for comments. */
  why: { source: string; compute: string; storage: string; load: string; cost: string };
}

/** Instances by what they are enough for. A rule of thumb: AWS gives none. A DCU is 2 GB of memory. */
const SIZES = [
  { class: "dms.t3.medium", memoryGib: 4, maxDcu: 2, writes: 10, tables: 50 },
  {
    class: "dms.r6i.large",
    memoryGib: 16,
    maxDcu: 8,
    writes: SINGLE_THREAD_CHANGES_PER_SECOND,
    tables: 500,
  },
] as const;

const LARGEST = { class: "dms.r6i.xlarge", memoryGib: 32, maxDcu: 16 } as const;

/** Tables that DMS loads at the same time (MaxFullLoadSubTasks). */
const LOADED_AT_ONCE = 8;

const STORAGE_GIB = { least: 50, most: 6144 };
const GIB = 1024 ** 3;
const SECONDS_A_MONTH = 730 * 3600;

/** List prices of us-east-1 in USD, as the README has them. */
const PRICES = { tableHour: 114 / 730, millionWrites: 0.625, storageGibMonth: 0.25, backupGibMonth: 0.2 };

/** Proposes a size for a source's tables. Pure. */
export function proposeSize(tables: readonly TableFacts[]): SizeProposal {
  const sum = (of: (table: TableFacts) => number | undefined) =>
    tables.reduce((total, table) => total + (of(table) ?? 0), 0);
  const rows = sum((table) => table.rows);
  const bytes = sum((table) => table.bytes);
  const writes = sum((table) => table.writesPerSecond);
  const size = SIZES.find((one) => writes <= one.writes && tables.length <= one.tables) ?? LARGEST;

  const each = tables.map((table) => loadSeconds(table) ?? 0);
  const seconds = Math.max(0, ...each, each.reduce((total, one) => total + one, 0) / LOADED_AT_ONCE);
  // What changes while the load runs is kept until it can be applied; twice that, for its own form.
  const cached =
    sum((table) => (table.writesPerSecond ?? 0) * (averageRowBytes(table) ?? 1024)) * seconds * 2;
  const storageGib = Math.min(STORAGE_GIB.most, STORAGE_GIB.least + Math.ceil(cached / GIB));

  const monthly = sum((table) => (table.writesPerSecond ?? 0) * unitsPerRow(table)) * SECONDS_A_MONTH;
  const writesCost = (monthly / 1e6) * PRICES.millionWrites;
  const keptCost = (bytes / GIB) * (PRICES.storageGibMonth + PRICES.backupGibMonth);
  const loadCost = (tables.length * PRICES.tableHour * Math.max(seconds, 3600)) / 3600;
  return {
    instance: { class: size.class, storageGib },
    maxDcu: size.maxDcu,
    why: {
      source: `${counted(tables.length, "table")}, about ${whole(rows)} rows, ${gib(bytes)}, ${rate(writes)} rows written a second`,
      compute: `${size.memoryGib} GiB of memory, in which open transactions wait, for ${counted(tables.length, "table")} and ${rate(writes)} changes a second. One thread applies them: above about ${SINGLE_THREAD_CHANGES_PER_SECOND} a second no instance is large enough, and two pipelines are`,
      storage: `${STORAGE_GIB.least} GiB, and room for twice what changes while the load runs (${gib(cached / 2)})`,
      load: `The full load takes at least ${duration(seconds)}: ${LOADED_AT_ONCE} tables at once, each with the ${LOAD_WRITE_UNITS} write units that DMS gives it. More load threads would multiply the units, and with them the price, of every table. The source must keep its log for that long and a day more`,
      cost: `DynamoDB, at list prices of us-east-1: about ${usd(loadCost)} for the tables while they load (${LOAD_WRITE_UNITS}/${LOAD_WRITE_UNITS} provisioned, 114 USD a month each until pass 2), then about ${usd(writesCost)} a month for writes and ${usd(keptCost)} for storage and backups. README.md has the rest`,
    },
  };
}

function counted(count: number, noun: string): string {
  return `${whole(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function gib(bytes: number): string {
  return `${(bytes / GIB).toFixed(bytes < GIB ? 2 : 1)} GiB`;
}

function rate(value: number): string {
  return value < 10 ? value.toFixed(1) : whole(value);
}

function usd(value: number): string {
  return `${value < 10 ? value.toFixed(2) : whole(value)} USD`;
}

function duration(seconds: number): string {
  return seconds < 3600
    ? `${Math.max(1, Math.round(seconds / 60))} min`
    : `${(seconds / 3600).toFixed(seconds < 36_000 ? 1 : 0)} h`;
}
