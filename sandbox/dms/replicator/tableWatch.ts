import type { Behaviour } from "../behaviour";
import { type Snapshot, type Source, type SourceTable, tableLabel } from "../source/source";
import type { DynamoTables } from "../target/dynamoTables";
import type { Applier } from "./applier";
import type { ProgressFile } from "./progress";
import { isRecoverable } from "./recoverable";
import type { ReplicatedTable, ReplicatedTables } from "./tables";
import type { TaskLog } from "./taskLog";

export interface TableWatchOptions {
  /** Whether tables are taken up that were not there when the task began. */
  behaviour: Pick<Behaviour, "newTables">;
  source: Source;
  targetTables: DynamoTables;
  tables: ReplicatedTables;
  progress: ProgressFile;
  log: TaskLog;
  /** HandleSourceTableDropped. */
  dropTables: boolean;
  fullLoad(tables: ReplicatedTable[], snapshot: Snapshot): Promise<void>;
  /** Fulfilled when the changes up to a position are in the target. */
  applied(position: string): Promise<void>;
}

/** What the publication depends on: which tables, and whether their old rows are in the log. */
function captureKey(tables: SourceTable[]): string {
  return tables.map((table) => `${table.id} ${table.identity.length > 0}`).join();
}

function isGone({ progress }: ReplicatedTable): boolean {
  return progress.statistics.TableState === "Table does not exist";
}

/**
 * Follows the source's tables while changes flow: takes up those that appear, lets go of those that are dropped, and
 * loads again those that are to be reloaded.
 *
 * AWS DMS learns of a CREATE TABLE from an event trigger that writes to its audit table, and its decoder sees every
 * table's changes from the first one. Here the catalogue is looked at in intervals, and the rows that were written
 * before a table was seen come by a load of it, from a snapshot that is later than the beginning of its changes: no
 * row is missed, and a change that is in the snapshot already is applied once more.
 */
export class TableWatch {
  private captured: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private wake: () => void = () => undefined;
  private stopped = true;
  private look: Promise<void> = Promise.resolve();

  constructor(private readonly options: TableWatchOptions) {}

  /** Looks at the source in intervals until `stop`. @throws what no later attempt mends */
  async run(applier: Applier, intervalMs: number): Promise<void> {
    this.stopped = false;
    while (!this.stopped) {
      this.look = this.lookOnce(applier);
      await this.look;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        this.timer = setTimeout(resolve, this.stopped ? 0 : intervalMs);
      });
    }
  }

  /** Begins no other look. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.wake();
  }

  /** Fulfilled when the look that is under way is over. */
  async idle(): Promise<void> {
    await this.look.catch(() => undefined);
  }

  /** Looks at once: tables were marked for a reload. */
  lookNow(): void {
    clearTimeout(this.timer);
    this.wake();
  }

  private async lookOnce(applier: Applier): Promise<void> {
    try {
      const present = this.options.tables.selected(await this.options.source.tables());
      await this.letGo(present);
      await this.takeUp(present, applier);
      await this.capture(present);
    } catch (error) {
      if (!isRecoverable(error)) {
        throw error;
      }
      this.options.log.write(
        "SOURCE_CAPTURE",
        "W",
        `The tables are looked at again: ${(error as Error).message}`,
      );
    }
  }

  /** Tables that are gone from the source, once their last changes are applied. */
  private async letGo(present: SourceTable[]): Promise<void> {
    const { tables, source, applied, targetTables, dropTables, log } = this.options;
    const ids = new Set(present.map((table) => table.id));
    const gone = tables.all().filter((table) => !ids.has(table.progress.id) && !isGone(table));
    if (gone.length === 0) {
      return;
    }
    await applied(await source.position());
    for (const table of gone) {
      const { target, statistics } = table.progress;
      const label = tableLabel(table.source);
      log.write("SOURCE_CAPTURE", "I", `Table ${label} was dropped in the source`);
      statistics.Ddls = (statistics.Ddls ?? 0) + 1;
      if (dropTables && target !== undefined) {
        await targetTables.drop(target.tableName);
        statistics.AppliedDdls = (statistics.AppliedDdls ?? 0) + 1;
        log.write(
          "TARGET_APPLY",
          "I",
          `The target table ${target.tableName} was dropped (HandleSourceTableDropped)`,
        );
      }
      table.progress.suspended = true;
      tables.setState(table, "Table does not exist");
    }
  }

  /** Tables that are new, were interrupted in their load, or are to be loaded again. */
  private async takeUp(present: SourceTable[], applier: Applier): Promise<void> {
    const { tables, source, log, fullLoad } = this.options;
    const fresh = present.filter((table) => this.needsLoad(table));
    if (fresh.length === 0) {
      return;
    }
    const open = await applier.hold();
    try {
      const added = fresh.map((table) => {
        log.write("SOURCE_CAPTURE", "I", `Table ${tableLabel(table)} is taken up`);
        const known = tables.get(table);
        if (known !== undefined && (known.progress.id !== table.id || isGone(known))) {
          tables.remove(known);
        }
        return tables.add(table);
      });
      await this.capture(present);
      const loadable = added.filter((table) => !table.progress.suspended);
      if (loadable.length > 0) {
        const snapshot = await source.snapshotNow();
        try {
          await fullLoad(loadable, snapshot);
        } finally {
          await snapshot.close().catch(() => undefined);
        }
      }
    } finally {
      open();
    }
  }

  private needsLoad(table: SourceTable): boolean {
    const known = this.options.tables.get(table);
    if (known === undefined || known.progress.id !== table.id) {
      return this.options.behaviour.newTables === "create";
    }
    const { suspended, statistics } = known.progress;
    // Another table by now, of a source that knows tables by their names alone.
    if (isGone(known)) {
      return true;
    }
    return !suspended && statistics.TableState !== "Table completed";
  }

  private async capture(present: SourceTable[]): Promise<void> {
    const active = new Set(this.options.tables.active().map((table) => table.progress.id));
    const wanted = present.filter((table) => active.has(table.id));
    const key = captureKey(wanted);
    if (key !== this.captured) {
      await this.options.source.capture(wanted);
      this.captured = key;
    }
  }
}
