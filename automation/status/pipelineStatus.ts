import type { ReplicationPhase } from "../replicationControl";

/**
 * How a deployed pipeline is at one moment, as `rowstream status --output json` prints it. What could not be known is
 * absent: nothing here is a guess. Times are ISO 8601 in UTC.
 */
export interface PipelineStatus {
  /** When it was read. */
  at: string;
  /**
   * - `healthy`: changes flow, or could
   * - `busy`: a load or a start is under way, and nothing is wrong
   * - `attention`: a finding needs a person
   */
  verdict: "healthy" | "busy" | "attention";
  /** What is wrong or worth knowing, problems first. */
  findings: StatusFinding[];
  replication: ReplicationStatus;
  /** Every table that DMS or the stack knows of, by schema and name. DMS's own control tables are left out. */
  tables: TableStatus[];
  fanIn: FanInStatus;
  stream: StreamStatus;
  failures: FailureStatus;
  /** The heartbeat; absent where the stack has none. */
  heartbeat?: HeartbeatStatus;
}

/** What a finding is about; a program may branch on it, the text is for people. */
export type StatusCode =
  | "ReplicationMissing"
  | "ReplicationNotStarted"
  | "ReplicationStopped"
  | "ReplicationFailed"
  | "ReplicationLags"
  | "TableSuspended"
  | "TableLeftOut"
  | "TableNotAdopted"
  | "TableGone"
  | "TableUnknownToDms"
  | "StreamOff"
  | "MappingMissing"
  | "MappingOff"
  | "MappingFails"
  | "RowsNotLoaded"
  | "FanInLags"
  | "FanInFails"
  | "FanInThrottled"
  | "StreamMissing"
  | "StreamThrottles"
  | "FailuresWaiting"
  | "HeartbeatLate"
  | "HeartbeatMissing"
  | "MetricsUnread";

/** One thing that is wrong (`problem`: it needs a person) or worth knowing (`notice`). */
export interface StatusFinding {
  code: StatusCode;
  severity: "problem" | "notice";
  /** `schema.table`; absent where it is not about one table. */
  table?: string;
  text: string;
  /** What to do about it. */
  remedy?: string;
}

/** DMS as a whole. */
export interface ReplicationStatus {
  kind: "task" | "serverless";
  /** See {@link ReplicationPhase}; `missing` where DMS has no such replication. */
  phase: ReplicationPhase | "missing";
  /** DMS's own status, e.g. `running`. */
  status?: string;
  /** How much of the full load is done, 0 to 100. */
  percent?: number;
  /** E.g. `STOPPED_AFTER_FULL_LOAD`. */
  stopReason?: string;
  /** DMS's last failure messages, and the last errors of its log where it has failed. */
  errors: string[];
  /**
   * Seconds between a commit in the source and its reading by DMS (CDCLatencySource of CloudWatch); known for the
   * replication as a whole only.
   */
  sourceLatencySeconds?: number;
  /** The same to its writing to DynamoDB (CDCLatencyTarget). */
  targetLatencySeconds?: number;
}

/**
 * Where a table is:
 * - `flowing`: loaded, adopted, its stream on and mapped; changes become events
 * - `loading`: DMS loads it, or is about to
 * - `suspended`: adopted, and DMS writes no more changes to it
 * - `left-out`: DMS does not replicate it, and never did
 * - `not-adopted`: loaded, and not in the stack: its changes become no events
 * - `gone`: in the stack, and its DynamoDB table is not there
 * - `unknown`: in the stack, and DMS does not list it
 * - `no-stream`: its stream is off, or not the one that the stack turned on
 * - `no-mapping`: no event source mapping reads its stream
 * - `mapping-off`: its mapping is disabled
 * - `mapping-failing`: its mapping's last batch failed; it tries again
 */
export type TableState =
  | "flowing"
  | "loading"
  | "suspended"
  | "left-out"
  | "not-adopted"
  | "gone"
  | "unknown"
  | "no-stream"
  | "no-mapping"
  | "mapping-off"
  | "mapping-failing";

/** One table on its way from the source to the change stream. */
export interface TableStatus {
  schema: string;
  table: string;
  /** Its name in DynamoDB; absent until it is adopted. */
  tableName?: string;
  state: TableState;
  /** Why, where it is neither flowing nor loading. */
  reason?: string;
  /** DMS's table state, e.g. `Table completed`. The numbers below are DMS's, and absent where it does not list the table. */
  dmsState?: string;
  /** Rows that the last full load brought. */
  rowsLoaded?: number;
  /** Rows that the last full load could not write. */
  rowsNotLoaded?: number;
  /** Changes that DMS has applied to the DynamoDB table since the replication was started. */
  applied?: { inserts: number; updates: number; deletes: number };
  /** When DMS last updated its figures of the table: of its last change, or of its load. */
  lastUpdateAt?: string;
  /**
   * The beginning of the five minutes in which changes of it were last read, to become events (ReturnedRecordsCount of
   * CloudWatch). Absent where there were none in the last day, where CloudWatch has no figure, and where its changes are
   * left out of the events.
   */
  lastEventAt?: string;
  /** The event source mapping that reads its stream. */
  mapping?: MappingStatus;
  /** Batches of it that wait in the failure bucket, at least; absent for none. */
  failedBatches?: number;
}

/** One event source mapping. */
export interface MappingStatus {
  uuid: string;
  /** Lambda's word: `Enabled`, `Disabled`, `Creating` … */
  state: string;
  /** Lambda's word on the last batch: `OK`, `No records processed`, `PROBLEM: …`. */
  lastResult?: string;
}

/** The fan-in's function; known for all tables together only. Figures are CloudWatch's, of the last five minutes. */
export interface FanInStatus {
  functionName: string;
  /** The age of the oldest record when its batch was read, in seconds, of the table that is the furthest behind. */
  iteratorAgeSeconds?: number;
  invocations?: number;
  errors?: number;
  throttles?: number;
}

/** The change stream. */
export interface StreamStatus {
  name: string;
  /** Kinesis's word: `ACTIVE`, `UPDATING` …; absent where there is no such stream. */
  status?: string;
  mode?: "on-demand" | "provisioned";
  openShards?: number;
  retentionHours?: number;
  /** Whether a KMS key encrypts it. */
  encrypted?: boolean;
  /** Records and bytes that came in, in the last five minutes (CloudWatch). */
  recordsIn?: number;
  bytesIn?: number;
  /** Records that it refused for want of throughput, in the last five minutes (CloudWatch). */
  throttledRecords?: number;
}

/** The row that is written to the source at an interval. */
export interface HeartbeatStatus {
  /** Its table in the source, as `schema.table`. */
  table: string;
  /** How often it is written. */
  intervalMinutes: number;
  /**
   * How long the last one took from its writing in the source to its event, in milliseconds (CloudWatch): by two clocks,
   * the source's and Lambda's. Absent where none came in the time that three are written in, or in 15 minutes where that
   * is longer.
   */
  commitToEventMs?: number;
  /** The minute in which it came. */
  lastAt?: string;
}

/** What waits in the failure bucket for `rowstream redrive`. */
export interface FailureStatus {
  bucket: string;
  /** Batches that mappings gave up on. */
  batches: number;
  /** Records that could not become events. */
  unprocessable: number;
  /** Whether there are more than were counted: each count stops at a thousand. */
  more: boolean;
  /** When the last of those that were counted came. */
  lastAt?: string;
}
