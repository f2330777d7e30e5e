import type { ReplicatedTable } from "../replicatedTable";

/**
 * The text that the fan-in captures: which SQL table each DynamoDB table stands for. Tables are sorted, so that the
 * order in which they were found does not change the function.
 *
 * @returns JSON: `{"name", "engine", "tables": {"<DynamoDB table>": {"schema", "table"}}}`.
 */
export function sourcesText(
  source: { name: string; engine: string },
  replicatedTables: readonly ReplicatedTable[],
): string {
  const tables = [...replicatedTables]
    .sort((a, b) => (a.tableName < b.tableName ? -1 : 1))
    .map(({ tableName, schema, table }) => [tableName, { schema, table }]);
  return JSON.stringify({ name: source.name, engine: source.engine, tables: Object.fromEntries(tables) });
}
