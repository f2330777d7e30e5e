import type { ReplicatedTable } from "../components/replicatedTable";
import type { PipelineOutputs } from "../program";
import { catalogueFor, controlFor, dynamoClient } from "./clients";
import { discover, type TableCatalogue } from "./discover";
import { hasChanges } from "./engineEvents";
import { RowstreamError } from "./errors";
import type { Discovery, OnEvent, ResourceStep } from "./events";
import { heartbeatFor, type WriteHeartbeat } from "./heartbeat";
import { type InitialLoad, initialLoadFor } from "./initialLoad/initialLoad";
import { publishInitialRows } from "./initialLoad/publishInitialRows";
import { throwIfAborted } from "./poll";
import type { ReplicationControl } from "./replicationControl";
import {
  type Pace,
  replicationFailure,
  resumeReplication,
  type StepContext,
  settledState,
  stopReplication,
  testConnections,
  waitForFullLoad,
} from "./replicationSteps";
import { type HeldLock, type RunLock, runLockFor } from "./runLock";
import { settledSnapshot } from "./settledSnapshot";
import type { StackSnapshot } from "./stackSnapshot";
import { byName } from "./tableMatch";
import { lostStreams, type TableStreams, tableStreams } from "./tableStreams";
import { presentTables } from "./tables";
import { openStack, type PipelineStack, type WorkspaceOptions } from "./workspace";

/** Options of `deploy`. */
export interface DeployOptions extends WorkspaceOptions {
  /** Let a failed replication go on. Default: its failure is reported and it stays as it is. */
  restart?: boolean;
  /** Examine the source before the stack's first update, see ./doctor/examineFirst. Default: false. */
  doctor?: boolean;
}

/** What a deployment came to. */
export interface DeployResult {
  outputs: PipelineOutputs;
  discovery: Discovery;
  /** False where everything was as it should be already. */
  changed: boolean;
}

/** What a deployment works with; tests put their own in. */
export interface DeployParts {
  stack: Pick<
    PipelineStack,
    "snapshot" | "update" | "preview" | "stepsBesideTables" | "refresh" | "settlePendingCreates"
  >;
  control(outputs: PipelineOutputs): ReplicationControl;
  catalogueFor(outputs: PipelineOutputs): TableCatalogue;
  tableStreams(outputs: PipelineOutputs): TableStreams;
  /** Looks at the source before the first update; absent where nobody asked for it. */
  examine?: (() => Promise<void>) | undefined;
  /** Undefined where there is no heartbeat. */
  heartbeat(outputs: PipelineOutputs): WriteHeartbeat | undefined;
  /** Undefined where initial rows are not wanted. */
  initialLoad(outputs: PipelineOutputs): Promise<InitialLoad | undefined>;
  /** Keeps other runs from a pipeline whose rows are published; undefined where none are. */
  runLock(outputs: PipelineOutputs): RunLock | undefined;
  restart: boolean;
  onEvent: OnEvent;
  signal?: AbortSignal | undefined;
  pace?: Pace | undefined;
}

/**
 * Deploys the pipeline, in two passes with the full load between them. It starts from whatever it finds: a run
 * that was cut short anywhere is completed by running it again, and one with nothing to do changes nothing.
 *
 * @throws RowstreamError
 */
export async function deploy(options: DeployOptions): Promise<DeployResult> {
  const stack = await openStack({ missing: "create", ...options });
  return runPasses({
    stack,
    control: controlFor,
    catalogueFor: ({ region }) => catalogueFor(region),
    tableStreams: ({ region }) => tableStreams(dynamoClient(region)),
    examine: options.doctor ? () => examineBefore(stack, options) : undefined,
    heartbeat: heartbeatFor,
    initialLoad: initialLoadFor,
    runLock: runLockFor,
    restart: options.restart ?? false,
    onEvent: options.onEvent,
    signal: options.signal,
  });
}

/** Loaded when it is needed: most runs are of a pipeline that is there. */
async function examineBefore(stack: PipelineStack, options: DeployOptions): Promise<void> {
  const { examineFirst } = await import("./doctor/examineFirst.js");
  await examineFirst({ ...options, stack });
}

/** One run of the passes, and the lock once it is known where that lies. */
interface Run {
  parts: DeployParts;
  held: HeldLock | undefined;
}

/** Runs the passes, and keeps other runs away from the moment on at which the stack says how. */
export async function runPasses(parts: DeployParts): Promise<DeployResult> {
  const run: Run = { parts, held: undefined };
  try {
    return await passes(run);
  } finally {
    await release(run);
  }
}

/** Takes the lock where the stack has one, and lets go of it where it has none any more. True if it was taken. */
async function keepLock(run: Run, outputs: PipelineOutputs | undefined): Promise<boolean> {
  const lock = outputs && run.parts.runLock(outputs);
  if (lock === undefined) {
    await release(run);
    return false;
  }
  if (run.held !== undefined) {
    return false;
  }
  run.held = await lock.take(run.parts.signal);
  return true;
}

async function release(run: Run): Promise<void> {
  // What cannot be released is free once its lease is over, or has gone with the table that it lay in.
  await run.held?.release().catch(() => undefined);
  run.held = undefined;
}

/** The order of the passes. */
async function passes(run: Run): Promise<DeployResult> {
  const { parts } = run;
  const { stack, onEvent } = parts;
  let before = await settledSnapshot(stack);
  if (await keepLock(run, before.outputs)) {
    // The run that had it may have changed the stack.
    before = await settledSnapshot(stack);
  }
  if (!before.outputs) {
    await parts.examine?.();
  }
  const { present, added } = await tablesNow(run, before);
  await learnOfLostStreams(run, before, present);
  // A change of a new table that DMS applies before its stream is on would be no event.
  if (before.outputs && added.length > 0) {
    await stopIfRunning(stepContext(run, before.outputs), `to take in ${list(added)}`);
  }
  let acted = await stopIfUpdateTouchesReplication(run, before, present);

  const tables = [...present, ...added].sort(byName);
  const first = await stack.update(1, tables);
  let { outputs } = first;
  await keepLock(run, outputs);
  const context = stepContext(run, outputs);
  // Before anything can resume the replication: an earlier run may have been cut off while it published.
  acted = (await publishInitialRows(context, await parts.initialLoad(outputs), tables)) || acted;
  acted = (await beginHeartbeat(context, outputs, parts.heartbeat(outputs))) || acted;
  acted = (await completeFullLoad(context, parts.restart)) || acted;

  const discovery = await discover({
    control: context.control,
    catalogue: parts.catalogueFor(outputs),
    known: before.tables,
    targetNames: outputs.targetNames,
  });
  onEvent({ code: "TablesDiscovered", discovery });

  let secondChanged = false;
  if (!sameTables(discovery.tables, outputs.tables)) {
    if (discovery.added.length > 0) {
      await stopIfRunning(context, `to take in ${list(discovery.added)}`);
    }
    const second = await stack.update(2, discovery.tables);
    secondChanged = hasChanges(second.changes);
    outputs = second.outputs;
    acted = (await publishInitialRows(context, await parts.initialLoad(outputs), discovery.added)) || acted;
  }
  acted = (await keepRunning(context)) || acted;

  const changed = acted || secondChanged || hasChanges(first.changes);
  if (!changed) {
    onEvent({ code: "NothingChanged" });
  }
  return { outputs, discovery, changed };
}

function stepContext({ parts, held }: Run, outputs: PipelineOutputs): StepContext {
  const { onEvent, signal, pace } = parts;
  const signals = [held?.lost, signal].filter((one) => one !== undefined);
  return {
    control: parts.control(outputs),
    onEvent,
    signal: signals.length > 0 ? AbortSignal.any(signals) : undefined,
    pace,
    confirm: held?.confirm,
  };
}

/**
 * Tells the stack of streams that were turned off behind its back, so that the update turns them on and makes mappings
 * for them. The replication stands still until then: what it applies to a table without a stream is no event.
 */
async function learnOfLostStreams(run: Run, before: StackSnapshot, tables: ReplicatedTable[]): Promise<void> {
  if (!before.outputs) {
    return;
  }
  const { parts } = run;
  // A stack of before the streams were recorded has none.
  const { tableStreamArns = {}, initialLoad } = before.outputs;
  const lost = await lostStreams(tables, tableStreamArns, parts.tableStreams(before.outputs));
  if (lost.length === 0) {
    return;
  }
  const { onEvent } = parts;
  onEvent({ code: "StreamsLost", tables: lost, mending: true, republished: initialLoad !== undefined });
  await stopIfRunning(stepContext(run, before.outputs), `to turn on the streams of ${list(lost)}`);
  const urns = lost.flatMap(({ tableName }) => before.tableUrns[tableName] ?? []);
  await parts.stack.refresh(tables, urns);
}

/**
 * What the first update takes: the tables that the stack has, and of a replication in full run those that it has made
 * since, which saves a second update.
 */
async function tablesNow(
  { parts }: Run,
  before: StackSnapshot,
): Promise<{ present: ReplicatedTable[]; added: ReplicatedTable[] }> {
  const { outputs, tables: known } = before;
  const control = outputs && parts.control(outputs);
  if (control && (await control.state())?.phase === "running") {
    try {
      const { targetNames } = outputs;
      const { tables, added } = await discover({
        control,
        catalogue: parts.catalogueFor(outputs),
        known,
        targetNames,
      });
      return { present: tables.filter((table) => !added.includes(table)), added };
    } catch (error) {
      // What discovery refuses, the update may mend: it is told after that, where it is still so.
      if (!(error instanceof RowstreamError)) {
        throw error;
      }
    }
  }
  return { present: await presentTables(before, parts.catalogueFor), added: [] };
}

/** DMS refuses to change a task or an endpoint that is in use. True if it stopped the replication. */
async function stopIfUpdateTouchesReplication(
  run: Run,
  before: StackSnapshot,
  tables: ReplicatedTable[],
): Promise<boolean> {
  if (!before.outputs) {
    return false;
  }
  const context = stepContext(run, before.outputs);
  const phase = (await context.control.state())?.phase;
  if (phase !== "running" && phase !== "loading") {
    return false;
  }
  if (!(await mayTouchReplication(run.parts.stack))) {
    return false;
  }
  const { steps } = await run.parts.stack.preview(tables);
  const touched = steps.filter(isOfReplication);
  if (touched.length === 0) {
    return false;
  }
  await stopReplication(context, `to update ${[...new Set(touched.map((step) => step.name))].join(", ")}`);
  return true;
}

/** Whether a preview of everything is worth its time, which grows with the tables. */
async function mayTouchReplication(stack: DeployParts["stack"]): Promise<boolean> {
  try {
    return (await stack.stepsBesideTables()).some(isOfReplication);
  } catch (error) {
    // The preview of everything says what is wrong, if it is wrong there too.
    if (error instanceof RowstreamError && error.code !== "Interrupted") {
      return true;
    }
    throw error;
  }
}

function isOfReplication(step: ResourceStep): boolean {
  return step.type.startsWith("aws:dms/");
}

/**
 * Writes the first heartbeat, so that the full load finds its table; nothing once the table is adopted. True if it wrote.
 * Turned on for a pipeline that runs, the table is one that was created since: it is taken in as such tables are.
 */
async function beginHeartbeat(
  { onEvent, signal }: StepContext,
  { heartbeat, tables }: PipelineOutputs,
  write: WriteHeartbeat | undefined,
): Promise<boolean> {
  if (heartbeat === undefined || write === undefined) {
    return false;
  }
  const { schema, table } = heartbeat;
  if (tables.some((one) => one.schema === schema && one.table === table)) {
    return false;
  }
  throwIfAborted(signal);
  await write();
  onEvent({ code: "HeartbeatWritten", schema, table });
  return true;
}

/** Brings the replication behind its full load, from wherever it is. True if it had to do anything. */
async function completeFullLoad(context: StepContext, restart: boolean): Promise<boolean> {
  const { control, onEvent } = context;
  const state = await settledState(context);
  switch (state.phase) {
    case "new":
      await testConnections(context);
      onEvent({ code: "FullLoadStarted", resumed: false });
      await control.startFullLoad();
      await waitForFullLoad(context);
      return true;
    case "failed":
    case "interrupted": {
      if (state.phase === "failed" && !restart) {
        throw await replicationFailure(control, state);
      }
      const resumed = await resumeReplication(context);
      if (resumed.phase === "loading") {
        onEvent({ code: "FullLoadStarted", resumed: true });
        await waitForFullLoad(context);
      }
      return true;
    }
    case "loading":
      onEvent({ code: "FullLoadStarted", resumed: true });
      await waitForFullLoad(context);
      return true;
    default:
      return false;
  }
}

async function stopIfRunning(context: StepContext, reason: string): Promise<void> {
  const { phase } = await settledState(context);
  if (phase === "running" || phase === "loading") {
    await stopReplication(context, reason);
  }
}

/** Lets a stopped replication go on. True if it was stopped. */
async function keepRunning(context: StepContext): Promise<boolean> {
  const state = await settledState(context);
  switch (state.phase) {
    case "running":
    case "loading":
      return false;
    case "failed":
      throw await replicationFailure(context.control, state);
    default:
      await resumeReplication(context);
      return true;
  }
}

function sameTables(some: readonly ReplicatedTable[], others: readonly ReplicatedTable[]): boolean {
  const names = new Set(others.map((table) => table.tableName));
  return some.length === others.length && some.every((table) => names.has(table.tableName));
}

function list(tables: readonly ReplicatedTable[]): string {
  return tables.map((table) => `${table.schema}.${table.table}`).join(", ");
}
