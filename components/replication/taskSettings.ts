/** DynamoDB's limit for an item, 400 KB with its attribute names, in KB as DMS counts LOB sizes. */
const ITEM_LIMIT_KB = 400;

/** What DMS writes log lines about. */
const LOG_COMPONENTS = [
  "SOURCE_UNLOAD",
  "TARGET_LOAD",
  "SOURCE_CAPTURE",
  "TARGET_APPLY",
  "TASK_MANAGER",
] as const;

/** The settings of a replication task that a user may choose. */
export interface TaskSettingsOptions {
  /** How many tables are loaded at the same time, 1 to 49. Default: 8, DMS's own. */
  fullLoadSubTasks?: number;
}

/**
 * The settings of the replication task, as an object that becomes its JSON. Complete, so that what the service would
 * fill in shows no difference on every preview; without the read-only members (the log group and stream), which the
 * service refuses in a request.
 *
 * Source: AWS DMS user guide, CHAP_Tasks.CustomizingTasks.TaskSettings.*
 */
export function taskSettings(options: TaskSettingsOptions = {}) {
  return {
    TargetMetadata: {
      TargetSchema: "",
      SupportLobs: true,
      // Limited mode loads a LOB with its row. Full mode inserts the row without it and updates it afterwards: two
      // events for one change. What is longer than an item may be could not be stored anyway.
      FullLobMode: false,
      LobChunkSize: 0,
      LimitedSizeLobMode: true,
      LobMaxSize: ITEM_LIMIT_KB,
      InlineLobMaxSize: 0,
      LoadMaxFileSize: 0,
      // More than 1 multiplies the 200 write units of every table that DMS makes, and its price.
      ParallelLoadThreads: 0,
      ParallelLoadBufferSize: 0,
      ParallelLoadQueuesPerThread: 0,
      // Parallel apply has no DynamoDB target, and batch apply would hide intermediate images of a row.
      ParallelApplyThreads: 0,
      ParallelApplyBufferSize: 0,
      ParallelApplyQueuesPerThread: 0,
      BatchApplyEnabled: false,
      TaskRecoveryTableEnabled: false,
    },
    FullLoadSettings: {
      // DROP_AND_CREATE, the service's default, would delete the table with its stream and its mapping.
      TargetTablePrepMode: "DO_NOTHING",
      CreatePkAfterFullLoad: false,
      // The task stops when the tables are loaded and no change is applied yet: the streams are turned on in that
      // pause, and no change comes before them.
      StopTaskCachedChangesApplied: false,
      StopTaskCachedChangesNotApplied: true,
      MaxFullLoadSubTasks: options.fullLoadSubTasks ?? 8,
      TransactionConsistencyTimeout: 600,
      CommitRate: 10000,
    },
    ChangeProcessingDdlHandlingPolicy: {
      // A DROP TABLE or TRUNCATE in the source must not delete the table of current state.
      HandleSourceTableDropped: false,
      HandleSourceTableTruncated: false,
      // A new column flows through.
      HandleSourceTableAltered: true,
    },
    ErrorBehavior: errorBehavior(),
    ControlTablesSettings: {
      // DynamoDB supports the apply exceptions alone, which need no switch.
      ControlSchema: "",
      HistoryTimeslotInMinutes: 5,
      HistoryTableEnabled: false,
      SuspendedTablesTableEnabled: false,
      StatusTableEnabled: false,
      FullLoadExceptionTableEnabled: false,
    },
    ChangeProcessingTuning: {
      BatchApplyPreserveTransaction: true,
      BatchApplyTimeoutMin: 1,
      BatchApplyTimeoutMax: 30,
      BatchApplyMemoryLimit: 500,
      BatchSplitSize: 0,
      MinTransactionSize: 1000,
      CommitTimeout: 1,
      MemoryLimitTotal: 1024,
      MemoryKeepTime: 60,
      StatementCacheSize: 50,
    },
    StreamBufferSettings: {
      StreamBufferCount: 3,
      StreamBufferSizeInMB: 8,
      CtrlStreamBufferSizeInMB: 5,
    },
    // DMS validates no DynamoDB target.
    ValidationSettings: { EnableValidation: false },
    Logging: {
      EnableLogging: true,
      LogComponents: LOG_COMPONENTS.map((Id) => ({ Id, Severity: "LOGGER_SEVERITY_DEFAULT" })),
    },
    FailTaskWhenCleanTaskResourceFailed: false,
    PostProcessingRules: null,
    CharacterSetSettings: null,
    LoopbackPreventionSettings: null,
    BeforeImageSettings: null,
  };
}

/**
 * What DMS does with an error. Its defaults log a row that failed and go on: a gap that no consumer can see. Here a
 * row that failed takes its table out of the replication, which the table statistics show and a reload mends.
 */
function errorBehavior() {
  return {
    FailOnNoTablesCaptured: true,
    // Transactions open when the load began: losing their changes must not pass for a start.
    FailOnTransactionConsistencyBreached: true,
    DataErrorPolicy: "SUSPEND_TABLE",
    DataTruncationErrorPolicy: "SUSPEND_TABLE",
    DataErrorEscalationPolicy: "SUSPEND_TABLE",
    DataErrorEscalationCount: 0,
    // A table that cannot be replicated (no primary key, say) must not stop the others.
    TableErrorPolicy: "SUSPEND_TABLE",
    TableErrorEscalationPolicy: "STOP_TASK",
    TableErrorEscalationCount: 0,
    // After a resume DMS may apply a change twice: a row already gone, or already there, is what was wanted.
    ApplyErrorDeletePolicy: "IGNORE_RECORD",
    ApplyErrorInsertPolicy: "INSERT_RECORD",
    ApplyErrorUpdatePolicy: "SUSPEND_TABLE",
    ApplyErrorEscalationPolicy: "SUSPEND_TABLE",
    ApplyErrorEscalationCount: 0,
    // A TRUNCATE deletes every row without a change for any of them: it must be seen, not skipped.
    ApplyErrorFailOnTruncationDdl: true,
    FullLoadIgnoreConflicts: true,
    // A source that is away (patched, failed over) is waited for, with growing pauses, for as long as it takes.
    RecoverableErrorCount: -1,
    RecoverableErrorInterval: 5,
    RecoverableErrorThrottling: true,
    RecoverableErrorThrottlingMax: 1800,
    RecoverableErrorStopRetryAfterThrottlingMax: false,
    EventErrorPolicy: "IGNORE",
  };
}
