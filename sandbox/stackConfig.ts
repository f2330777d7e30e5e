import type { Catalogue } from "./database/catalogue";
import type { Source } from "./source";

/** Configuration of a stack: JSON text for a key that holds an object. */
export type StackConfig = Record<string, { value: string; secret?: boolean }>;

/**
 * The configuration that points the pipeline at a source. All else is left to the pipeline's defaults, so that
 * what runs here is what would run on AWS. Composite keys are listed, as DMS wants them: here nobody can be asked.
 */
export function stackConfig(
  source: Source,
  include: readonly string[],
  { engine, tables }: Catalogue,
): StackConfig {
  const { name, host, port, database, user, password, sslMode } = source;
  const composite = tables.filter(({ key }) => key.length > 1);
  const keys = Object.fromEntries(composite.map(({ schema, table, key }) => [`${schema}.${table}`, key]));
  return {
    "rowstream:source": {
      value: JSON.stringify({ name, engine, host, port, database, username: user, sslMode }),
    },
    "rowstream:sourcePassword": { value: password, secret: true },
    "rowstream:tables": { value: JSON.stringify({ include, keys }) },
  };
}
