/** A row that is not the same on both sides. */
export interface RowDifference {
  /**
   * `differs`: columns do. `missing`: it is in the source only. `extra`: it is in DynamoDB only. `changing`: it changed
   * so often that it could not be compared.
   */
  kind: "differs" | "missing" | "extra" | "changing";
  /** The key columns' values, as the source prints them. */
  key: Record<string, string>;
  /** The columns that differ; empty where the row is on one side only. */
  columns: string[];
  /** Both sides of each column that differs, where values were asked for; null for NULL and for none. */
  values?: Record<string, { source: string | null; target: string | null }>;
}

/** What came of one table. */
export interface TableVerification {
  /** `schema.table` in the source. */
  table: string;
  /** Its name in DynamoDB. */
  tableName: string;
  /** Rows read on each side; they change while the pipeline runs, so they are no proof of anything. */
  rows: { source: number; target: number };
  differences: RowDifference[];
  /** Columns that were not compared, and why. */
  skipped: { column: string; reason: string }[];
  /** Why the table was not compared, or not to its end. */
  incomplete?: string;
}

/** What a comparison came to. */
export interface VerifyResult {
  tables: TableVerification[];
}

/** Whether all was compared and no row differs. A row that keeps changing is no difference, and no proof. */
export function isSame({ tables }: VerifyResult): boolean {
  return tables.every(
    ({ differences, incomplete }) =>
      incomplete === undefined && differences.every(({ kind }) => kind === "changing"),
  );
}
