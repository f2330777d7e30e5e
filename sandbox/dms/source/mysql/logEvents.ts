/**
 * The events of the binary log as the reader hands them over, as far as they are looked at. Its own declarations give
 * no type by the event's name, and leave out which columns a row carries.
 */

interface Event {
  getEventName(): string;
  /** Where the event ends in its file. No more than a number inside of a transaction of MariaDB's. */
  nextPosition: number;
  /** In bytes. */
  size: number;
}

export interface RotateEvent extends Event {
  binlogName: string;
  position: number;
}

export interface QueryEvent extends Event {
  query: string;
  schema: string;
}

export interface MariadbGtidEvent extends Event {
  /** One statement that is a transaction by itself. */
  standalone: boolean;
}

/** Describes a table; before the first rows of it in a statement. */
export interface TableMapEvent extends Event {
  tableId: number;
  schemaName: string;
  tableName: string;
  /** With binlog_row_metadata=FULL. */
  columnNames?: string[];
  /** The places of the primary key's columns, in its order. */
  primaryKey?: number[];
  tableMap: Record<number, { columnSchemas: { COLUMN_TYPE: string }[] }>;
}

/** A row by column; null is NULL. */
export type LogRow = Record<string, string | number | Buffer | null | undefined>;

export interface RowsEvent extends Event {
  tableId: number;
  numberOfColumns: number;
  rows: (LogRow | { before: LogRow; after: LogRow })[];
  /** One bit for each column that the rows have. */
  columns_present_bitmap: Buffer;
  /** The same for the rows after an update. */
  columns_present_bitmap2?: Buffer;
}

export type LogEvent = Event | RotateEvent | QueryEvent | MariadbGtidEvent | TableMapEvent | RowsEvent;
