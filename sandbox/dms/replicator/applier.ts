import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { type ChangeHandler, type RowChange, type SourceChange, tableLabel } from "../source/source";
import { BATCH_ITEMS, type DynamoTarget } from "../target/dynamodb";
import type { Write } from "../target/requests";
import { Interrupted } from "../target/retry";
import type { TaskSettings } from "../taskSettings";
import { wireNow } from "../wire/shapes";
import { Lanes } from "./lanes";
import type { ProgressFile } from "./progress";
import { type ReplicatedTable, type ReplicatedTables, TaskFault } from "./tables";
import type { TaskLog } from "./taskLog";

/**
 * Writes that are on their way at the same time. AWS DMS applies one by one; the order of one row's changes, which is
 * all that its DynamoDB target shows, is the same here.
 */
const LANES = 16;

/** Changes that may wait for the target before the source's log is held back. */
const HIGH_WATER = 4_000;

/** A transaction, or what has been delivered of it. */
interface Transaction {
  /** Its changes that are not applied. */
  pending: number;
  /** Set when all of it has been delivered. */
  position?: string;
}

interface Operation {
  kind: RowChange["kind"];
  table: ReplicatedTable;
  write: Write;
  /** Table and row: what is of one key is applied in order. */
  key: string;
  transaction: Transaction;
}

export interface ApplierOptions {
  tables: ReplicatedTables;
  target: DynamoTarget;
  progress: ProgressFile;
  log: TaskLog;
  errors: TaskSettings["ErrorBehavior"];
  /** Called when everything before a position is in the target. */
  onApplied(position: string): void;
  /** Called once, with what no retry mends. */
  onFailure(error: unknown): void;
}

/** Applies the log's changes: one row's in order, different rows' side by side; confirms transactions in order. */
export class Applier implements ChangeHandler {
  private readonly lanes: Lanes<Operation>;
  private readonly transactions: Transaction[] = [{ pending: 0 }];
  private pending = 0;
  private failed = false;
  private gate: Promise<void> | undefined;
  private wakeUps: { below: number; wake: () => void }[] = [];

  constructor(private readonly options: ApplierOptions) {
    this.lanes = new Lanes<Operation>(LANES, takeBatch, (operations) => this.apply(operations));
  }

  change(change: SourceChange): void | Promise<void> {
    if (this.gate !== undefined) {
      return this.gate.then(() => this.change(change));
    }
    const table = this.options.tables.get(change.table);
    if (table === undefined || table.progress.id !== change.table.id) {
      return;
    }
    switch (change.kind) {
      case "definition":
        return this.define(table, change.table);
      case "truncate":
        return this.truncate(table);
      default:
        return this.enqueue(table, change);
    }
  }

  commit(position: string): void | Promise<void> {
    if (this.gate !== undefined) {
      return this.gate.then(() => this.commit(position));
    }
    this.current().position = position;
    this.transactions.push({ pending: 0 });
    this.settle();
  }

  /** Lets no further change in, and waits until those inside are applied. @returns opens the gate again */
  async hold(): Promise<() => void> {
    let open: () => void = () => undefined;
    this.gate = new Promise((resolve) => {
      open = () => {
        this.gate = undefined;
        resolve();
      };
    });
    await this.drained();
    return open;
  }

  /** Fulfilled when everything that was delivered is applied. */
  async drained(): Promise<void> {
    await this.below(1);
  }

  /** Gives up what has not been applied: it comes again when the log is read again. */
  discard(): void {
    this.failed = true;
    this.lanes.clear();
    this.wake(0);
  }

  private current(): Transaction {
    return this.transactions[this.transactions.length - 1] as Transaction;
  }

  private below(count: number): Promise<void> {
    if (this.pending < count || this.failed) {
      return Promise.resolve();
    }
    return new Promise((resolve) => this.wakeUps.push({ below: count, wake: resolve }));
  }

  private wake(pending: number): void {
    if (this.wakeUps.length > 0) {
      const due = this.wakeUps.filter(({ below }) => pending < below);
      this.wakeUps = this.wakeUps.filter(({ below }) => pending >= below);
      for (const { wake } of due) {
        wake();
      }
    }
  }

  /** A change of a table's definition takes effect after the changes before it. */
  private async define(table: ReplicatedTable, definition: SourceChange["table"]): Promise<void> {
    const before = table.source.columns.map((column) => column.name).join();
    if (before !== definition.columns.map((column) => column.name).join()) {
      const { statistics } = table.progress;
      statistics.Ddls = (statistics.Ddls ?? 0) + 1;
      statistics.AppliedDdls = (statistics.AppliedDdls ?? 0) + 1;
      this.options.log.write(
        "SOURCE_CAPTURE",
        "I",
        `Table ${tableLabel(definition)} has another definition now`,
      );
    }
    this.options.tables.define(table, definition, "SOURCE_CAPTURE");
  }

  private truncate(table: ReplicatedTable): void {
    const label = tableLabel(table.source);
    if (this.options.errors.ApplyErrorFailOnTruncationDdl && !table.progress.suspended) {
      this.fail(new TaskFault(`Truncation DDL detected on table ${label}`));
    } else {
      this.options.log.write("SOURCE_CAPTURE", "W", `TRUNCATE of table ${label} is not captured`);
    }
  }

  private enqueue(table: ReplicatedTable, change: RowChange): void | Promise<void> {
    count(table, change.kind, false);
    const write = this.writeOf(table, change);
    if (write === undefined) {
      return undefined;
    }
    const key = `${write.tableName} ${keyText(write.kind === "delete" ? write.key : write.row.key)}`;
    const transaction = this.current();
    transaction.pending++;
    this.pending++;
    this.lanes.push(key, { kind: change.kind, table, write, key, transaction });
    return this.pending >= HIGH_WATER ? this.below(HIGH_WATER / 2) : undefined;
  }

  /** What a change does to the target; undefined for nothing. */
  private writeOf(table: ReplicatedTable, { kind, row, old }: RowChange): Write | undefined {
    const { mapper } = table;
    if (mapper === undefined || table.progress.suspended) {
      return undefined;
    }
    const { tableName } = mapper.target;
    const oldKey = old === undefined ? undefined : mapper.key(old);
    if (kind === "delete") {
      return oldKey === undefined
        ? this.ignore(table, "delete", "without its key")
        : { kind, tableName, key: oldKey };
    }
    const mapped = row === undefined ? undefined : mapper.map(row);
    if (mapped === undefined) {
      return this.ignore(table, kind, "without its key");
    }
    if (kind === "insert") {
      return { kind: "put", tableName, row: mapped };
    }
    if (oldKey !== undefined && keyText(oldKey) !== keyText(mapped.key)) {
      // DMS ignores it on a PostgreSQL source, without a line in the exceptions table: the old item stays as it was,
      // and later updates of the row make an item under the new key (user guide, CHAP_Source.PostgreSQL).
      return this.ignore(table, kind, "of its primary key");
    }
    return { kind: "update", tableName, row: mapped };
  }

  private ignore(table: ReplicatedTable, kind: string, why: string): undefined {
    this.options.log.write(
      "TARGET_APPLY",
      "W",
      `Table ${tableLabel(table.source)}: ${kind} of a row ${why} is ignored`,
    );
    return undefined;
  }

  private async apply(operations: Operation[]): Promise<void> {
    const [first] = operations;
    if (this.failed || first === undefined) {
      return;
    }
    try {
      const writes = operations.map((operation) => operation.write);
      const { target } = this.options;
      const results = writes.length > 1 ? await target.writeBatch(writes) : [await target.write(first.write)];
      for (const { write, fault } of results) {
        const operation = operations.find((one) => one.write === write) ?? first;
        if (fault === undefined) {
          count(operation.table, operation.kind, true);
        } else {
          await this.options.tables.failed(
            operation.table,
            write,
            fault,
            this.policy(operation.kind),
            "TARGET_APPLY",
          );
        }
      }
      for (const { transaction } of operations) {
        transaction.pending--;
      }
      this.pending -= operations.length;
      this.settle();
      this.wake(this.pending);
    } catch (error) {
      if (!(error instanceof Interrupted)) {
        this.fail(error);
      }
    }
  }

  private policy(kind: RowChange["kind"]) {
    const { errors } = this.options;
    return {
      insert: errors.ApplyErrorInsertPolicy,
      update: errors.ApplyErrorUpdatePolicy,
      delete: errors.ApplyErrorDeletePolicy,
    }[kind];
  }

  /** Confirms the transactions at the front that are applied as a whole. */
  private settle(): void {
    let position: string | undefined;
    let done = 0;
    for (const transaction of this.transactions) {
      if (transaction.position === undefined || transaction.pending > 0) {
        break;
      }
      position = transaction.position;
      done++;
    }
    if (position !== undefined && !this.failed) {
      this.transactions.splice(0, done);
      this.options.progress.value.position = position;
      this.options.progress.touch();
      this.options.onApplied(position);
    }
  }

  private fail(error: unknown): void {
    if (!this.failed) {
      this.discard();
      this.options.onFailure(error);
    }
  }
}

function keyText(key: Record<string, AttributeValue>): string {
  return JSON.stringify(Object.values(key).map((value) => value.S ?? value.N));
}

/** Changes of different rows go in one batch; a row's next change waits for the next one. */
function takeBatch(queue: Operation[]): Operation[] {
  const keys = new Set<string>();
  let size = 0;
  while (size < queue.length && size < BATCH_ITEMS) {
    const operation = queue[size] as Operation;
    if (keys.has(operation.key)) {
      break;
    }
    keys.add(operation.key);
    size++;
  }
  return queue.splice(0, Math.max(1, size));
}

const COUNTERS = {
  insert: ["Inserts", "AppliedInserts"],
  update: ["Updates", "AppliedUpdates"],
  delete: ["Deletes", "AppliedDeletes"],
} as const;

function count(table: ReplicatedTable, kind: RowChange["kind"], applied: boolean): void {
  const { statistics } = table.progress;
  const counter = COUNTERS[kind][applied ? 1 : 0];
  statistics[counter] = (statistics[counter] ?? 0) + 1;
  statistics.LastUpdateTime = wireNow();
}
