import type { SourcesDocument } from "../../functions/sources";
import type { ReplicatedTable } from "../replicatedTable";
import type { EventOptions } from "./events";

/**
 * The text that the fan-in captures: which SQL table each DynamoDB table stands for, and what the events are like.
 * Tables are sorted, so that the order in which they were found does not change the function.
 *
 * @returns a {@link SourcesDocument} as JSON.
 */
export function sourcesText(
  source: { name: string; engine: string },
  replicatedTables: readonly ReplicatedTable[],
  { format }: EventOptions = {},
): string {
  const tables = [...replicatedTables]
    .sort((a, b) => (a.tableName < b.tableName ? -1 : 1))
    .map(({ tableName, schema, table }) => [tableName, { schema, table }]);
  const document: SourcesDocument = {
    name: source.name,
    engine: source.engine,
    ...(format !== undefined && { format }),
    tables: Object.fromEntries(tables),
  };
  return JSON.stringify(document);
}
