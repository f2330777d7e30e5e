import type { ColumnRule } from "./columnRule";

/** A column of a source's table. */
export interface SourceColumn {
  name: string;
  rule: ColumnRule;
  /** Whether it may be NULL; undefined where the source is not asked. */
  nullable?: boolean;
}

/** A table of the source as it is defined now. */
export interface SourceTable {
  schema: string;
  table: string;
  columns: SourceColumn[];
  /** The primary key's columns, in the key's order; empty without one. */
  primaryKey: string[];
}

/** A row: each column's value as the database prints it, null for NULL. */
export type SourceRow = Record<string, string | null>;

/** A database engine, as a comparison reads it. Another engine is another implementation. */
export interface VerifySource {
  /** The table; undefined where there is none of that name. */
  describe(schema: string, table: string): Promise<SourceTable | undefined>;
  /**
   * Rows in the order of the key columns, from behind a key on.
   *
   * @param after the key columns' values of the last row seen; undefined to begin
   */
  rowsAfter(
    table: SourceTable,
    key: readonly string[],
    after: readonly string[] | undefined,
    limit: number,
  ): Promise<SourceRow[]>;
  /** Those rows of the given keys that are there. */
  rowsOf(
    table: SourceTable,
    key: readonly string[],
    keys: readonly (readonly string[])[],
  ): Promise<SourceRow[]>;
  close(): Promise<void>;
}
