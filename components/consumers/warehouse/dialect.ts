import { identifier } from "./quote";

/** How a database reads what is in a column of JSON. A member that is missing, and JSON's null, are NULL. */
export interface Dialect {
  /** The JSON at a path. @param column as it is written in the statement */
  json(column: string, path: readonly string[]): string;
  /** The text, or the number as text, at a path. @param length the most characters that it may have */
  text(column: string, path: readonly string[], length: number): string;
}

/**
 * Redshift's SUPER, by PartiQL. Members are quoted: some of their names are reserved words, and a name in lower case is
 * the same whether identifiers are case-sensitive or not. No `::` and no `:`, which the Data API takes for parameters.
 */
export const redshift: Dialect = {
  json: (column, path) => [column, ...path.map(identifier)].join("."),
  text: (column, path, length) => `CAST(${redshift.json(column, path)} AS VARCHAR(${length}))`,
};
