import { jsonAt } from "../lib/json";
import { type About, type PackPolicy, resourcePolicy } from "../lib/policy";

const TASK = "aws:dms/replicationTask:ReplicationTask";
const CONFIG = "aws:dms/replicationConfig:ReplicationConfig";

/** A setting's value, and the service's own where it is not set. */
type Read = (section: string, setting: string, serviceDefault: unknown) => unknown;

/** A policy on the settings of a task, which a serverless replication has under another name. */
function taskPolicy(about: Omit<About, "group">, check: (read: Read) => string | undefined): PackPolicy {
  return resourcePolicy({ group: "capacity", ...about }, [TASK, CONFIG], (props, _settings, { type }) => {
    const text =
      type === TASK
        ? (props as { replicationTaskSettings?: string }).replicationTaskSettings
        : (props as { replicationSettings?: string }).replicationSettings;
    return check((section, setting, serviceDefault) => jsonAt(text, section, setting) ?? serviceDefault);
  });
}

export const taskKeepsTables = taskPolicy(
  {
    name: "task-keeps-tables",
    what: "A reload leaves the tables in place.",
    why: "DROP_AND_CREATE, the service's default, deletes a table with its stream, its mapping and its key.",
    remedy: "set FullLoadSettings.TargetTablePrepMode to DO_NOTHING",
    severity: "critical",
  },
  (read) => {
    const mode = read("FullLoadSettings", "TargetTablePrepMode", "DROP_AND_CREATE");
    return mode === "DO_NOTHING" ? undefined : `TargetTablePrepMode is ${mode}`;
  },
);

export const taskKeepsDroppedTables = taskPolicy(
  {
    name: "task-keeps-dropped-tables",
    what: "A DROP TABLE or TRUNCATE in the source does not delete the table of current state.",
    why: "Both are replicated by default, and no consumer gets an event for a row that is lost so.",
    remedy:
      "set ChangeProcessingDdlHandlingPolicy.HandleSourceTableDropped and HandleSourceTableTruncated to false",
    severity: "critical",
  },
  (read) => {
    const on = ["HandleSourceTableDropped", "HandleSourceTableTruncated"].filter(
      (setting) => read("ChangeProcessingDdlHandlingPolicy", setting, true) !== false,
    );
    return on.length > 0 ? `${on.join(" and ")} ${on.length > 1 ? "are" : "is"} on` : undefined;
  },
);

/** The error settings that decide over a row, and what the service does unless it is told. */
const ROW_ERRORS: Record<string, string> = {
  DataErrorPolicy: "LOG_ERROR",
  DataTruncationErrorPolicy: "LOG_ERROR",
  ApplyErrorInsertPolicy: "LOG_ERROR",
  ApplyErrorUpdatePolicy: "LOG_ERROR",
};

export const taskShowsErrors = taskPolicy(
  {
    name: "task-shows-errors",
    what: "A row that fails is not skipped.",
    why: "The service's defaults log it and go on: a gap that no consumer can see.",
    remedy: "set them in ErrorBehavior to SUSPEND_TABLE or STOP_TASK",
    severity: "high",
  },
  (read) => {
    const lenient = Object.entries(ROW_ERRORS)
      .map(([setting, serviceDefault]) => [setting, read("ErrorBehavior", setting, serviceDefault)])
      .filter(([, policy]) => policy === "LOG_ERROR" || policy === "IGNORE_RECORD");
    return lenient.length > 0
      ? lenient.map(([setting, policy]) => `${setting} is ${policy}`).join(", ")
      : undefined;
  },
);

export const taskStopsBeforeChanges = taskPolicy(
  {
    name: "task-stops-before-changes",
    what: "The task stops after the load, before it applies a change.",
    why: "Until the tables' streams are on, every change that it applies is an event lost.",
    remedy: "set FullLoadSettings.StopTaskCachedChangesNotApplied to true",
    severity: "critical",
  },
  (read) =>
    read("FullLoadSettings", "StopTaskCachedChangesNotApplied", false) === true
      ? undefined
      : "StopTaskCachedChangesNotApplied is off",
);

export const taskLogs = taskPolicy(
  {
    name: "task-logs",
    what: "The task writes its log.",
    why: "Why a table was suspended stands nowhere else.",
    remedy: "set Logging.EnableLogging to true",
    severity: "medium",
    controls: ["SecurityHub.DMS.7", "SecurityHub.DMS.8", "WellArchitected.SEC04-BP01"],
  },
  (read) => (read("Logging", "EnableLogging", false) === true ? undefined : "EnableLogging is off"),
);
