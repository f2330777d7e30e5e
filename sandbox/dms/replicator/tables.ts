import type { Behaviour } from "../behaviour";
import { ItemMapper, MappingFault } from "../mapping/itemMapper";
import type { TableMappings } from "../mapping/tableMappings";
import { type SourceTable, tableLabel } from "../source/source";
import { type RowFault, TableFault } from "../target/dynamodb";
import type { ApplyException, DynamoTables, PrepMode } from "../target/dynamoTables";
import type { Write } from "../target/requests";
import type { ErrorPolicy } from "../taskSettings";
import { wireNow } from "../wire/shapes";
import { newTable, type ProgressFile, type TableProgress, type TableState } from "./progress";
import type { LogComponent, TaskLog } from "./taskLog";

/** A table that is replicated: its progress, and how the rows of its present definition become items. */
export interface ReplicatedTable {
  progress: TableProgress;
  source: SourceTable;
  /** Absent where the table is refused. */
  mapper?: ItemMapper;
}

/** A policy of the task's settings stops the task because of a row or a table. */
export class TaskFault extends Error {
  override name = "TaskFault";
}

/** What the tables of a task share. */
export interface TablesOptions {
  taskName: string;
  mappings: TableMappings;
  behaviour: Behaviour;
  progress: ProgressFile;
  target: DynamoTables;
  log: TaskLog;
}

/** The tables of a task: which there are, how they map, which are suspended and why. */
export class ReplicatedTables {
  private readonly byLabel = new Map<string, ReplicatedTable>();

  constructor(private readonly options: TablesOptions) {}

  all(): ReplicatedTable[] {
    return [...this.byLabel.values()];
  }

  get(table: { schema: string; name: string }): ReplicatedTable | undefined {
    return this.byLabel.get(tableLabel(table));
  }

  /** Those whose rows are written. */
  active(): ReplicatedTable[] {
    return this.all().filter((table) => table.mapper !== undefined && !table.progress.suspended);
  }

  selected(tables: SourceTable[]): SourceTable[] {
    return tables.filter((table) => this.options.mappings.selects(table.schema, table.name));
  }

  /** Takes a table up, new or known from the progress; one that cannot be mapped is in error, its reason logged. */
  add(source: SourceTable): ReplicatedTable {
    const label = tableLabel(source);
    const { tables } = this.options.progress.value;
    const progress = tables[label] ?? newTable(source.id, source.schema, source.name);
    tables[label] = progress;
    progress.id = source.id;
    const table: ReplicatedTable = { progress, source };
    this.byLabel.set(label, table);
    this.define(table, source, "TARGET_LOAD");
    return table;
  }

  /** Takes up a table that is no longer in the source under its id; the log may still have changes of it. */
  addMissing(progress: TableProgress): void {
    const { SchemaName: schema, TableName: name } = progress.statistics;
    const source: SourceTable = { id: progress.id, schema, name, columns: [], primaryKey: [], identity: [] };
    this.byLabel.set(tableLabel(source), { progress, source });
  }

  /** Lets go of a table, for example before one of the same name takes its place. */
  remove(table: ReplicatedTable): void {
    const label = tableLabel(table.source);
    this.byLabel.delete(label);
    delete this.options.progress.value.tables[label];
  }

  /** Gives a table another definition. */
  define(table: ReplicatedTable, source: SourceTable, component: LogComponent): void {
    const { mappings, behaviour } = this.options;
    const before = table.progress.target;
    table.source = source;
    try {
      const mapper = new ItemMapper(source, mappings.objectMapping(source.schema, source.name), behaviour);
      const taken = this.all().find(
        (other) => other !== table && other.progress.target?.tableName === mapper.target.tableName,
      );
      if (taken !== undefined) {
        throw new MappingFault(
          `would go to the target table ${mapper.target.tableName}, which ${tableLabel(taken.source)} has: give one of them a target-table-name`,
        );
      }
      if (before !== undefined && keyOf(before) !== keyOf(mapper.target)) {
        throw new MappingFault(
          `has another key now (${keyOf(mapper.target)}); its target has (${keyOf(before)})`,
        );
      }
      table.mapper = mapper;
      table.progress.target = mapper.target;
    } catch (error) {
      if (!(error instanceof MappingFault)) {
        throw error;
      }
      this.suspend(table, error.message, component);
    }
  }

  /** Makes the target table ready; a table that fails is in error. @returns whether rows can be written */
  async prepare(table: ReplicatedTable, mode: PrepMode): Promise<boolean> {
    if (table.mapper === undefined || table.progress.suspended) {
      return false;
    }
    try {
      await this.options.target.prepare(table.mapper.target, mode);
      return true;
    } catch (error) {
      if (!(error instanceof TableFault)) {
        throw error;
      }
      this.suspend(table, error.message, "TARGET_LOAD");
      return false;
    }
  }

  /** Marks tables for a load anew; the mark is durable, and ends a suspension. */
  markForReload(names: { schema: string; name: string }[]): void {
    for (const name of names) {
      const progress = this.options.progress.value.tables[tableLabel(name)];
      if (progress !== undefined) {
        progress.suspended = false;
        progress.statistics.FullLoadReloaded = true;
        progress.statistics.TableState = "Table is being reloaded";
      }
    }
    this.options.progress.save();
  }

  setState(table: ReplicatedTable, state: TableState): void {
    table.progress.statistics.TableState = state;
    table.progress.statistics.LastUpdateTime = wireNow();
    this.options.progress.save();
  }

  /** Takes a table out of the replication until it is reloaded; the task goes on. */
  suspend(table: ReplicatedTable, reason: string, component: LogComponent): void {
    table.progress.suspended = true;
    this.options.log.write(
      component,
      "E",
      `Table ${tableLabel(table.source)} ${reason}. The table is suspended.`,
    );
    this.setState(table, "Table error");
  }

  /**
   * Does with a write that failed for good what the policy says; the row and the reason are in the exceptions table
   * and the log.
   * @throws TaskFault where the policy stops the task
   */
  async failed(
    table: ReplicatedTable,
    write: Write,
    fault: RowFault | TableFault,
    policy: ErrorPolicy,
    component: LogComponent,
  ): Promise<void> {
    if (fault instanceof TableFault) {
      this.suspend(table, `cannot be written: ${fault.message}`, component);
      return;
    }
    const key = JSON.stringify(write.kind === "delete" ? write.key : write.row.key);
    const label = tableLabel(table.source);
    this.options.log.write(
      component,
      "E",
      `Table ${label}: ${write.kind} of ${key} failed: ${fault.message}`,
    );
    const exception: ApplyException = {
      taskName: this.options.taskName,
      schema: table.source.schema,
      table: table.source.name,
      statement: `${write.kind} ${key}`,
      error: fault.message,
    };
    await this.options.target.recordException(exception);
    if (policy === "SUSPEND_TABLE") {
      this.suspend(table, `has a row that cannot be written (${key})`, component);
    } else if (policy === "STOP_TASK") {
      throw new TaskFault(`table ${label}: ${write.kind} of ${key} failed: ${fault.message}`);
    }
  }
}

function keyOf(target: {
  partitionKey: { name: string; type: string };
  sortKey?: { name: string; type: string };
}): string {
  return [target.partitionKey, target.sortKey]
    .flatMap((key) => (key ? [`${key.name} ${key.type}`] : []))
    .join(", ");
}
