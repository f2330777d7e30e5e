/**
 * A row as columns and values, where a value is text that begins with its kind: `n:` a number, `s:` a string. A
 * column that is NULL is absent.
 */
export type Cells = Record<string, string>;

/** A string as a cell. */
export function text(value: string): string {
  return `s:${value}`;
}

/** Names a row by its table and the attributes of its key. */
export function rowId(table: string, key: Cells): string {
  return `${table} ${sorted(key)}`;
}

/** Whether two rows have the same columns with the same values. */
export function sameCells(one: Cells, other: Cells): boolean {
  return sorted(one) === sorted(other);
}

function sorted(cells: Cells): string {
  return JSON.stringify(Object.entries(cells).sort(([a], [b]) => (a < b ? -1 : 1)));
}
