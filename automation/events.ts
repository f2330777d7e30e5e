import type { ReplicatedTable } from "../components/replicatedTable";
import type { Finding } from "./doctor/finding";
import type { PendingCreate } from "./pendingCreates";

/** The two updates of a deployment: 1 with the tables known so far, 2 with those found after it. */
export type Pass = 1 | 2;

/** Resources by operation (`create`, `update`, `same` …), as the engine's summary counts them. */
export type Changes = Record<string, number>;

/** One resource step of an update or a preview. */
export interface ResourceStep {
  /** The engine's operation: `create`, `update`, `delete`, `replace`, `import`, `refresh` … */
  op: string;
  /** The resource's type token, e.g. `aws:kinesis/stream:Stream`. */
  type: string;
  /** The last part of its URN: the name in the program. */
  name: string;
  urn: string;
  /** The input properties that differ, for an update or a replacement. */
  differs: string[];
}

/** How far one table's full load is, from DMS's table statistics. */
export interface TableProgress {
  schema: string;
  table: string;
  /** DMS's table state, e.g. `Full load`, `Table completed`, `Table error`. */
  state: string;
  /** Rows loaded so far. */
  rows: number;
}

/** A table that is left out of the pipeline, and why. */
export interface SkippedTable {
  schema: string;
  table: string;
  reason: string;
  /** True for one that still loads: the next run takes it in. */
  pending: boolean;
}

/** What the driver found when it set DMS's table statistics against DynamoDB's tables. */
export interface Discovery {
  /** Every table of the pipeline, sorted by schema and table. */
  tables: ReplicatedTable[];
  /** Those of them that the stack did not know before. */
  added: ReplicatedTable[];
  /** Tables the stack knew whose DynamoDB table is gone: let go. */
  gone: ReplicatedTable[];
  skipped: SkippedTable[];
}

/**
 * Everything the driver reports while it works, by `code`. The driver itself prints nothing: whoever calls it
 * renders these.
 */
export type RowstreamEvent =
  | { code: "StackOpened"; stack: string; created: boolean }
  | { code: "StaleLockRemoved"; stack: string; holder: string }
  /** The last update was cut off while it created these: `unknown` ones may exist without any state saying so. */
  | { code: "PendingCreatesSettled"; adopted: PendingCreate[]; unknown: PendingCreate[] }
  | { code: "SourceExamining"; source: string }
  | { code: "SourceExamined"; findings: Finding[] }
  | { code: "SourceNotExamined"; reason: string }
  | { code: "PassStarted"; pass: Pass; tables: number }
  | { code: "PassFinished"; pass: Pass; changes: Changes; seconds: number }
  | { code: "PreviewStarted" }
  | { code: "PreviewFinished"; changes: Changes; seconds: number }
  | { code: "RefreshStarted" }
  | { code: "RefreshFinished"; changes: Changes; seconds: number }
  | { code: "DestroyStarted"; tables: string[]; tablesOnDestroy: "retain" | "delete" }
  | { code: "DestroyFinished"; changes: Changes; seconds: number }
  | { code: "ResourceStarted"; step: ResourceStep }
  | { code: "ResourceFinished"; step: ResourceStep }
  | { code: "ResourceFailed"; step: ResourceStep }
  | { code: "ResourcePlanned"; step: ResourceStep }
  | { code: "EngineMessage"; severity: "info" | "warning" | "error"; message: string; resource?: string }
  | {
      code: "PolicyViolated";
      level: "warning" | "mandatory";
      policy: string;
      message: string;
      resource?: string;
    }
  | { code: "PolicyNotChecked"; policy: string; message: string; resource?: string }
  | { code: "ConnectionTestStarted"; endpoint: "source" | "target" }
  | { code: "ConnectionTestPassed"; endpoint: "source" | "target" }
  /** The first heartbeat is in the source, and with it its table. */
  | { code: "HeartbeatWritten"; schema: string; table: string }
  | { code: "FullLoadStarted"; resumed: boolean }
  | { code: "FullLoadProgress"; percent: number; tables: TableProgress[] }
  | { code: "FullLoadFinished"; tables: TableProgress[] }
  | { code: "TablesDiscovered"; discovery: Discovery }
  | { code: "StreamsLost"; tables: ReplicatedTable[]; mending: boolean; republished: boolean }
  | { code: "InitialLoadStarted"; tables: ReplicatedTable[] }
  | { code: "InitialLoadProgress"; table: ReplicatedTable; rows: number }
  | { code: "InitialLoadFinished"; tables: ReplicatedTable[]; rows: number }
  | { code: "ReloadStarted"; schema: string; table: string }
  | { code: "ReloadProgress"; schema: string; table: string; rows: number }
  | { code: "ReloadFinished"; schema: string; table: string; rows: number; leftOver: number }
  | { code: "ReplicationStopping"; reason: string }
  | { code: "ReplicationStopped" }
  | { code: "ReplicationResuming" }
  | { code: "ReplicationRunning" }
  | { code: "NothingChanged" };

/** Receives the driver's events. It must not throw. */
export type OnEvent = (event: RowstreamEvent) => void;
