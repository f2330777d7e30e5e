import { type Cell, type LoadSession, type Snapshot, tableLabel } from "../source/source";
import { BATCH_ITEMS, type DynamoTarget } from "../target/dynamodb";
import type { PrepMode } from "../target/dynamoTables";
import type { Write } from "../target/requests";
import { Interrupted } from "../target/retry";
import type { ErrorPolicy } from "../taskSettings";
import { wireNow } from "../wire/shapes";
import type { ProgressFile } from "./progress";
import type { ReplicatedTable, ReplicatedTables } from "./tables";
import type { TaskLog } from "./taskLog";

/** Batches of one table that are on their way at the same time. */
const BATCHES_IN_FLIGHT = 4;

export interface FullLoadOptions {
  tables: ReplicatedTables;
  target: DynamoTarget;
  progress: ProgressFile;
  log: TaskLog;
  prepMode: PrepMode;
  dataErrorPolicy: ErrorPolicy;
  /** Tables that are loaded at the same time (MaxFullLoadSubTasks). */
  subTasks: number;
  signal: AbortSignal;
}

/** Loads whole tables from a snapshot. */
export class FullLoad {
  constructor(private readonly options: FullLoadOptions) {}

  /**
   * Loads tables, several at the same time; each is completed or in error afterwards.
   * @throws what the source threw, or Interrupted: tables that are not completed are then to be loaded again
   */
  async load(tables: ReplicatedTable[], snapshot: Snapshot): Promise<void> {
    const waiting = [...tables];
    const work = async (subTask: number) => {
      const session = await snapshot.open();
      try {
        for (let table = waiting.shift(); table !== undefined; table = waiting.shift()) {
          await this.loadTable(table, session, subTask);
        }
      } finally {
        await session.close().catch(() => undefined);
      }
    };
    const subTasks = Math.min(this.options.subTasks, tables.length);
    const results = await Promise.allSettled(
      Array.from({ length: subTasks }, (_none, index) => work(index + 1)),
    );
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) {
      throw failed.reason;
    }
  }

  private async loadTable(table: ReplicatedTable, session: LoadSession, subTask: number): Promise<void> {
    const { tables, log, prepMode, progress } = this.options;
    if (!(await tables.prepare(table, prepMode))) {
      return;
    }
    const { statistics } = table.progress;
    const label = tableLabel(table.source);
    log.write("TASK_MANAGER", "I", `Start loading table ${label} by subtask ${subTask}`);
    statistics.FullLoadRows = 0;
    statistics.FullLoadErrorRows = 0;
    statistics.FullLoadStartTime = wireNow();
    if (statistics.TableState !== "Table is being reloaded") {
      tables.setState(table, "Full load");
    }
    await session.read(table.source, (rows) => this.writeRows(table, rows));
    if (table.progress.suspended) {
      return;
    }
    statistics.FullLoadEndTime = wireNow();
    tables.setState(table, "Table completed");
    progress.save();
    const { FullLoadRows } = statistics;
    log.write(
      "TASK_MANAGER",
      "I",
      `Loading finished for table ${label} by subtask ${subTask}. ${FullLoadRows} records transferred.`,
    );
  }

  /** Writes one chunk; fulfilled when all of it is in the table or recorded as failed. */
  private async writeRows(table: ReplicatedTable, rows: Cell[][]): Promise<void> {
    const { mapper } = table;
    if (mapper === undefined) {
      return;
    }
    const writes: Write[] = [];
    for (const cells of rows) {
      const row = mapper.map(cells);
      if (row === undefined) {
        this.countError(table);
        this.options.log.write(
          "SOURCE_UNLOAD",
          "W",
          `Table ${tableLabel(table.source)}: a row without a key was left out`,
        );
      } else {
        writes.push({ kind: "put", tableName: mapper.target.tableName, row });
      }
    }
    let next = 0;
    const work = async () => {
      while (next < writes.length && !table.progress.suspended) {
        const batch = writes.slice(next, next + BATCH_ITEMS);
        next += BATCH_ITEMS;
        await this.writeBatch(table, batch);
      }
    };
    await Promise.all(Array.from({ length: BATCHES_IN_FLIGHT }, work));
    this.options.progress.touch();
  }

  private async writeBatch(table: ReplicatedTable, batch: Write[]): Promise<void> {
    const { target, tables, dataErrorPolicy, signal } = this.options;
    if (signal.aborted) {
      throw new Interrupted();
    }
    const { statistics } = table.progress;
    for (const { write, fault } of await target.writeBatch(batch)) {
      if (fault === undefined) {
        statistics.FullLoadRows = (statistics.FullLoadRows ?? 0) + 1;
      } else {
        this.countError(table);
        await tables.failed(table, write, fault, dataErrorPolicy, "TARGET_LOAD");
      }
    }
  }

  private countError(table: ReplicatedTable): void {
    const { statistics } = table.progress;
    statistics.FullLoadErrorRows = (statistics.FullLoadErrorRows ?? 0) + 1;
  }
}
