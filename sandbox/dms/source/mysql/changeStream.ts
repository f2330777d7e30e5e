import type ZongJi from "@vlasky/zongji";
import type { Connection } from "mysql2/promise";
import { DeliveryQueue } from "../deliveryQueue";
import {
  type Cell,
  type ChangeHandler,
  type ChangeStream,
  type RowChange,
  SourceFault,
  type SourceTable,
  type ValueOptions,
} from "../source";
import { type BinlogPosition, formatPosition } from "./binlogPosition";
import { binlogReader } from "./binlogReader";
import { describeTable, type MysqlTable, readTypes } from "./catalogue";
import { connect, connectionOptions, type MysqlConnection, PATIENT } from "./connection";
import type { LogEvent, LogRow, RowsEvent, TableMapEvent } from "./logEvents";
import { type LogItem, Transactions } from "./transactions";
import { typeName } from "./types";

/** The server's error that it cannot send the log: ER_MASTER_FATAL_ERROR_READING_BINLOG, by its number in all versions. */
const CANNOT_SEND_LOG = 1236;

/**
 * While nothing is written the server says each second, here in nanoseconds, where its log ends. Whoever waits for a
 * position may have begun after it was delivered. MySQL 8.4 has the second name for it.
 */
const HEARTBEAT = "SET @master_heartbeat_period = 1000000000, @source_heartbeat_period = 1000000000";

/** What the stream needs of the source. */
export interface ChangeStreamOptions {
  connection: MysqlConnection;
  /** By this number the server knows a replica: another reader with it is ended. */
  serverId: number;
  from: BinlogPosition;
  values: ValueOptions;
}

/** One read of the binary log: decodes, hands over whole transactions in order, holds back. */
export class MysqlChangeStream implements ChangeStream {
  readonly ended: Promise<void>;
  private readonly reader: ZongJi;
  private readonly transactions: Transactions;
  private readonly queue: DeliveryQueue<LogItem>;
  private readonly tables = new Map<number, MysqlTable>();
  private queries: Connection | undefined;
  private stopped = false;
  private onStart: () => void = () => undefined;
  private resolveEnded: () => void = () => undefined;
  private rejectEnded: (error: unknown) => void = () => undefined;

  constructor(
    private readonly options: ChangeStreamOptions,
    private readonly handler: ChangeHandler,
  ) {
    this.reader = binlogReader(connectionOptions(options.connection));
    this.queue = new DeliveryQueue({
      deliver: (item) => this.deliver(item),
      pause: () => this.reader.connection?.pause(),
      resume: () => this.reader.connection?.resume(),
      onFailure: (error) => this.finish(error),
    });
    this.transactions = new Transactions(options.from, (item, bytes) => this.queue.push(item, bytes));
    this.ended = new Promise((resolve, reject) => {
      this.resolveEnded = resolve;
      this.rejectEnded = reject;
    });
    // Whoever waits sees the rejection; nobody waiting is no crash.
    this.ended.catch(() => undefined);
  }

  /** Begins to read; fulfilled when the server has begun to send. */
  async start(captured: SourceTable[] | undefined): Promise<void> {
    const { serverId, from } = this.options;
    const started = new Promise<void>((resolve) => {
      this.onStart = resolve;
    });
    this.reader.on("error", (error) => this.finish(error));
    this.reader.on("binlog", (event) => this.receive(event as unknown as LogEvent));
    this.reader.start({ serverId, filename: from.file, position: from.offset, ...filterOf(captured) });
    // Before the reader asks for the log: it is held back at times.
    for (const setting of [PATIENT, HEARTBEAT]) {
      this.reader.connection?.query(setting, (error) => error && this.finish(error));
    }
    // The reader says nothing where the server just ends the connection.
    const lost = () => this.finish(new Error("the connection to the source was lost"));
    (this.reader.connection as unknown as { stream: NodeJS.EventEmitter }).stream.once("close", lost);
    await Promise.race([started, this.ended]);
  }

  /** Sets which tables' rows are decoded from now on. */
  capture(tables: SourceTable[]): void {
    if (!this.stopped) {
      this.reader.start(filterOf(tables));
    }
  }

  /** The server keeps its log for its own reasons, not for a reader. */
  confirm(): void {}

  async stop(): Promise<void> {
    this.finish(undefined);
    await new Promise<void>((resolve) => {
      this.reader.once("stopped", () => resolve());
      this.reader.stop();
    });
    this.queries?.destroy();
  }

  private finish(error: unknown): void {
    if (this.stopped) {
      return;
    }
    this.stopped = true;
    this.queue.end();
    if (error === undefined) {
      this.resolveEnded();
    } else {
      this.rejectEnded(explained(error, this.options.from));
    }
  }

  private receive(event: LogEvent): void {
    if (this.stopped) {
      return;
    }
    this.onStart();
    try {
      this.transactions.take(event);
    } catch (error) {
      this.finish(error);
    }
  }

  private deliver(item: LogItem): void | Promise<void> {
    switch (item.kind) {
      case "commit":
        return this.handler.commit(item.position);
      case "table":
        return this.learn(item.event, item.types);
      case "truncate":
        return this.truncate(item.schema, item.name);
      default:
        return this.deliverRows(item.kind, item.event);
    }
  }

  private truncate(schema: string, name: string): void | Promise<void> {
    const table = describeTable(schema, name, [], [], this.options.values);
    return this.handler.change({ kind: "truncate", table });
  }

  /** The log has the table as it was then, but for MariaDB's types that it has as BINARY. */
  private async learn(event: TableMapEvent, logTypes: string[]): Promise<void> {
    const { tableId, schemaName, tableName, columnNames = [], primaryKey = [] } = event;
    const { values } = this.options;
    const types = logTypes.some(isAddressLike)
      ? withAddresses(columnNames, logTypes, await this.presentTypes(schemaName, tableName))
      : logTypes;
    const columns = columnNames.map((name, index) => ({ name, type: types[index] ?? "" }));
    const key = primaryKey.map((place) => columnNames[place] ?? "");
    const table = describeTable(schemaName, tableName, columns, key, values);
    this.tables.set(tableId, table);
    await this.handler.change({ kind: "definition", table });
  }

  private async presentTypes(schema: string, table: string): Promise<Map<string, string>> {
    this.queries ??= await connect(this.options.connection);
    return readTypes(this.queries, schema, table);
  }

  private async deliverRows(kind: RowChange["kind"], { tableId, rows }: RowsEvent): Promise<void> {
    const table = this.tables.get(tableId);
    if (table === undefined) {
      throw new Error(`the log has rows of the table ${tableId} before its description`);
    }
    for (const row of rows) {
      const [before, after] = imagesOf(kind, row);
      const wait = this.handler.change({
        kind,
        table,
        row: after && cellsOf(table, after),
        old: before && cellsOf(table, before),
      });
      if (wait !== undefined) {
        await wait;
      }
    }
  }
}

/** The reader decodes everything where nobody has said yet which tables matter. */
function filterOf(tables: SourceTable[] | undefined): { includeSchema?: Record<string, string[]> } {
  if (tables === undefined) {
    return {};
  }
  const includeSchema: Record<string, string[]> = {};
  for (const { schema, name } of tables) {
    includeSchema[schema] = [...(includeSchema[schema] ?? []), name];
  }
  return { includeSchema };
}

function imagesOf(kind: RowChange["kind"], row: RowsEvent["rows"][number]): [LogRow?, LogRow?] {
  switch (kind) {
    case "insert":
      return [undefined, row as LogRow];
    case "delete":
      return [row as LogRow, undefined];
    case "update": {
      const { before, after } = row as { before: LogRow; after: LogRow };
      return [before, after];
    }
  }
}

function cellsOf(table: MysqlTable, row: LogRow): Cell[] {
  return table.columns.map(({ name }, index) => {
    const value = row[name];
    const conversion = table.conversions[index];
    return value === null || conversion === undefined ? null : conversion.convert(conversion.logText(value));
  });
}

function isAddressLike(type: string): boolean {
  return type === "binary(16)" || type === "binary(4)";
}

function withAddresses(names: string[], types: string[], present: Map<string, string>): string[] {
  return types.map((type, index) => {
    const now = present.get(names[index] ?? "") ?? "";
    return isAddressLike(type) && /^(uuid|inet4|inet6)$/.test(typeName(now)) ? now : type;
  });
}

/** A log that is gone cannot be waited for. */
function explained(error: unknown, from: BinlogPosition): unknown {
  const { errno, message } = error as { errno?: number; message: string };
  return errno === CANNOT_SEND_LOG
    ? new SourceFault(
        `the server cannot send its log from ${formatPosition(from)} on (${message}): start the task with reload-target`,
      )
    : error;
}
