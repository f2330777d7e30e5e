import type { Behaviour } from "../behaviour";
import type { TableMappings } from "../mapping/tableMappings";
import type { Snapshot, Source } from "../source/source";
import { SourceFault, tableLabel } from "../source/source";
import type { DynamoTarget } from "../target/dynamodb";
import type { DynamoTables } from "../target/dynamoTables";
import { backoff, Interrupted, pause } from "../target/retry";
import type { TaskSettings } from "../taskSettings";
import { wireNow } from "../wire/shapes";
import { ChangePhase, type ChangePhaseEnd } from "./changePhase";
import { FullLoad } from "./fullLoad";
import type { ProgressFile } from "./progress";
import { isRecoverable } from "./recoverable";
import { type ReplicatedTable, type ReplicatedTables, TaskFault } from "./tables";
import type { TaskLog } from "./taskLog";

/** How a task is started. */
export type StartType = "start-replication" | "resume-processing" | "reload-target";

/** Why a task ended, in the words of StopReason. */
export type StopReason =
  | "NORMAL"
  | "FULL_LOAD_ONLY_FINISHED"
  | "STOPPED_AFTER_FULL_LOAD"
  | "STOPPED_AFTER_CACHED_EVENTS"
  | "FATAL_ERROR";

export interface JobEnd {
  reason: StopReason;
  /** What failed, with FATAL_ERROR. */
  message?: string;
}

export interface JobOptions {
  behaviour: Pick<Behaviour, "newTables">;
  migrationType: "full-load" | "cdc" | "full-load-and-cdc";
  mappings: TableMappings;
  settings: TaskSettings;
  source: Source;
  target: DynamoTarget;
  targetTables: DynamoTables;
  tables: ReplicatedTables;
  progress: ProgressFile;
  log: TaskLog;
  /** Aborted to end every wait on the target. */
  abort: AbortController;
}

/** One run of a task, from its start to its stop: the load, then the changes. */
export class Job {
  private readonly options: JobOptions;
  private readonly fullLoad: FullLoad;
  private changes: ChangePhase | undefined;
  private stopping = false;

  constructor(options: JobOptions) {
    this.options = options;
    const { FullLoadSettings, ErrorBehavior } = options.settings;
    this.fullLoad = new FullLoad({
      tables: options.tables,
      target: options.target,
      progress: options.progress,
      log: options.log,
      prepMode: FullLoadSettings.TargetTablePrepMode,
      dataErrorPolicy: ErrorBehavior.DataErrorPolicy,
      subTasks: FullLoadSettings.MaxFullLoadSubTasks,
      signal: options.abort.signal,
    });
  }

  /** Runs until the task ends by itself, by `stop` or by an error; never rejects. */
  async run(start: StartType): Promise<JobEnd> {
    const { progress, log, source } = this.options;
    let end: JobEnd;
    try {
      progress.value.start = wireNow();
      delete progress.value.stop;
      end = await this.work(start);
    } catch (error) {
      end = this.endOf(error);
    }
    await source.close();
    progress.value.stop = wireNow();
    progress.save();
    log.write(
      "TASK_MANAGER",
      end.reason === "FATAL_ERROR" ? "E" : "I",
      `Task stopped: ${end.message ?? end.reason}`,
    );
    await log.flush();
    return end;
  }

  /** Ends the run in order: what is on its way is written, what is not yet comes with the next run. */
  stop(): void {
    this.stopping = true;
    if (this.changes === undefined) {
      this.options.abort.abort();
    } else {
      this.changes.stop();
    }
  }

  /** Loads tables again, those in error among them, as soon as changes flow. */
  reload(names: { schema: string; name: string }[]): void {
    this.options.tables.markForReload(names);
    this.changes?.lookNow();
  }

  private endOf(error: unknown): JobEnd {
    if (this.stopping && (error instanceof Interrupted || this.options.abort.signal.aborted)) {
      return { reason: "NORMAL" };
    }
    return { reason: "FATAL_ERROR", message: (error as Error).message };
  }

  private async work(start: StartType): Promise<JobEnd> {
    const { source, progress, migrationType, settings, targetTables } = this.options;
    await this.retry(() => source.check());
    await targetTables.prepareExceptions();
    if (start !== "resume-processing" || progress.value.phase === "new") {
      await this.begin();
    } else {
      await this.resume();
    }
    if (progress.value.phase === "load") {
      await this.retry(() => this.loadRest());
      if (migrationType === "full-load") {
        this.enter("done");
        return { reason: "FULL_LOAD_ONLY_FINISHED" };
      }
      progress.value.cachedUntil = await this.retry(() => source.position());
      this.enter("cached");
      if (settings.FullLoadSettings.StopTaskCachedChangesNotApplied) {
        return { reason: "STOPPED_AFTER_FULL_LOAD" };
      }
    }
    if (progress.value.phase === "done") {
      return { reason: "FULL_LOAD_ONLY_FINISHED" };
    }
    return { reason: await this.applyChanges() };
  }

  private enter(phase: "load" | "cached" | "changes" | "done"): void {
    this.options.progress.value.phase = phase;
    this.options.progress.save();
  }

  /** The first start: which tables, and from where on their changes are kept. */
  private async begin(): Promise<void> {
    const { source, tables, progress, settings, migrationType, log } = this.options;
    for (const table of tables.all()) {
      tables.remove(table);
    }
    progress.reset();
    const selected = tables.selected(await this.retry(() => source.tables()));
    if (selected.length === 0 && settings.ErrorBehavior.FailOnNoTablesCaptured) {
      throw new TaskFault(
        "No tables were found at task initialization. Either the selected table(s) no longer exist or no match was found for the table selection pattern(s).",
      );
    }
    log.write("TASK_MANAGER", "I", `${selected.length} tables are selected`);
    for (const table of selected) {
      tables.add(table);
    }
    if (migrationType === "full-load") {
      this.enter("load");
      return;
    }
    const snapshot = await this.retry(() => source.begin(tables.active().map((table) => table.source)));
    try {
      if (snapshot.position !== undefined) {
        progress.value.position = snapshot.position;
      }
      // From here on a run that is interrupted goes on from this place, and loads from a later snapshot.
      this.enter(migrationType === "cdc" ? "changes" : "load");
      await this.loadFirst(snapshot);
    } finally {
      await snapshot.close().catch(() => undefined);
    }
  }

  /** Loads from the very moment at which the changes begin, so that none is applied twice. */
  private async loadFirst(snapshot: Snapshot): Promise<void> {
    const { progress, tables, log } = this.options;
    if (progress.value.phase !== "load") {
      // Changes only: the rows are somebody else's work.
      for (const table of tables.active()) {
        if (await tables.prepare(table, "DO_NOTHING")) {
          tables.setState(table, "Table completed");
        }
      }
      return;
    }
    progress.value.loadStart = wireNow();
    try {
      await this.fullLoad.load(tables.active(), snapshot);
    } catch (error) {
      if (error instanceof Interrupted || error instanceof TaskFault) {
        throw error;
      }
      log.write("SOURCE_UNLOAD", "W", `The load was interrupted and goes on: ${(error as Error).message}`);
    }
  }

  /**
   * Loads what the first load left. The snapshot is later than the moment at which the changes begin: some changes
   * are in it already and are applied once more, in their order, which ends in the same rows.
   */
  private async loadRest(): Promise<void> {
    const { source, tables, progress } = this.options;
    progress.value.loadStart ??= wireNow();
    const rest = tables
      .active()
      .filter((table) => table.progress.statistics.TableState !== "Table completed");
    if (rest.length > 0) {
      const snapshot = await source.snapshotNow();
      try {
        await this.fullLoad.load(rest, snapshot);
      } finally {
        await snapshot.close().catch(() => undefined);
      }
    }
    progress.value.loadFinish = wireNow();
  }

  /** A later start: the tables that the progress knows, as they are now. */
  private async resume(): Promise<void> {
    const { source, tables, progress, migrationType } = this.options;
    if (
      migrationType !== "full-load" &&
      !(await this.retry(() => source.canResume(progress.value.position)))
    ) {
      throw new SourceFault(
        "the source no longer has the log that this task has not applied (its replication slot is gone or has lost it, or its binary log was purged or reset): start the task with reload-target",
      );
    }
    const known = new Map(
      (await this.retry(() => source.tables())).map((table) => [tableLabel(table), table]),
    );
    for (const [label, table] of Object.entries(progress.value.tables)) {
      const source = known.get(label);
      if (source !== undefined && source.id === table.id) {
        tables.add(source);
      } else {
        // Gone, or another table by now: the watch of the changes finds that out and does what the settings say.
        tables.addMissing(table);
      }
    }
  }

  private async applyChanges(): Promise<ChangePhaseEnd> {
    const { options } = this;
    const { settings } = options;
    this.changes = new ChangePhase({
      ...options,
      errors: settings.ErrorBehavior,
      dropTables: settings.ChangeProcessingDdlHandlingPolicy.HandleSourceTableDropped,
      stopAfterCached: settings.FullLoadSettings.StopTaskCachedChangesApplied,
      fullLoad: (tables: ReplicatedTable[], snapshot: Snapshot) => this.fullLoad.load(tables, snapshot),
    });
    if (this.stopping) {
      this.changes.stop();
    }
    return this.changes.run();
  }

  /** Repeats what a source that is away fails: with growing pauses, for as long as it takes. */
  private async retry<T>(work: () => Promise<T>): Promise<T> {
    const { abort, log } = this.options;
    for (let attempt = 0; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (abort.signal.aborted || !isRecoverable(error)) {
          throw error;
        }
        log.write("SOURCE_UNLOAD", "W", `The source failed and is tried again: ${(error as Error).message}`);
        await pause(backoff(attempt), abort.signal);
      }
    }
  }
}
