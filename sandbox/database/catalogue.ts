import { patternMatches } from "../dms/mapping/pattern";
import { readTables } from "../dms/source/mysql/catalogue";
import { connect as connectToMysql } from "../dms/source/mysql/connection";
import { readVersion } from "../dms/source/mysql/server";
import { connect } from "../dms/source/postgres/connection";
import { WHOLE_VALUES } from "../dms/source/source";
import type { Source } from "../source";

/** What the sandbox must know of a source before it is replicated. */
export interface Catalogue {
  /** As DMS calls it, and as the server says that it is. */
  engine: "postgres" | "mysql" | "mariadb";
  /** The tables that are selected. */
  tables: CatalogueTable[];
}

/** A table of a source and the columns of its primary key, in the key's order; none where it has no key. */
export interface CatalogueTable {
  schema: string;
  table: string;
  key: string[];
}

/** Ordinary, permanent tables of the user's own schemas: the ones that DMS would find. */
const TABLES = `
  SELECT n.nspname AS schema, c.relname AS table,
         ARRAY(SELECT a.attname::text
               FROM pg_index i
               CROSS JOIN LATERAL unnest(i.indkey::int[]) WITH ORDINALITY AS k(attnum, place)
               JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
               WHERE i.indrelid = c.oid AND i.indisprimary AND k.place <= i.indnkeyatts
               ORDER BY k.place) AS key
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  ORDER BY 1, 2`;

/**
 * Reads which of a database's tables a pipeline would replicate, with their keys.
 * @param include patterns as in the pipeline's configuration, for example `public.%`
 * @throws Error that names the server where it cannot be read, without the password
 */
export async function readCatalogue(source: Source, include: readonly string[]): Promise<Catalogue> {
  const { engine, host, port, database, user } = source;
  try {
    const all = await (engine === "postgres" ? readPostgres(source) : readMysql(source));
    const tables = all.tables.filter((table) => include.some((pattern) => selects(pattern, table)));
    return { ...all, tables };
  } catch (error) {
    throw new Error(
      `cannot read the source ${host}:${port}/${database} as user "${user}": ${(error as Error).message}; ` +
        "check host, port, user, password, database and sslmode",
    );
  }
}

async function readPostgres(source: Source): Promise<Catalogue> {
  const client = await connect(source);
  try {
    const { rows } = await client.query<CatalogueTable>(TABLES);
    return { engine: "postgres", tables: rows };
  } finally {
    await client.end();
  }
}

async function readMysql(source: Source): Promise<Catalogue> {
  const client = await connectToMysql(source);
  try {
    const { flavour } = await readVersion(client);
    const tables = await readTables(client, WHOLE_VALUES);
    return {
      engine: flavour,
      tables: tables.map(({ schema, name, primaryKey }) => ({ schema, table: name, key: primaryKey })),
    };
  } finally {
    await client.end();
  }
}

/** What a user should know about these tables before they are replicated. */
export function remarks(tables: readonly CatalogueTable[]): string[] {
  const name = ({ schema, table }: CatalogueTable) => `${schema}.${table}`;
  const keyless = tables.filter(({ key }) => key.length === 0).map(name);
  const composite = tables
    .filter(({ key }) => key.length > 1)
    .map((table) => `${name(table)} (${table.key.join(", ")})`);
  return [
    ...(keyless.length > 0 ? [`without a primary key, so DMS leaves them out: ${keyless.join(", ")}`] : []),
    ...(composite.length > 0 ? [`composite keys, which DMS must be told: ${composite.join(", ")}`] : []),
  ];
}

function selects(pattern: string, { schema, table }: CatalogueTable): boolean {
  const dot = pattern.indexOf(".");
  return (
    dot > 0 && patternMatches(pattern.slice(0, dot), schema) && patternMatches(pattern.slice(dot + 1), table)
  );
}
