import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { type Behaviour, parseBehaviour } from "../behaviour";

/**
 * A column's value in DynamoDB's terms. `null` is SQL's NULL (or a value that DMS cannot carry, such as a BLOB);
 * `undefined` is a value that the log does not carry because it did not change.
 */
export type Cell = AttributeValue | null | undefined;

/** A column as the replication sees it. */
export interface SourceColumn {
  name: string;
  /** Whether its values are numbers to DMS; decides the type of a key that is made of it. */
  numeric: boolean;
}

/** A table of the source, at one moment of its definition; a changed definition is another object. */
export interface SourceTable {
  /** Tells a table from another one that had its name before. */
  id: string;
  schema: string;
  name: string;
  columns: SourceColumn[];
  /** The primary key's columns in the key's order; empty where there is none. */
  primaryKey: string[];
  /** The columns of the old row that the log carries for an update or delete (PostgreSQL's replica identity). */
  identity: string[];
}

/** One change of one row, its cells in the order of the table's columns. */
export interface RowChange {
  kind: "insert" | "update" | "delete";
  table: SourceTable;
  /** The row after the change; a delete has none. */
  row: Cell[] | undefined;
  /** The old row as far as the log has it: always for a delete, for an update where a key column may differ. */
  old: Cell[] | undefined;
}

/** A change of a table that is no change of a row. */
export interface TableChange {
  kind: "truncate" | "definition";
  table: SourceTable;
}

export type SourceChange = RowChange | TableChange;

/** Receives the log's changes in commit order; a returned promise holds the log back. */
export interface ChangeHandler {
  change(change: SourceChange): void | Promise<void>;
  /** Everything before this position has been delivered. */
  commit(position: string): void | Promise<void>;
}

/** A running read of the log. */
export interface ChangeStream {
  /** Resolves after `stop`; rejects where the connection or the log failed. */
  ended: Promise<void>;
  /** Everything up to this position is safe in the target: the source may forget it. */
  confirm(position: string): void;
  stop(): Promise<void>;
}

/** Reads tables as they were at one moment. */
export interface LoadSession {
  /** Hands over every row in chunks; the next chunk is read when the promise of the one before is fulfilled. */
  read(table: SourceTable, onRows: (rows: Cell[][]) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** A moment of the source: each session that it opens sees the same rows. */
export interface Snapshot {
  /** Where the changes after it begin, of a source that keeps no place in its log for a reader. */
  position?: string;
  open(): Promise<LoadSession>;
  close(): Promise<void>;
}

/** A database engine as a source of one task. */
export interface Source {
  /** @throws SourceFault that names each prerequisite that is missing and the statement that mends it */
  check(): Promise<void>;
  /** Every table of the database, with its columns and keys, replicated or not. */
  tables(): Promise<SourceTable[]>;
  /**
   * Begins to keep the changes of these tables, and gives the moment at which that begins: what its sessions read,
   * followed by the changes, is the whole of the tables.
   */
  begin(tables: SourceTable[]): Promise<Snapshot>;
  /** Sets which tables' changes are kept from now on. */
  capture(tables: SourceTable[]): Promise<void>;
  /** The source as it is now; the changes may already have shown a part of it. */
  snapshotNow(): Promise<Snapshot>;
  /**
   * Whether the source still has the changes that are not applied, so that `stream` can go on.
   * @param from the position to go on from, as far as it is known
   */
  canResume(from: string | undefined): Promise<boolean>;
  /** The position of the log's end. */
  position(): Promise<string>;
  /** Whether the first position is at or behind the second. */
  reached(position: string, target: string): boolean;
  /**
   * Reads the log from the last confirmed position, or from a later one where the caller knows it to be done: the
   * server may have forgotten the last confirmations when it was started again.
   */
  stream(handler: ChangeHandler, from: string | undefined): Promise<ChangeStream>;
  /** Takes away what `begin` made. */
  forget(): Promise<void>;
  /** Ends the connections; the source can be used again. */
  close(): Promise<void>;
}

/** The source cannot be used as it is; the message says why and what to do. */
export class SourceFault extends Error {
  override name = "SourceFault";
}

/** How DMS is told to treat values. */
export interface ValueOptions {
  /** Whether large objects (text and JSON types among them) are replicated at all. */
  supportLobs: boolean;
  /** Where a large object is cut off, in bytes (limited LOB mode); undefined: not at all. */
  lobMaxBytes: number | undefined;
  /** Booleans as booleans, not as the strings "true" and "false". */
  booleanAsBoolean: boolean;
  /** What no source says (`openValue`). */
  behaviour: Pick<Behaviour, "timeText" | "unlistedTypes">;
}

/** For those who read no values. */
export const WHOLE_VALUES: ValueOptions = {
  supportLobs: true,
  lobMaxBytes: undefined,
  booleanAsBoolean: false,
  behaviour: parseBehaviour(undefined),
};

/** How errors name a table, as DMS's log does. */
export function tableLabel(table: { schema: string; name: string }): string {
  return `'${table.schema}'.'${table.name}'`;
}
