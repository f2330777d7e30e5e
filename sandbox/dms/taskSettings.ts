import { z } from "zod";
import { invalidParameter } from "./wire/fault";

const errorPolicy = z.enum([
  "IGNORE_RECORD",
  "LOG_ERROR",
  "SUSPEND_TABLE",
  "STOP_TASK",
  "INSERT_RECORD",
  "UPDATE_RECORD",
]);

/**
 * The task settings that the replicator acts on, with the service's defaults (AWS DMS user guide,
 * CHAP_Tasks.CustomizingTasks.TaskSettings). The others are kept as they came.
 */
const settingsSchema = z.looseObject({
  TargetMetadata: z
    .looseObject({
      SupportLobs: z.boolean().default(true),
      FullLobMode: z.boolean().default(false),
      LimitedSizeLobMode: z.boolean().default(true),
      /** In KB. */
      LobMaxSize: z.number().int().min(0).max(102_400).default(32),
      ParallelLoadThreads: z.number().int().min(0).max(200).default(0),
    })
    .prefault({}),
  FullLoadSettings: z
    .looseObject({
      TargetTablePrepMode: z
        .enum(["DO_NOTHING", "DROP_AND_CREATE", "TRUNCATE_BEFORE_LOAD"])
        .default("DROP_AND_CREATE"),
      StopTaskCachedChangesApplied: z.boolean().default(false),
      StopTaskCachedChangesNotApplied: z.boolean().default(false),
      MaxFullLoadSubTasks: z.number().int().min(1).max(49).default(8),
      CommitRate: z.number().int().min(1).max(50_000).default(10_000),
    })
    .prefault({}),
  ChangeProcessingDdlHandlingPolicy: z
    .looseObject({
      HandleSourceTableDropped: z.boolean().default(true),
      HandleSourceTableTruncated: z.boolean().default(true),
      HandleSourceTableAltered: z.boolean().default(true),
    })
    .prefault({}),
  ErrorBehavior: z
    .looseObject({
      FailOnNoTablesCaptured: z.boolean().default(true),
      DataErrorPolicy: errorPolicy.default("LOG_ERROR"),
      TableErrorPolicy: errorPolicy.default("SUSPEND_TABLE"),
      ApplyErrorDeletePolicy: errorPolicy.default("IGNORE_RECORD"),
      ApplyErrorInsertPolicy: errorPolicy.default("LOG_ERROR"),
      ApplyErrorUpdatePolicy: errorPolicy.default("LOG_ERROR"),
      ApplyErrorFailOnTruncationDdl: z.boolean().default(false),
    })
    .prefault({}),
  Logging: z.looseObject({ EnableLogging: z.boolean().default(false) }).prefault({}),
});

export type TaskSettings = z.output<typeof settingsSchema>;

export type ErrorPolicy = z.output<typeof errorPolicy>;

/** Reads task settings. @throws Fault InvalidParameterValueException, as the API does for faulty settings */
export function parseTaskSettings(text: string): TaskSettings {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalidParameter("Task Settings document error: Invalid json");
  }
  const parsed = settingsSchema.safeParse(value);
  if (!parsed.success) {
    const first = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
    throw invalidParameter(`Task Settings document error: ${first}`);
  }
  const { Logging, FullLoadSettings } = parsed.data;
  if ("CloudWatchLogGroup" in Logging || "CloudWatchLogStream" in Logging) {
    throw invalidParameter("Task Settings CloudWatchLogGroup or CloudWatchLogStream cannot be set.");
  }
  if (FullLoadSettings.StopTaskCachedChangesApplied && FullLoadSettings.StopTaskCachedChangesNotApplied) {
    throw invalidParameter(
      "Task Settings document error: StopTaskCachedChangesApplied and StopTaskCachedChangesNotApplied are both true; set one of them",
    );
  }
  return parsed.data;
}

/** The whole settings document of a task: what the caller sent over what the task had, with the defaults. */
export function mergeTaskSettings(before: string | undefined, sent: string | undefined): string {
  const old = before === undefined ? {} : (JSON.parse(before) as Record<string, unknown>);
  parseTaskSettings(sent ?? "{}");
  const changes = JSON.parse(sent ?? "{}") as Record<string, unknown>;
  const merged: Record<string, unknown> = { ...old };
  for (const [section, value] of Object.entries(changes)) {
    const both = isObject(value) && isObject(merged[section]);
    merged[section] = both ? { ...(merged[section] as object), ...(value as object) } : value;
  }
  return JSON.stringify(parseTaskSettings(JSON.stringify(merged)));
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
