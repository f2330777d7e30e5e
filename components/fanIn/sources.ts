import type { SourcesDocument, TableDocument } from "../../functions/sources";
import type { ReplicatedTable } from "../replicatedTable";
import type { EventOptions } from "./events";
import { tableEvents } from "./tableEvents";

/**
 * The text that the fan-in captures: which SQL table each DynamoDB table stands for, and what the events are like.
 * Tables are sorted, so that the order in which they were found does not change the function.
 *
 * @param keys the key columns of tables with explicit keys, by `schema.table`
 * @param heartbeat the table of the heartbeat, whose rows are events in any case
 * @returns a {@link SourcesDocument} as JSON.
 */
export function sourcesText(
  source: { name: string; engine: string },
  replicatedTables: readonly ReplicatedTable[],
  events: EventOptions = {},
  keys: Readonly<Record<string, readonly string[]>> = {},
  heartbeat?: { schema: string; table: string },
): string {
  const { format } = events;
  const tables = [...replicatedTables]
    .sort((a, b) => (a.tableName < b.tableName ? -1 : 1))
    .map(({ tableName, schema, table }): [string, TableDocument] => {
      const { published, masks } = tableEvents({ schema, table }, events, keys[`${schema}.${table}`]);
      const beats = heartbeat?.schema === schema && heartbeat.table === table;
      return [
        tableName,
        {
          schema,
          table,
          ...(!published && !beats && { events: false }),
          ...(beats && { heartbeat: true }),
          ...(Object.keys(masks).length > 0 && { masks }),
        },
      ];
    });
  const document: SourcesDocument = {
    name: source.name,
    engine: source.engine,
    ...(format !== undefined && { format }),
    tables: Object.fromEntries(tables),
  };
  return JSON.stringify(document);
}
