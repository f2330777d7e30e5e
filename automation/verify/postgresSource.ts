import { Client, type ClientConfig, type QueryResultRow } from "pg";
import { RowstreamError } from "../errors";
import { type PostgresType, postgresRule } from "./postgresRules";
import type { SourceColumn, SourceRow, SourceTable, VerifySource } from "./verifySource";

/** Texts that do not depend on the server's or the role's settings. */
const SETTINGS = [
  "DateStyle=ISO,YMD",
  "IntervalStyle=postgres",
  "TimeZone=UTC",
  "extra_float_digits=3",
  "default_transaction_read_only=on",
]
  .map((setting) => `-c ${setting}`)
  .join(" ");

const CONNECT_TIMEOUT_MS = 10_000;

/** Generated columns are told apart: the log does not carry them. Domains are resolved to what they stand on. */
const COLUMNS = `
  WITH RECURSIVE base AS (
    SELECT a.attnum, a.attname, a.attgenerated <> '' AS generated, NOT a.attnotnull AS nullable, t.typname, t.typtype, t.typbasetype,
           CASE WHEN a.atttypmod = -1 THEN t.typtypmod ELSE a.atttypmod END AS modifier
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT b.attnum, b.attname, b.generated, b.nullable, t.typname, t.typtype, t.typbasetype,
           CASE WHEN b.modifier = -1 THEN t.typtypmod ELSE b.modifier END
    FROM base b JOIN pg_type t ON t.oid = b.typbasetype
    WHERE b.typtype = 'd'
  )
  SELECT attname AS column, generated, nullable, typname AS name, typtype AS kind, modifier
  FROM base WHERE typtype <> 'd' ORDER BY attnum`;

const PRIMARY_KEY = `
  SELECT a.attname AS column
  FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
  JOIN pg_attribute a ON a.attnum = k.attnum
  WHERE i.indrelid = $1::oid AND i.indisprimary AND a.attrelid = i.indrelid AND k.place <= i.indnkeyatts
  ORDER BY k.place`;

type ColumnRow = {
  column: string;
  generated: string;
  nullable: string;
  name: string;
  kind: string;
  modifier: string;
};

/** A table, with what the statement that reads it needs. */
interface PostgresTable extends SourceTable {
  selection: string;
}

/** Opens PostgreSQL for reading. @throws Error where it cannot be reached */
export async function postgresSource(config: ClientConfig): Promise<VerifySource> {
  const client = new Client({
    ...config,
    options: SETTINGS,
    application_name: "rowstream verify",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // Values stay the text that PostgreSQL prints: numbers and times would lose digits as JavaScript values.
    types: { getTypeParser: () => (value: string) => value } as unknown as NonNullable<ClientConfig["types"]>,
  });
  // A lost connection shows in the statement that it breaks.
  client.on("error", () => undefined);
  await client.connect();
  return {
    async describe(schema, table) {
      const found = await query<{ oid: string }>(
        "SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind = 'r'",
        [schema, table],
      );
      const oid = found[0]?.oid;
      if (oid === undefined) {
        return undefined;
      }
      const columns = await query<ColumnRow>(COLUMNS, [oid]);
      const primaryKey = await query<{ column: string }>(PRIMARY_KEY, [oid]);
      return {
        schema,
        table,
        columns: columns.map(sourceColumn),
        primaryKey: primaryKey.map(({ column }) => column),
        selection: `SELECT ${columns.map(selected).join(", ")} FROM ONLY ${quoted(schema)}.${quoted(table)}`,
      } satisfies PostgresTable;
    },
    async rowsAfter(table, key, after, limit) {
      const names = key.map(quoted).join(", ");
      const where =
        after === undefined ? "" : `WHERE (${names}) > (${after.map((_, i) => `$${i + 1}`).join(", ")})`;
      return query(
        `${(table as PostgresTable).selection} ${where} ORDER BY ${names} LIMIT ${limit}`,
        after ?? [],
      );
    },
    async rowsOf(table, key, keys) {
      if (keys.length === 0) {
        return [];
      }
      const conditions = keys.map(
        (_, row) =>
          `(${key.map((name, i) => `${quoted(name)} = $${row * key.length + i + 1}`).join(" AND ")})`,
      );
      return query(`${(table as PostgresTable).selection} WHERE ${conditions.join(" OR ")}`, keys.flat());
    },
    close: () => client.end(),
  };

  async function query<Row extends QueryResultRow = SourceRow>(
    text: string,
    values: readonly string[],
  ): Promise<Row[]> {
    try {
      return (await client.query<Row>(text, [...values])).rows;
    } catch (error) {
      throw new RowstreamError(
        "SourceNotReadable",
        "user",
        `the source refused a query: ${(error as Error).message}`,
        { remedy: "the user needs SELECT on the tables and USAGE on their schemas", cause: error },
      );
    }
  }
}

function sourceColumn({ column, generated, nullable, ...type }: ColumnRow): SourceColumn {
  const described: PostgresType = { ...type, modifier: Number(type.modifier) };
  return {
    name: column,
    nullable: nullable === "t",
    rule:
      generated === "t"
        ? { kind: "lost", reason: "a generated column, which the log does not carry" }
        : postgresRule(described),
  };
}

/** Money depends on the locale as text, and not as a number. */
function selected({ column, name }: ColumnRow): string {
  return name === "money" ? `${quoted(column)}::numeric AS ${quoted(column)}` : quoted(column);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
