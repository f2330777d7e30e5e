import type { Finding } from "../../automation/doctor/finding";
import type { Changes, ResourceStep, RowstreamEvent, TableProgress } from "../../automation/events";
import type { PendingCreate } from "../../automation/pendingCreates";

/** One piece of progress: a line that stays, or what is under way just now. */
export interface ProgressText {
  kind: "done" | "warning" | "note" | "live";
  text: string;
}

const VERBS: Record<string, [doing: string, done: string]> = {
  create: ["creating", "created"],
  update: ["updating", "updated"],
  delete: ["deleting", "deleted"],
  replace: ["replacing", "replaced"],
  import: ["adopting", "adopted"],
  "create-replacement": ["replacing", "replaced"],
  "delete-replaced": ["deleting the old", "deleted"],
};

const NUMBER = new Intl.NumberFormat("en-US");

/** What an event of the driver says on the screen; nothing for those that only programs care about. Pure. */
export function eventLines(event: RowstreamEvent): ProgressText[] {
  switch (event.code) {
    case "StackOpened":
      return event.created ? [note(`made stack "${event.stack}"`)] : [];
    case "StaleLockRemoved":
      return [
        warning(`removed the lock that ${event.holder} left on stack "${event.stack}" when it was killed`),
      ];
    case "PendingCreatesSettled":
      return pendingCreateLines(event.adopted, event.unknown);
    case "SourceExamining":
      return [live(`examining the source ${event.source}`)];
    case "SourceExamined":
      return examinationLines(event.findings);
    case "SourceNotExamined":
      return [note(`the source was not examined: ${event.reason}`)];
    case "PassStarted":
      return [
        live(
          event.pass === 1
            ? "pass 1: updating the pipeline"
            : `pass 2: taking in ${plural(event.tables, "table")}`,
        ),
      ];
    case "PassFinished":
      return [done(`pass ${event.pass}: ${changeText(event.changes)} (${seconds(event.seconds)})`)];
    case "PreviewStarted":
      return [live("previewing")];
    case "RefreshStarted":
      return [live("reading what is there")];
    case "RefreshFinished":
      return [done(`refreshed: ${changeText(event.changes)} (${seconds(event.seconds)})`)];
    case "DestroyStarted":
      return [live("taking the pipeline down"), ...tablesFate(event.tables, event.tablesOnDestroy)];
    case "DestroyFinished":
      return [done(`destroyed: ${changeText(event.changes)} (${seconds(event.seconds)})`)];
    case "ResourceStarted":
      return [live(stepText(event.step, 0))];
    case "ResourcePlanned":
      return [note(planText(event.step))];
    case "EngineMessage":
      return [
        { kind: event.severity === "info" ? "note" : "warning", text: about(event.resource, event.message) },
      ];
    case "PolicyViolated":
      return [warning(`policy ${event.policy} (${event.level}): ${about(event.resource, event.message)}`)];
    case "PolicyNotChecked":
      return [warning(`policy ${event.policy} was not checked: ${about(event.resource, event.message)}`)];
    default:
      return replicationLines(event);
  }
}

function replicationLines(event: RowstreamEvent): ProgressText[] {
  switch (event.code) {
    case "ConnectionTestStarted":
      return [live(`testing DMS's connection to the ${event.endpoint}`)];
    case "ConnectionTestPassed":
      return [done(`DMS connects to the ${event.endpoint}`)];
    case "HeartbeatWritten":
      return [done(`heartbeat: written to ${event.schema}.${event.table}`)];
    case "FullLoadStarted":
      return [live(event.resumed ? "full load: going on" : "full load: starting")];
    case "FullLoadProgress":
      return [live(loadText(event.percent, event.tables))];
    case "FullLoadFinished":
      return [done(`full load: ${loadedText(event.tables)}`)];
    case "TablesDiscovered":
      return discoveryLines(event.discovery);
    case "StreamsLost":
      return lostStreamLines(event);
    case "InitialLoadStarted":
      return [live(`initial rows: publishing ${plural(event.tables.length, "table")}`)];
    case "InitialLoadProgress":
      return [live(`initial rows: ${sqlName(event.table)} ${plural(event.rows, "row")}`)];
    case "InitialLoadFinished":
      return [
        done(
          `initial rows: ${plural(event.rows, "row")} of ${plural(event.tables.length, "table")} published`,
        ),
      ];
    case "ReloadStarted":
      return [live(`reloading ${sqlName(event)}`)];
    case "ReloadProgress":
      return [live(`reloading ${sqlName(event)}: ${plural(event.rows, "row")}`)];
    case "ReloadFinished":
      return reloadLines(event);
    case "ReplicationStopping":
      return [live(`stopping the replication ${event.reason}`)];
    case "ReplicationStopped":
      return [done("replication stopped")];
    case "ReplicationResuming":
      return [live("resuming the replication")];
    case "ReplicationRunning":
      return [done("replication running")];
    case "NothingChanged":
      return [done("nothing to do: everything is as it should be")];
    default:
      return [];
  }
}

/** Errors in full, because they end the command; of warnings only which they are. */
function examinationLines(findings: readonly Finding[]): ProgressText[] {
  const errors = findings.filter(({ severity }) => severity === "error");
  const warnings = findings.filter(({ severity }) => severity === "warning");
  const codes = [...new Set(warnings.map(({ code }) => code))];
  return [
    ...errors.map(({ code, subject, what, remedy }) => warning(`${code}: ${subject} ${what}\n  → ${remedy}`)),
    ...(warnings.length > 0
      ? [
          note(
            `the source: ${plural(warnings.length, "warning")} (${codes.join(", ")}); \`rowstream doctor\` explains them`,
          ),
        ]
      : []),
    ...(errors.length + warnings.length === 0 ? [done("the source is ready")] : []),
  ];
}

function pendingCreateLines(adopted: PendingCreate[], unknown: PendingCreate[]): ProgressText[] {
  const named = (creates: PendingCreate[]) => creates.map(({ type, name }) => `${type} ${name}`).join(", ");
  return [
    ...(adopted.length > 0
      ? [note(`the last update was cut off while it was creating ${named(adopted)}: looking for them`)]
      : []),
    ...(unknown.length > 0
      ? [
          warning(
            `the last update was cut off while it was creating ${named(unknown)}: if they exist, no stack knows them; look for them, and delete them`,
          ),
        ]
      : []),
  ];
}

function lostStreamLines(event: Extract<RowstreamEvent, { code: "StreamsLost" }>): ProgressText[] {
  const rows = event.republished
    ? "its rows are published anew"
    : "no later event shows it. To publish the rows of all tables as they are, set rowstream:initialLoad to events";
  const mended = event.mending ? "it gets a new one" : "run `rowstream up`, which gives it a new one";
  return event.tables.map((table) =>
    warning(
      `the stream of ${sqlName(table)} was turned off: ${mended}. What changed until then is in the table "${table.tableName}" and made no event; ${rows}`,
    ),
  );
}

function reloadLines(event: Extract<RowstreamEvent, { code: "ReloadFinished" }>): ProgressText[] {
  const name = sqlName(event);
  const reloaded = done(`reloaded ${name}: ${plural(event.rows, "row")}; those that differed are events`);
  return event.leftOver === 0
    ? [reloaded]
    : [
        reloaded,
        warning(
          `at least ${plural(event.leftOver, "item")} of its DynamoDB table are no rows of ${name} any more: a reload deletes nothing. \`rowstream verify\` names them; delete them there, and each deletion is an event`,
        ),
      ];
}

function discoveryLines(
  discovery: Extract<RowstreamEvent, { code: "TablesDiscovered" }>["discovery"],
): ProgressText[] {
  const { tables, added, gone, skipped } = discovery;
  const fresh = added.length > 0 && added.length < tables.length ? `, ${added.length} of them new` : "";
  return [
    done(`${plural(tables.length, "table")}${fresh}: ${tables.map(sqlName).join(", ") || "none yet"}`),
    ...gone.map((table) =>
      warning(`let go of ${sqlName(table)}: its DynamoDB table "${table.tableName}" is gone`),
    ),
    ...skipped.map((table) =>
      table.pending
        ? note(`${sqlName(table)} is still loading (${table.reason}): the next run takes it in`)
        : warning(`left out ${sqlName(table)}: ${table.reason}`),
    ),
  ];
}

function tablesFate(tables: string[], fate: "retain" | "delete"): ProgressText[] {
  if (tables.length === 0) {
    return [];
  }
  const list = tables.join(", ");
  return fate === "delete"
    ? [warning(`deletes the tables ${list}`)]
    : [note(`keeps the tables ${list}: they stay in DynamoDB, and on the bill`)];
}

/** `5 created, 2 updated, 30 unchanged`; `no change` where all is the same. */
export function changeText(changes: Changes): string {
  const parts = Object.entries(changes)
    .filter(([op, count]) => count > 0 && op !== "same" && op !== "read")
    .map(([op, count]) => `${NUMBER.format(count)} ${VERBS[op]?.[1] ?? op}`);
  const same = changes.same ?? 0;
  if (parts.length === 0) {
    return "no change";
  }
  return [...parts, ...(same > 0 ? [`${NUMBER.format(same)} unchanged`] : [])].join(", ");
}

/** One planned step: `+ aws:kinesis/stream:Stream rowstream-stream`. */
export function planText(step: ResourceStep): string {
  const sign = { create: "+", import: "=", update: "~", delete: "-" }[step.op] ?? "±";
  const differs = step.differs.length > 0 ? ` (${step.differs.join(", ")})` : "";
  return `${sign} ${step.type} ${step.name}${differs}`;
}

function stepText(step: ResourceStep, form: 0 | 1): string {
  return `${VERBS[step.op]?.[form] ?? step.op} ${step.type} ${step.name}`;
}

function loadText(percent: number, tables: TableProgress[]): string {
  const completed = tables.filter((table) => /completed/i.test(table.state)).length;
  const busy = tables
    .filter((table) => /^full load/i.test(table.state))
    .map((table) => `${table.table} ${NUMBER.format(table.rows)}`);
  const now = busy.length > 0 ? `; now ${busy.slice(0, 4).join(", ")}` : "";
  return `full load ${percent} %: ${completed} of ${plural(tables.length, "table")}, ${rows(tables)}${now}`;
}

function loadedText(tables: TableProgress[]): string {
  const completed = tables.filter((table) => /completed/i.test(table.state));
  return `${plural(completed.length, "table")}, ${rows(completed)}`;
}

function rows(tables: TableProgress[]): string {
  return plural(
    tables.reduce((sum, table) => sum + table.rows, 0),
    "row",
  );
}

function plural(count: number, noun: string): string {
  return `${NUMBER.format(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function sqlName(table: { schema: string; table: string }): string {
  return `${table.schema}.${table.table}`;
}

function about(resource: string | undefined, message: string): string {
  return resource === undefined ? message : `${resource}: ${message}`;
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}

const done = (text: string): ProgressText => ({ kind: "done", text });
const warning = (text: string): ProgressText => ({ kind: "warning", text });
const note = (text: string): ProgressText => ({ kind: "note", text });
const live = (text: string): ProgressText => ({ kind: "live", text });
