import type { PipelineArgs } from "../../components/pipeline";
import type { ReplicatedTable } from "../../components/replicatedTable";

/** Arguments that a pipeline accepts, with some changed. */
export function pipelineArgs(changes: Partial<PipelineArgs> = {}): PipelineArgs {
  return {
    source: {
      name: "shop",
      engine: "postgres",
      host: "db.internal",
      database: "shop",
      username: "dms",
      password: "hunter2",
    },
    tables: { include: ["public.%"] },
    ...changes,
  };
}

/** A table as DMS makes it of `public.<table>` with one key column. */
export function replicatedTable(table: string, changes: Partial<ReplicatedTable> = {}): ReplicatedTable {
  return {
    tableName: table,
    schema: "public",
    table,
    partitionKey: { name: "id", type: "N" },
    ...changes,
  };
}
