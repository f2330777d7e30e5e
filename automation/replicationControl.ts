import type { TableStatistic } from "./tableMatch";

/**
 * Where a replication stands, the same for a DMS task and for DMS serverless:
 * - `new`: never started
 * - `loading`: running, its full load not complete
 * - `running`: running, its full load complete: changes are being applied
 * - `loaded`: stopped, its full load complete
 * - `interrupted`: stopped before its full load was complete
 * - `failed`: given up by DMS
 * - `changing`: on its way from one of these to another
 */
export type ReplicationPhase =
  | "new"
  | "loading"
  | "running"
  | "loaded"
  | "interrupted"
  | "failed"
  | "changing";

/** A replication's phase and what DMS says about it. */
export interface ReplicationState {
  phase: ReplicationPhase;
  /** The name that DMS knows it by beside its ARN. */
  identifier?: string;
  /** DMS's own status, e.g. `running`. */
  status: string;
  /** How much of the full load is done, 0 to 100. */
  percent: number;
  /** Why DMS stopped it, without the words "Stop Reason", e.g. `STOPPED_AFTER_FULL_LOAD`. */
  stopReason?: string;
  /** DMS's last failure messages. */
  failures: string[];
}

/** The result of a connection test of one endpoint. */
export type ConnectionTest =
  | { endpoint: "source" | "target"; passed: true }
  | { endpoint: "source" | "target"; passed: false; message: string };

/** One replication, whichever way DMS runs it. Calls return at once; whoever waits, polls `state`. */
export interface ReplicationControl {
  /** The replication's state; undefined where DMS has no such replication. */
  state(): Promise<ReplicationState | undefined>;
  /** The endpoints that can be tested before a start; none for serverless, which tests them as it starts. */
  readonly testableEndpoints: readonly ("source" | "target")[];
  /** Starts a test of one endpoint. */
  startConnectionTest(endpoint: "source" | "target"): Promise<void>;
  /** The result of that test; undefined while it runs. */
  connectionTest(endpoint: "source" | "target"): Promise<ConnectionTest | undefined>;
  /** Starts it for the first time, with a full load. */
  startFullLoad(): Promise<void>;
  /** Goes on where it stopped: the rest of the load, or the changes. */
  resume(): Promise<void>;
  stop(): Promise<void>;
  /** Begins to load one table again; the replication must be running. */
  reload(schema: string, table: string): Promise<void>;
  /** Every selected table, with how far its load is. */
  tableStatistics(): Promise<TableStatistic[]>;
  /** What the replication's log says about tables in error. */
  tableErrors(): Promise<(schema: string, table: string) => string | undefined>;
  /** The last errors of the replication's log, oldest first. */
  lastErrors(): Promise<string[]>;
}

/** What DMS reports of a task or a serverless replication, by the names the two APIs share. */
export interface ReportedState {
  identifier?: string | undefined;
  status: string | undefined;
  stopReason: string | undefined;
  failures: string[];
  percent: number | undefined;
  fullLoadFinishedAt: Date | undefined;
}

const FATAL_STOPS = new Set([
  "FATAL_ERROR",
  "RECOVERABLE_ERROR",
  "EXPRESS_LICENSE_LIMITS_REACHED",
  "STOPPED_DUE_TO_LOW_MEMORY",
  "STOPPED_DUE_TO_LOW_DISK",
]);
const LOADED_STOPS = new Set(["STOPPED_AFTER_FULL_LOAD", "STOPPED_AFTER_CACHED_EVENTS"]);

/** Reads the phase out of what DMS reports (DMS API reference, ReplicationTask and Replication). Pure. */
export function replicationState(reported: ReportedState): ReplicationState {
  const status = (reported.status ?? "").toLowerCase().replaceAll(/[ _]/g, "-");
  const stopReason = reported.stopReason?.replace(/^Stop Reason /i, "");
  const percent = reported.percent ?? (reported.fullLoadFinishedAt ? 100 : 0);
  const state = {
    ...(reported.identifier !== undefined && { identifier: reported.identifier }),
    status,
    percent,
    failures: reported.failures,
    ...(stopReason && { stopReason }),
  };
  return { ...state, phase: phaseOf(status, stopReason, percent) };
}

function phaseOf(status: string, stopReason: string | undefined, percent: number): ReplicationPhase {
  switch (status) {
    case "ready":
    case "created":
      return "new";
    case "running":
      return percent < 100 ? "loading" : "running";
    case "stopped":
      if (stopReason !== undefined && FATAL_STOPS.has(stopReason)) {
        return "failed";
      }
      return percent >= 100 || LOADED_STOPS.has(stopReason ?? "") ? "loaded" : "interrupted";
    case "failed":
    case "failed-move":
      return "failed";
    default:
      return "changing";
  }
}
