/** A column as the source's catalogue has it. */
export interface ColumnFacts {
  name: string;
  /** The type's own name, without length or precision, as the engine's catalogue prints it: `numeric`, `VARCHAR2`. */
  type: string;
  /** The type as it is declared, for messages: `numeric(12,2)`. */
  declared: string;
  /** Digits in all, for types that have them; undefined where the declaration has none. */
  precision?: number;
  /** Digits behind the point; undefined where the declaration has none. */
  scale?: number;
  nullable: boolean;
  /** Computed from other columns by the database. */
  generated?: boolean;
}

/** A table as the source's catalogue and statistics have it. */
export interface TableFacts {
  schema: string;
  table: string;
  columns: ColumnFacts[];
  /** The primary key's columns, in the key's order; empty without one. */
  primaryKey: string[];
  /** The columns of each unique key of columns that are never NULL, in the key's order. */
  uniqueKeys: string[][];
  /** The user may read its rows. */
  readable: boolean;
  /** Rows, as the engine's statistics estimate them; undefined where it has none. */
  rows?: number;
  /** Bytes of its rows, LOBs and all, without its indexes; undefined where they are not known. */
  bytes?: number;
  /** Bytes of the largest row that a bounded look found; undefined where none was taken. */
  largestRowBytes?: number;
  /** Rows written (inserted, updated, deleted) a second: the most that was seen; undefined where nobody counts. */
  writesPerSecond?: number;
}

/** Facts of a source: the server's own, which the engine defines, and those of its tables. */
export interface SourceFacts<Server = unknown> {
  server: Server;
  /** The tables that the plan selects, sorted by schema and name; DMS's control tables are left out. */
  tables: TableFacts[];
}
