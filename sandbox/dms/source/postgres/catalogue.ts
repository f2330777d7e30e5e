import type { Client } from "pg";
import type { SourceTable, ValueOptions } from "../source";
import { type Conversion, conversionOf, type PostgresType } from "./types";

/** A table with how each of its columns is converted. */
export interface PostgresTable extends SourceTable {
  conversions: Conversion[];
}

/** A column as the catalogue or the log describes it. */
export interface ColumnDescription {
  name: string;
  typeOid: number;
  modifier: number;
}

/**
 * Partitioned tables are left out and their partitions taken as tables, as DMS does. Generated columns are left out:
 * the log does not carry them.
 */
const TABLES = `
  SELECT c.oid::int8 AS oid, n.nspname AS schema, c.relname AS name, c.relreplident AS identity,
         coalesce((SELECT json_agg(json_build_array(a.attname, a.atttypid::int8, a.atttypmod) ORDER BY a.attnum)
                   FROM pg_attribute a
                   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''), '[]') AS columns,
         coalesce((SELECT json_agg(json_build_array(i.indisprimary, i.indisreplident,
                     (SELECT json_agg(a.attname ORDER BY k.place)
                      FROM unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
                      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
                      WHERE k.place <= i.indnkeyatts)))
                   FROM pg_index i
                   WHERE i.indrelid = c.oid AND i.indisvalid AND (i.indisprimary OR i.indisreplident)), '[]') AS indexes
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  ORDER BY n.nspname, c.relname`;

const TYPES = `
  SELECT oid::int8 AS oid, typname AS name, typtype AS kind, typbasetype::int8 AS base, typtypmod AS modifier
  FROM pg_type WHERE oid = ANY($1::oid[])`;

interface TableRow {
  oid: string;
  schema: string;
  name: string;
  identity: "d" | "n" | "f" | "i";
  columns: [name: string, typeOid: number, modifier: number][];
  indexes: [primary: boolean, identity: boolean, columns: string[]][];
}

interface TypeRow {
  oid: string;
  name: string;
  kind: string;
  base: string;
  modifier: number;
}

/** What the catalogue says of tables and types; types are remembered. */
export class Catalogue {
  private readonly types = new Map<number, TypeRow>();

  constructor(private readonly options: ValueOptions) {}

  /** Every table of the database but the system's. */
  async tables(client: Client): Promise<PostgresTable[]> {
    const { rows } = await client.query<TableRow>(TABLES);
    await this.learnTypes(
      client,
      rows.flatMap((row) => row.columns.map(([, oid]) => oid)),
    );
    return rows.map((row) => {
      const columns = row.columns.map(([name, typeOid, modifier]) => ({ name, typeOid, modifier }));
      const primaryKey = row.indexes.find(([primary]) => primary)?.[2] ?? [];
      const identities = {
        d: primaryKey,
        n: [],
        f: columns.map((column) => column.name),
        i: row.indexes.find(([, identity]) => identity)?.[2] ?? [],
      };
      return this.describe({
        id: row.oid,
        schema: row.schema,
        name: row.name,
        columns,
        primaryKey,
        identity: identities[row.identity],
      });
    });
  }

  /** A table whose types are already learnt. */
  describe(
    table: Omit<PostgresTable, "columns" | "conversions"> & { columns: ColumnDescription[] },
  ): PostgresTable {
    const conversions = table.columns.map(({ typeOid, modifier }) =>
      conversionOf(this.typeOf(typeOid, modifier), this.options),
    );
    const columns = table.columns.map(({ name }, index) => ({
      name,
      numeric: conversions[index]?.numeric ?? false,
    }));
    return { ...table, columns, conversions };
  }

  knows(typeOids: number[]): boolean {
    return typeOids.every((oid) => this.types.has(oid));
  }

  /** Reads what is not known yet of these types, and of what their domains stand on. */
  async learnTypes(client: Client, oids: number[]): Promise<void> {
    let unknown = [...new Set(oids)].filter((oid) => oid !== 0 && !this.types.has(oid));
    while (unknown.length > 0) {
      const { rows } = await client.query<TypeRow>(TYPES, [unknown]);
      for (const oid of unknown) {
        // A type that is gone by now leaves its values as they are written: strings.
        this.types.set(oid, { oid: String(oid), name: "", kind: "?", base: "0", modifier: -1 });
      }
      for (const row of rows) {
        this.types.set(Number(row.oid), row);
      }
      unknown = rows.map((row) => Number(row.base)).filter((oid) => oid !== 0 && !this.types.has(oid));
    }
  }

  private typeOf(oid: number, modifier: number): PostgresType {
    let row = this.types.get(oid);
    let own = modifier;
    while (row?.kind === "d") {
      own = own === -1 ? row.modifier : own;
      row = this.types.get(Number(row.base));
    }
    return { name: row?.name ?? "", kind: row?.kind ?? "?", modifier: own };
  }
}
