import type { Client } from "pg";
import type { ReceivedEvent } from "./changeEvents";

/** A row as text by column; NULLs are absent. */
export type TextRow = Record<string, string>;

const NUMBERS = new Set(["smallint", "integer", "bigint", "numeric", "real", "double precision"]);

/**
 * The rows of a table of the source, by the text of their keys, written as DMS writes them to DynamoDB and a reader
 * of JSON reads them: numbers as doubles, times with microseconds and in UTC.
 */
export async function sourceRows(
  database: Client,
  table: string,
  keys: readonly string[],
): Promise<Map<string, TextRow>> {
  const { rows: columns } = await database.query(
    "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1",
    [table],
  );
  const list = columns.map(({ column_name: name, data_type: type }) => `${textOf(name, type)} AS "${name}"`);
  const { rows } = await database.query(`SELECT ${list.join(", ")} FROM "${table}"`);
  const numbers = columns
    .filter(({ data_type }) => NUMBERS.has(data_type))
    .map((column) => column.column_name);
  const all = new Map<string, TextRow>();
  for (const row of rows) {
    for (const name of numbers) {
      row[name] = row[name] === null ? null : String(Number(row[name]));
    }
    const present = Object.entries(row).filter(([, value]) => value !== null);
    all.set(rowKey(row, keys), Object.fromEntries(present) as TextRow);
  }
  return all;
}

function textOf(name: string, type: string): string {
  return type === "timestamp with time zone"
    ? `to_char("${name}" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
    : `"${name}"::text`;
}

/** The text of a row's key, of a row of the source or of an event. */
export function rowKey(row: Record<string, unknown>, keys: readonly string[]): string {
  return JSON.stringify(keys.map((name) => String(row[name])));
}

/**
 * The rows that a table's events come to for a consumer that drops repeats by their ids, and takes what it gets in
 * the order in which it gets it.
 */
export function foldedRows(
  events: readonly ReceivedEvent[],
  table: string,
  keys: readonly string[],
): Map<string, TextRow> {
  const seen = new Set<string>();
  const rows = new Map<string, TextRow>();
  for (const event of events) {
    if (event.source.table !== table || seen.has(event.id)) {
      continue;
    }
    seen.add(event.id);
    if (event.new === null) {
      rows.delete(rowKey(event.old ?? {}, keys));
    } else {
      const text = Object.entries(event.new).map(([name, value]) => [name, String(value)]);
      rows.set(rowKey(event.new, keys), Object.fromEntries(text));
    }
  }
  return rows;
}
