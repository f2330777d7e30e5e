import type { Connection } from "mysql2/promise";
import type { SourceTable, ValueOptions } from "../source";
import { rowsOf } from "./connection";
import { type Conversion, conversionOf } from "./types";

/** A table with how each of its columns is converted. */
export interface MysqlTable extends SourceTable {
  conversions: Conversion[];
}

/** A column as the catalogue or the log describes it. */
export interface ColumnDescription {
  name: string;
  /** For example `int(10) unsigned`. */
  type: string;
}

/** The databases that are the server's own. */
const SYSTEM = "('mysql', 'information_schema', 'performance_schema', 'sys')";

/** Views are left out, and so are MariaDB's sequences. */
const COLUMNS = `
  SELECT t.TABLE_SCHEMA AS table_schema, t.TABLE_NAME AS table_name, c.COLUMN_NAME AS column_name, c.COLUMN_TYPE AS column_type
  FROM information_schema.TABLES t
  JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME
  WHERE t.TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') AND t.TABLE_SCHEMA NOT IN ${SYSTEM}
  ORDER BY t.TABLE_SCHEMA, t.TABLE_NAME, c.ORDINAL_POSITION`;

const KEYS = `
  SELECT TABLE_SCHEMA AS table_schema, TABLE_NAME AS table_name, COLUMN_NAME AS column_name
  FROM information_schema.STATISTICS
  WHERE INDEX_NAME = 'PRIMARY' AND TABLE_SCHEMA NOT IN ${SYSTEM}
  ORDER BY TABLE_SCHEMA, TABLE_NAME, SEQ_IN_INDEX`;

const TYPES = `
  SELECT COLUMN_NAME AS column_name, COLUMN_TYPE AS column_type
  FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?`;

/**
 * A table in the replication's terms. The server gives tables no id that outlasts an ALTER TABLE, so a table is known
 * by its name; the log shows when one takes the place of another.
 */
export function describeTable(
  schema: string,
  name: string,
  columns: ColumnDescription[],
  primaryKey: string[],
  options: ValueOptions,
): MysqlTable {
  const conversions = columns.map(({ type }) => conversionOf(type, options));
  return {
    id: `${schema}.${name}`,
    schema,
    name,
    columns: columns.map((column, index) => ({
      name: column.name,
      numeric: conversions[index]?.numeric ?? false,
    })),
    primaryKey,
    // With binlog_row_image=FULL.
    identity: columns.map((column) => column.name),
    conversions,
  };
}

/** Every table that the user may see, but the system's. */
export async function readTables(client: Connection, options: ValueOptions): Promise<MysqlTable[]> {
  const columns = grouped(await rowsOf(client, COLUMNS), ({ column_name, column_type }) => ({
    name: column_name ?? "",
    type: column_type ?? "",
  }));
  const keys = grouped(await rowsOf(client, KEYS), ({ column_name }) => column_name ?? "");
  return [...columns.values()].map(({ schema, name, entries }) => {
    const key = keys.get(label(schema, name))?.entries ?? [];
    return describeTable(schema, name, entries, key, options);
  });
}

/** The types of a table's columns as they are now, by their names. */
export async function readTypes(
  client: Connection,
  schema: string,
  name: string,
): Promise<Map<string, string>> {
  const rows = await rowsOf(client, TYPES, [schema, name]);
  return new Map(rows.map(({ column_name, column_type }) => [column_name ?? "", column_type ?? ""]));
}

interface Group<Entry> {
  schema: string;
  name: string;
  entries: Entry[];
}

function label(schema: string, name: string): string {
  return JSON.stringify([schema, name]);
}

/** Rows that name a table, by their table. */
function grouped<Row extends Record<string, string | null>, Entry>(
  rows: Row[],
  entryOf: (row: Row) => Entry,
): Map<string, Group<Entry>> {
  const groups = new Map<string, Group<Entry>>();
  for (const row of rows) {
    const [schema, name] = [row.table_schema ?? "", row.table_name ?? ""];
    const key = label(schema, name);
    const group = groups.get(key) ?? { schema, name, entries: [] };
    group.entries.push(entryOf(row));
    groups.set(key, group);
  }
  return groups;
}
