import type { Behaviour } from "../behaviour";
import type { ChangeStream, Snapshot, Source } from "../source/source";
import type { DynamoTarget } from "../target/dynamodb";
import type { DynamoTables } from "../target/dynamoTables";
import { backoff, pause } from "../target/retry";
import type { TaskSettings } from "../taskSettings";
import { Applier } from "./applier";
import type { ProgressFile } from "./progress";
import { isRecoverable } from "./recoverable";
import type { ReplicatedTable, ReplicatedTables } from "./tables";
import { TableWatch } from "./tableWatch";
import type { TaskLog } from "./taskLog";

/** How long a stop waits for what is on its way to the target; what is not there then comes with the next run. */
const STOP_TIMEOUT_MS = 10_000;

/** How often the source's catalogue is looked at for tables that came, changed or went. */
const WATCH_INTERVAL_MS = 1_000;

export type ChangePhaseEnd = "NORMAL" | "STOPPED_AFTER_CACHED_EVENTS";

export interface ChangePhaseOptions {
  behaviour: Pick<Behaviour, "newTables">;
  source: Source;
  target: DynamoTarget;
  targetTables: DynamoTables;
  tables: ReplicatedTables;
  progress: ProgressFile;
  log: TaskLog;
  abort: AbortController;
  errors: TaskSettings["ErrorBehavior"];
  /** HandleSourceTableDropped. */
  dropTables: boolean;
  /** StopTaskCachedChangesApplied. */
  stopAfterCached: boolean;
  fullLoad(tables: ReplicatedTable[], snapshot: Snapshot): Promise<void>;
}

/** Applies the log's changes until it is stopped; the source may go away and come back. */
export class ChangePhase {
  private readonly end: Promise<ChangePhaseEnd>;
  private finish: (end: ChangePhaseEnd) => void = () => undefined;
  private ended = false;
  /** One for all connections, so that no connection leaves a listener behind. */
  private readonly aborted: Promise<void>;
  private failure: { error: unknown } | undefined;
  private onFailure: () => void = () => undefined;
  private stream: ChangeStream | undefined;
  private readonly watch: TableWatch;
  private appliedWaits: { position: string; resolve: () => void }[] = [];

  constructor(private readonly options: ChangePhaseOptions) {
    this.end = new Promise((resolve) => {
      this.finish = (end) => {
        this.ended = true;
        resolve(end);
      };
    });
    this.aborted = aborted(options.abort.signal);
    this.watch = new TableWatch({ ...options, applied: (position) => this.applied(position) });
  }

  /** Ends `run` in order. */
  stop(): void {
    this.finish("NORMAL");
  }

  /** Looks at the tables at once: some were marked for a reload. */
  lookNow(): void {
    this.watch.lookNow();
  }

  /** @throws what no later attempt mends */
  async run(): Promise<ChangePhaseEnd> {
    for (let attempt = 0; !this.ended; attempt++) {
      try {
        await this.readLog(() => {
          attempt = 0;
        });
      } catch (error) {
        if (!isRecoverable(error)) {
          throw error;
        }
        this.options.log.write("SOURCE_CAPTURE", "W", `The log is read again: ${(error as Error).message}`);
        await Promise.race([pause(backoff(attempt), this.options.abort.signal), this.end]);
      }
    }
    return this.end;
  }

  /** One connection's worth of changes. */
  private async readLog(onStart: () => void): Promise<void> {
    const { source, progress, log } = this.options;
    const failed = new Promise<void>((resolve) => {
      this.onFailure = resolve;
    });
    const applier = new Applier({
      ...this.options,
      onApplied: (position) => this.onApplied(position),
      onFailure: (error) => {
        this.failure = { error };
        this.onFailure();
      },
    });
    const stream = await source.stream(applier, progress.value.position);
    this.stream = stream;
    onStart();
    log.write(
      "SOURCE_CAPTURE",
      "I",
      `Changes are read from ${progress.value.position ?? "the beginning of the slot"}`,
    );
    const watching = this.watch.run(applier, WATCH_INTERVAL_MS);
    try {
      await Promise.race([stream.ended, failed, this.end, watching]);
      if (this.ended) {
        await this.settle(applier);
      }
    } finally {
      this.watch.stop();
      this.stream = undefined;
      for (const { resolve } of this.appliedWaits.splice(0)) {
        resolve();
      }
      await stream.stop();
      // What is on its way must not arrive after what the next connection brings.
      await Promise.race([applier.drained(), this.aborted]);
      await watching.catch(() => undefined);
    }
    if (this.failure !== undefined) {
      throw this.failure.error;
    }
  }

  /** Waits for what has been delivered, and confirms it. */
  private async settle(applier: Applier): Promise<void> {
    const { abort } = this.options;
    this.watch.stop();
    const timer = setTimeout(() => {
      applier.discard();
      abort.abort();
    }, STOP_TIMEOUT_MS);
    await this.watch.idle();
    await applier.hold();
    clearTimeout(timer);
  }

  private onApplied(position: string): void {
    const { source, progress, log, stopAfterCached } = this.options;
    this.stream?.confirm(position);
    const due = this.appliedWaits.filter((wait) => source.reached(position, wait.position));
    this.appliedWaits = this.appliedWaits.filter((wait) => !due.includes(wait));
    for (const { resolve } of due) {
      resolve();
    }
    const { phase, cachedUntil } = progress.value;
    if (phase === "cached" && (cachedUntil === undefined || source.reached(position, cachedUntil))) {
      progress.value.phase = "changes";
      progress.save();
      log.write("TASK_MANAGER", "I", "All cached changes are applied");
      if (stopAfterCached) {
        this.finish("STOPPED_AFTER_CACHED_EVENTS");
      }
    }
  }

  /** Fulfilled when everything up to a position is in the target, or the log is no longer read. */
  private applied(position: string): Promise<void> {
    return new Promise((resolve) => this.appliedWaits.push({ position, resolve }));
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    } else {
      signal.addEventListener("abort", () => resolve(), { once: true });
    }
  });
}
