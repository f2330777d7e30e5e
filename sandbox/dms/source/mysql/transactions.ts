import { SourceFault } from "../source";
import { type BinlogPosition, formatPosition } from "./binlogPosition";
import type {
  LogEvent,
  MariadbGtidEvent,
  QueryEvent,
  RotateEvent,
  RowsEvent,
  TableMapEvent,
} from "./logEvents";
import { truncatedTable } from "./truncation";

/** What is handed over of the log. */
export type LogItem =
  | { kind: "table"; event: TableMapEvent; types: string[] }
  | { kind: "insert" | "update" | "delete"; event: RowsEvent }
  | { kind: "truncate"; schema: string; name: string }
  /** Everything before this position has been handed over. */
  | { kind: "commit"; position: string };

/** A larger transaction is handed over before its end is read, in bytes. */
const HELD_BYTES = 64 * 1024 * 1024;

const ROWS = { writerows: "insert", updaterows: "update", deleterows: "delete" } as const;

/**
 * Makes whole transactions of the log's events. A transaction is held until its end is there: a server that was killed
 * while it wrote one leaves the beginning in its log, rolls it back, and goes on in the next file.
 */
export class Transactions {
  private file: string;
  private open = false;
  private held: { item: LogItem; bytes: number }[] = [];
  private heldBytes = 0;
  /** Whether a part of the open transaction has been handed over. */
  private begun = false;
  /** The tables that were described since the file's beginning: a server that starts again counts them anew. */
  private readonly described = new Set<number>();

  /**
   * @param from where the first event begins
   * @param onItem receives what is complete, and its size in bytes
   */
  constructor(
    from: BinlogPosition,
    private readonly onItem: (item: LogItem, bytes: number) => void,
    private readonly heldBytesLimit = HELD_BYTES,
  ) {
    this.file = from.file;
  }

  /** @throws SourceFault where the log cannot be read as it is */
  take(event: LogEvent): void {
    const name = event.getEventName();
    switch (name) {
      case "rotate":
        this.rotate(event as RotateEvent);
        break;
      case "mariadbgtid":
        this.abandon();
        this.open = !(event as MariadbGtidEvent).standalone;
        break;
      case "gtid":
      case "anonymousgtid":
        this.abandon();
        break;
      case "query":
        this.statement(event as QueryEvent);
        break;
      case "tablemap":
        this.table(event as TableMapEvent);
        break;
      case "writerows":
      case "updaterows":
      case "deleterows":
        this.rows(ROWS[name], event as RowsEvent);
        break;
      case "xid":
      case "xaprepare":
        this.commit(event.nextPosition);
        break;
      default:
        this.pass(event.nextPosition);
    }
  }

  private rotate({ binlogName, position }: RotateEvent): void {
    this.abandon();
    this.file = binlogName;
    this.described.clear();
    this.pass(position);
  }

  private statement({ query, schema, nextPosition }: QueryEvent): void {
    if (/^(BEGIN|XA START)\b/i.test(query)) {
      this.abandon();
      this.open = true;
      return;
    }
    if (/^ROLLBACK$/i.test(query)) {
      this.held = this.held.filter(({ item }) => item.kind === "table");
      this.commit(nextPosition);
      return;
    }
    if (/^COMMIT$/i.test(query)) {
      this.commit(nextPosition);
      return;
    }
    const truncated = truncatedTable(query, schema);
    if (truncated !== undefined) {
      this.hold({ kind: "truncate", ...truncated }, 0);
    }
    this.pass(nextPosition);
  }

  private table(event: TableMapEvent): void {
    const { tableId, schemaName, tableName, columnNames } = event;
    if (columnNames === undefined) {
      throw new SourceFault(
        `the log does not name the columns of '${schemaName}'.'${tableName}': SET GLOBAL binlog_row_metadata = 'FULL'; then start the task with reload-target`,
      );
    }
    if (!this.described.has(tableId)) {
      this.described.add(tableId);
      // Now: the reader describes the table anew when its definition has changed.
      const types = event.tableMap[tableId]?.columnSchemas.map((column) => column.COLUMN_TYPE) ?? [];
      this.hold({ kind: "table", event, types }, event.size);
    }
  }

  private rows(kind: "insert" | "update" | "delete", event: RowsEvent): void {
    for (const bitmap of [event.columns_present_bitmap, event.columns_present_bitmap2]) {
      if (bitmap !== undefined && !isFull(bitmap, event.numberOfColumns)) {
        throw new SourceFault(
          "a session writes only a part of its rows to the log: binlog_row_image must be FULL in every session; then start the task with reload-target",
        );
      }
    }
    this.hold({ kind, event }, event.size);
  }

  private hold(item: LogItem, bytes: number): void {
    this.held.push({ item, bytes });
    this.heldBytes += bytes;
    if (this.heldBytes > this.heldBytesLimit) {
      this.release();
      this.begun = true;
    }
  }

  private release(): void {
    for (const { item, bytes } of this.held) {
      this.onItem(item, bytes);
    }
    this.held = [];
    this.heldBytes = 0;
  }

  private commit(offset: number): void {
    this.open = false;
    this.begun = false;
    this.pass(offset);
  }

  /** The end of an event outside of transactions; the first events of a dump have none. */
  private pass(offset: number): void {
    if (!this.open && offset > 0) {
      this.release();
      const position = formatPosition({ file: this.file, offset });
      this.onItem({ kind: "commit", position }, 0);
    }
  }

  /** A transaction that has no end. */
  private abandon(): void {
    if (this.open && this.begun) {
      throw new SourceFault(
        "the server crashed in the middle of a large transaction, of which a part is in the target: start the task with reload-target",
      );
    }
    for (const { item } of this.held) {
      if (item.kind === "table") {
        this.described.delete(item.event.tableId);
      }
    }
    this.held = [];
    this.heldBytes = 0;
    this.open = false;
  }
}

function isFull(bitmap: Buffer, columns: number): boolean {
  for (let column = 0; column < columns; column++) {
    if ((((bitmap[column >> 3] ?? 0) >> (column & 7)) & 1) === 0) {
      return false;
    }
  }
  return true;
}
