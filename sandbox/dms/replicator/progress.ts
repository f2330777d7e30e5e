import type * as dms from "@aws-sdk/client-database-migration-service";
import type { TargetTable } from "../mapping/itemMapper";
import type { Store } from "../store";
import { type Wire, wireNow } from "../wire/shapes";

/** The states of a table that DescribeTableStatistics shows. */
export type TableState =
  | "Before load"
  | "Full load"
  | "Table completed"
  | "Table is being reloaded"
  | "Table error"
  | "Table does not exist";

export type Statistics = Wire<dms.TableStatistics> & {
  SchemaName: string;
  TableName: string;
  TableState: TableState;
};

/** What is known of one table of a task. */
export interface TableProgress {
  /** The source's id of the table that was loaded. */
  id: string;
  /** Where its rows go; absent where DMS refused it. */
  target?: TargetTable;
  /** Changes are not applied: refused, suspended or dropped. */
  suspended: boolean;
  statistics: Statistics;
}

/** Where a task is; durable, so that a process that was killed goes on where it was. */
export interface Progress {
  /**
   * `new`: nothing is kept yet. `load`: the changes are kept, tables are loading. `cached`: all are loaded, changes
   * from during the load are not all applied. `changes`: only changes are left. `done`: a full load without changes.
   */
  phase: "new" | "load" | "cached" | "changes" | "done";
  tables: Record<string, TableProgress>;
  /** The last position that the target holds. */
  position?: string;
  /** The log's end when the load was over: up to here changes are cached ones. */
  cachedUntil?: string;
  freshStart?: number;
  start?: number;
  stop?: number;
  loadStart?: number;
  loadFinish?: number;
}

/** How long progress that only counts may stay unwritten, in milliseconds. */
const SAVE_INTERVAL_MS = 1_000;

/** The durable progress of one task and what is read from it. */
export class ProgressFile {
  readonly value: Progress;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: Store,
    private readonly id: string,
  ) {
    this.value = store.readProgress<Progress>(id) ?? { phase: "new", tables: {} };
  }

  /** Forgets the tables and the phase: the task begins anew. */
  reset(): void {
    this.value.phase = "new";
    this.value.tables = {};
    delete this.value.position;
    delete this.value.cachedUntil;
    delete this.value.loadStart;
    delete this.value.loadFinish;
    this.value.freshStart = wireNow();
    this.save();
  }

  /** Writes now: a phase or a table's state has changed. */
  save(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.store.writeProgress(this.id, this.value);
  }

  /** Takes the file away: the task is deleted. */
  discard(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.store.removeProgress(this.id);
  }

  /** Writes soon: only counts have changed. */
  touch(): void {
    this.timer ??= setTimeout(() => this.save(), SAVE_INTERVAL_MS);
  }
}

/** A table that nothing has happened to yet. */
export function newTable(id: string, schema: string, name: string): TableProgress {
  return {
    id,
    suspended: false,
    statistics: {
      SchemaName: schema,
      TableName: name,
      Inserts: 0,
      Deletes: 0,
      Updates: 0,
      Ddls: 0,
      AppliedInserts: 0,
      AppliedDeletes: 0,
      AppliedUpdates: 0,
      AppliedDdls: 0,
      FullLoadRows: 0,
      FullLoadCondtnlChkFailedRows: 0,
      FullLoadErrorRows: 0,
      FullLoadReloaded: false,
      LastUpdateTime: wireNow(),
      TableState: "Before load",
      ValidationPendingRecords: 0,
      ValidationFailedRecords: 0,
      ValidationSuspendedRecords: 0,
      ValidationState: "Not enabled",
    },
  };
}

/** The summary of a task's tables, as DescribeReplicationTasks and DescribeReplications show it. */
export function replicationStats(progress: Progress): Wire<dms.ReplicationTaskStats> {
  const states = Object.values(progress.tables).map((table) => table.statistics.TableState);
  const count = (...wanted: TableState[]) => states.filter((state) => wanted.includes(state)).length;
  const finished = states.length - count("Before load", "Full load", "Table is being reloaded");
  const end = progress.stop ?? wireNow();
  const percent = states.length === 0 ? 0 : Math.floor((finished / states.length) * 100);
  const stats: Wire<dms.ReplicationTaskStats> = {
    FullLoadProgressPercent: progress.phase === "new" ? 0 : percent,
    ElapsedTimeMillis:
      progress.start === undefined ? 0 : Math.max(0, Math.round((end - progress.start) * 1000)),
    TablesLoaded: count("Table completed"),
    TablesLoading: count("Full load", "Table is being reloaded"),
    TablesQueued: count("Before load"),
    TablesErrored: count("Table error"),
  };
  const dates = {
    FreshStartDate: progress.freshStart,
    StartDate: progress.start,
    StopDate: progress.stop,
    FullLoadStartDate: progress.loadStart,
    FullLoadFinishDate: progress.loadFinish,
  };
  return { ...stats, ...Object.fromEntries(Object.entries(dates).filter(([, date]) => date !== undefined)) };
}
