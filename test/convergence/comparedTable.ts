import type { Behaviour } from "../../sandbox/dms/behaviour";
import type { TestClient, TestEngine } from "../helpers/sourceServer";
import { type Cells, rowId, text } from "./cells";
import { numberCell } from "./numberCell";

/** A column of the source and its type, as the workload made it. */
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

/** A column's text as DMS writes it (docs/what-dms-does.md), in SQL, and whether that is a number. */
interface Written {
  sql: string;
  number: boolean;
}

/** Types whose values are numbers as they are; the names of both engines. */
const NUMBERS = new Set([
  "integer",
  "bigint",
  "bigint unsigned",
  "tinyint(1)",
  "numeric(38,10)",
  "double precision",
]);

const WRITTEN: Record<TestEngine, (column: ComparedColumn, behaviour: Behaviour) => Written> = {
  postgres({ name, type }, { timeText }) {
    const moment = timeText === "iso" ? 'YYYY-MM-DD"T"HH24:MI:SS.US' : "YYYY-MM-DD HH24:MI:SS.US";
    switch (type) {
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
        return { sql: `${name}::text`, number: NUMBERS.has(type) };
    }
  },
  mariadb({ name, type }, { timeText }) {
    switch (type) {
      case "datetime(6)":
      case "timestamp(6)":
        return {
          sql: `date_format(${name}, '%Y-%m-%d${timeText === "iso" ? "T" : " "}%H:%i:%s.%f')`,
          number: false,
        };
      default:
        return { sql: name, number: NUMBERS.has(type) };
    }
  },
};

/**
 * The rows of a table as the events must give them, by their ids.
 * @param everything also those that have not been changed since the pipeline runs
 */
export async function sourceRows(
  engine: TestEngine,
  client: TestClient,
  table: ComparedTable,
  everything: boolean,
  behaviour: Behaviour,
): Promise<Map<string, Cells>> {
  const columns = table.columns.map((column) => ({ ...column, ...WRITTEN[engine](column, behaviour) }));
  const list = columns.map(({ name, sql }) => `${sql} AS ${name}`).join(", ");
  const { rows } = await client.query(
    `SELECT ${list} FROM ${table.name} WHERE ${everything} OR ${table.touched}`,
  );
  return new Map(
    rows.map((row) => {
      const cells: Cells = {};
      for (const { name, number } of columns) {
        const value = row[name] as string | null;
        if (value !== null) {
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
