import { RowstreamError } from "../errors";
import { openMysql, quotedName } from "../source/mysqlConnection";
import type { SourceConnection } from "../source/sourceConnection";
import { keyLiteral, keySelection } from "./mysqlKeys";
import { type MysqlType, mysqlRule } from "./mysqlRules";
import type { SourceColumn, SourceRow, SourceTable, VerifySource } from "./verifySource";

const CONNECT_TIMEOUT_MS = 10_000;

/** Names are compared as they are written: the catalogue of MariaDB takes `Orders` for `orders`. */
const COLUMNS = `
  SELECT COLUMN_NAME AS name, DATA_TYPE AS type, COLUMN_TYPE AS declared, NUMERIC_PRECISION AS \`precision\`
  FROM information_schema.COLUMNS
  WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND CAST(TABLE_SCHEMA AS BINARY) = ? AND CAST(TABLE_NAME AS BINARY) = ?
  ORDER BY ORDINAL_POSITION`;

const PRIMARY_KEY = `
  SELECT COLUMN_NAME AS name
  FROM information_schema.STATISTICS
  WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND CAST(TABLE_SCHEMA AS BINARY) = ? AND CAST(TABLE_NAME AS BINARY) = ?
    AND INDEX_NAME = 'PRIMARY'
  ORDER BY SEQ_IN_INDEX`;

/** A table, with what the statements that read it need. */
interface MysqlTable extends SourceTable {
  columns: MysqlColumn[];
}

interface MysqlColumn extends SourceColumn {
  type: MysqlType;
}

/** Opens MySQL or MariaDB for reading. @throws Error where it cannot be reached */
export async function mysqlSource(connection: SourceConnection): Promise<VerifySource> {
  const client = await openMysql(connection, CONNECT_TIMEOUT_MS);
  return {
    async describe(schema, table) {
      const name = [schema, table, schema, table];
      const columns = await query(COLUMNS, name);
      const primaryKey = await query(PRIMARY_KEY, name);
      return columns.length === 0
        ? undefined
        : ({
            schema,
            table,
            columns: columns.map(mysqlColumn),
            primaryKey: primaryKey.map((row) => row.name ?? ""),
          } satisfies MysqlTable);
    },
    async rowsAfter(table, key, after, limit) {
      const where = after === undefined ? "" : `WHERE ${behind(literals(table, key, after))}`;
      const order = key.map(quotedName).join(", ");
      return query(`${selection(table, key)} ${where} ORDER BY ${order} LIMIT ${limit}`);
    },
    async rowsOf(table, key, keys) {
      if (keys.length === 0) {
        return [];
      }
      const conditions = keys.map((values) => `(${equal(literals(table, key, values))})`);
      return query(`${selection(table, key)} WHERE ${conditions.join(" OR ")}`);
    },
    close: () => client.end(),
  };

  async function query(text: string, values: readonly string[] = []): Promise<SourceRow[]> {
    try {
      const [rows] = await client.query(text, [...values]);
      return rows as SourceRow[];
    } catch (error) {
      throw new RowstreamError(
        "SourceNotReadable",
        "user",
        `the source refused a query: ${(error as Error).message}`,
        { remedy: "the user needs SELECT on the tables", cause: error },
      );
    }
  }
}

function mysqlColumn({ name, type, declared, precision }: SourceRow): MysqlColumn {
  const described = {
    name: type ?? "",
    declared: declared ?? "",
    ...(precision && { precision: Number(precision) }),
  };
  return { name: name ?? "", rule: mysqlRule(described), type: described };
}

/** The statement that reads a table, and of the columns that are lost only those of the key. */
function selection(table: SourceTable, key: readonly string[]): string {
  const columns = (table as MysqlTable).columns.map(({ name, rule, type }) => {
    const column = quotedName(name);
    const special = key.includes(name) ? keySelection(type, column) : undefined;
    return `${special ?? selected(column, rule)} AS ${column}`;
  });
  return `SELECT ${columns.join(", ")} FROM ${quotedName(table.schema)}.${quotedName(table.table)}`;
}

function selected(column: string, rule: SourceColumn["rule"]): string {
  switch (rule.kind) {
    case "lost":
      return "NULL";
    case "real":
      // A sum is printed with all of its digits; the column itself with six, or with the decimals it was declared with.
      return `(${column} + 0e0)`;
    case "boolean":
      return `(${column} + 0)`;
    default:
      return column;
  }
}

/** A key column, quoted, and the SQL of a value of it. */
type KeyPart = readonly [column: string, literal: string];

function literals(table: SourceTable, key: readonly string[], values: readonly string[]): KeyPart[] {
  return key.map((name, index) => {
    const column = (table as MysqlTable).columns.find((one) => one.name === name);
    const value = values[index] ?? "";
    return [quotedName(name), column === undefined ? "NULL" : keyLiteral(column.type, value)];
  });
}

function equal(parts: readonly KeyPart[]): string {
  return parts.map(([column, literal]) => `${column} = ${literal}`).join(" AND ");
}

/**
 * Behind a key, in the order of its columns. Spelled out: MySQL reads the whole index for `(a, b) > (1, 2)`.
 */
function behind(parts: readonly KeyPart[]): string {
  return parts
    .map(
      ([column, literal], index) =>
        `(${[...parts.slice(0, index).map((part) => equal([part])), `${column} > ${literal}`].join(" AND ")})`,
    )
    .join(" OR ");
}
