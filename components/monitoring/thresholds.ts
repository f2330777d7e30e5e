import { checkWhole } from "../checks";
import type { Faults } from "../faults";

/** From where on the alarms are raised. */
export interface AlarmThresholds {
  /** How far DMS may be behind the source's log, for five minutes, in seconds. Default: 300. */
  sourceLatencySeconds?: number;
  /** How far DynamoDB may be behind the source, for five minutes, in seconds. Default: 300. */
  targetLatencySeconds?: number;
  /**
   * How old the fan-in's oldest unread record may be, for five minutes, in seconds, at most 82800: a table's stream
   * forgets a record after 24 hours. Default: 300.
   */
  iteratorAgeSeconds?: number;
  /** Invocations of the fan-in that failed as a whole, in five minutes. Default: 1. */
  fanInErrors?: number;
  /** Invocations of the fan-in that were throttled, in each of three times five minutes. Default: 1. */
  fanInThrottles?: number;
  /** Records that the change stream throttled, in each of three times five minutes; they are tried again. Default: 1. */
  streamThrottles?: number;
  /** Adopted tables that DMS has given up. Default: 1. */
  suspendedTables?: number;
  /** Tables that are replicated and whose changes become no events, for 15 minutes. Default: 1. */
  unfedTables?: number;
  /** Objects in the failure bucket that nobody has dealt with. Default: 1. */
  failureObjects?: number;
  /** Write units that DMS's table of exceptions took in five minutes: about one a row. Default: 1. */
  applyExceptions?: number;
  /** The replication instance's free storage, in percent of all, 1 to 90. Default: 20. */
  freeStoragePercent?: number;
  /** The replication instance's free memory, in MiB. Default: 512. */
  freeMemoryMib?: number;
  /** The memory that a serverless replication uses, for 15 minutes, in percent, 1 to 100. Default: 90. */
  capacityPercent?: number;
  /**
   * How long a heartbeat may take from its writing in the source to its event, in each of three periods of five minutes
   * (or of its interval, where that is longer), in seconds; it is told of, too, where none comes. Default: 300.
   */
  heartbeatLatencySeconds?: number;
}

/** The default thresholds; the reasons are in docs/operations.md. */
export const DEFAULT_THRESHOLDS: Readonly<Required<AlarmThresholds>> = {
  sourceLatencySeconds: 300,
  targetLatencySeconds: 300,
  iteratorAgeSeconds: 300,
  fanInErrors: 1,
  fanInThrottles: 1,
  streamThrottles: 1,
  suspendedTables: 1,
  unfedTables: 1,
  failureObjects: 1,
  applyExceptions: 1,
  freeStoragePercent: 20,
  freeMemoryMib: 512,
  capacityPercent: 90,
  heartbeatLatencySeconds: 300,
};

const DAY_SECONDS = 86_400;

/** What each threshold may be. */
export const THRESHOLD_BOUNDS: Readonly<
  Record<keyof AlarmThresholds, { min: number; max: number; unit: string }>
> = {
  sourceLatencySeconds: { min: 1, max: DAY_SECONDS, unit: "seconds" },
  targetLatencySeconds: { min: 1, max: DAY_SECONDS, unit: "seconds" },
  iteratorAgeSeconds: { min: 1, max: 82_800, unit: "seconds" },
  fanInErrors: { min: 1, max: 1_000_000, unit: "invocations" },
  fanInThrottles: { min: 1, max: 1_000_000, unit: "invocations" },
  streamThrottles: { min: 1, max: 1_000_000_000, unit: "records" },
  suspendedTables: { min: 1, max: 100_000, unit: "tables" },
  unfedTables: { min: 1, max: 100_000, unit: "tables" },
  failureObjects: { min: 1, max: 10_000, unit: "objects" },
  applyExceptions: { min: 1, max: 1_000_000, unit: "write units" },
  freeStoragePercent: { min: 1, max: 90, unit: "percent" },
  freeMemoryMib: { min: 1, max: 1_000_000, unit: "MiB" },
  capacityPercent: { min: 1, max: 100, unit: "percent" },
  heartbeatLatencySeconds: { min: 1, max: DAY_SECONDS, unit: "seconds" },
};

/** Checks every threshold that is given. */
export function checkThresholds(faults: Faults, path: string, thresholds: AlarmThresholds = {}): void {
  const bounds = Object.entries(THRESHOLD_BOUNDS) as [
    keyof AlarmThresholds,
    (typeof THRESHOLD_BOUNDS)["fanInErrors"],
  ][];
  for (const [name, bound] of bounds) checkWhole(faults, `${path}.${name}`, thresholds[name], bound);
}
