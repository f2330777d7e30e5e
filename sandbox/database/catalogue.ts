import { patternMatches } from "../dms/mapping/pattern";
import { connect } from "../dms/source/postgres/connection";
import type { Source } from "../source";

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
export async function readCatalogue(source: Source, include: readonly string[]): Promise<CatalogueTable[]> {
  const { host, port, database, user } = source;
  try {
    const client = await connect(source);
    try {
      const { rows } = await client.query<CatalogueTable>(TABLES);
      return rows.filter((table) => include.some((pattern) => selects(pattern, table)));
    } finally {
      await client.end();
    }
  } catch (error) {
    throw new Error(
      `cannot read the source ${host}:${port}/${database} as user "${user}": ${(error as Error).message}; ` +
        "check host, port, user, password, database and sslmode",
    );
  }
}

/** What a user should know about these tables before they are replicated. */
export function remarks(catalogue: readonly CatalogueTable[]): string[] {
  const name = ({ schema, table }: CatalogueTable) => `${schema}.${table}`;
  const keyless = catalogue.filter(({ key }) => key.length === 0).map(name);
  const composite = catalogue
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
