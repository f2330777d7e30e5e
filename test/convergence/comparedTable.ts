import type { Client } from "pg";
import type { Behaviour } from "../../sandbox/dms/behaviour";
import { type Cells, rowId, text } from "./cells";
import { numberCell } from "./numberCell";

/** A column of the source and its PostgreSQL type, as the workload made it. */
export interface ComparedColumn {
  name: string;
  type: string;
}

/** A table of the source whose rows the folded events must give. */
export interface ComparedTable {
  name: string;
  /** The primary key's columns in order. */
  key: string[];
  columns: ComparedColumn[];
  /** SQL: whether a row has been changed since the pipeline runs. */
  touched: string;
}

/** How DMS writes a type (docs/what-dms-does.md), in SQL: its text, and whether that is a number. */
function written({ name, type }: ComparedColumn, { timeText }: Behaviour): { sql: string; number: boolean } {
  const moment = timeText === "iso" ? 'YYYY-MM-DD"T"HH24:MI:SS.US' : "YYYY-MM-DD HH24:MI:SS.US";
  switch (type) {
    case "integer":
    case "bigint":
    case "numeric(38,10)":
    case "double precision":
      return { sql: `${name}::text`, number: true };
    case "date":
      return { sql: `to_char(${name}, 'YYYY-MM-DD')`, number: false };
    case "timestamp":
      return { sql: `to_char(${name}, '${moment}')`, number: false };
    case "timestamptz":
      return {
        sql: `to_char(${name} AT TIME ZONE 'UTC', '${moment}') || '${timeText === "iso" ? "Z" : "+00"}'`,
        number: false,
      };
    case "char(22)":
    case "char(84)":
    case "char(88)":
      // The cast to text takes the padding off, which the column's own output has.
      return { sql: `rpad(${name}::text, ${type.slice(5, -1)})`, number: false };
    default:
      return { sql: `${name}::text`, number: false };
  }
}

/**
 * The rows of a table as the events must give them, by their ids.
 * @param everything also those that have not been changed since the pipeline runs
 */
export async function sourceRows(
  client: Client,
  table: ComparedTable,
  everything: boolean,
  behaviour: Behaviour,
): Promise<Map<string, Cells>> {
  const columns = table.columns.map((column) => ({ ...column, ...written(column, behaviour) }));
  const { rows } = await client.query<(string | null)[]>({
    text: `SELECT ${columns.map(({ sql }) => sql).join(", ")} FROM ${table.name} WHERE ${everything} OR ${table.touched}`,
    rowMode: "array",
  });
  return new Map(
    rows.map((row) => {
      const cells: Cells = {};
      for (const [place, { name, number }] of columns.entries()) {
        const value = row[place];
        if (value !== null && value !== undefined) {
          cells[name] = number ? numberCell(value) : text(value);
        }
      }
      return withKey(table, cells, behaviour);
    }),
  );
}

/**
 * A row under its id. A composite key is written as strings: two columns as they are, of three the last two in one
 * attribute of their own (`keyMapping` of the table mappings). A single one is as the behaviour has it.
 */
function withKey({ name, key }: ComparedTable, cells: Cells, { numericKey }: Behaviour): [string, Cells] {
  const [first = "", second = "", third] = key;
  const plain = (column: string) => (cells[column] ?? "").slice(2);
  if (key.length === 1) {
    const own = { [first]: numericKey === "S" ? text(plain(first)) : (cells[first] ?? "") };
    return [rowId(name, own), { ...cells, ...own }];
  }
  const sort = third === undefined ? second : `${second}_${third}_key`;
  const value = third === undefined ? plain(second) : `${plain(second)}#${plain(third)}`;
  const mapped = { [first]: text(plain(first)), [sort]: text(value) };
  return [rowId(name, mapped), { ...cells, ...mapped }];
}
