import type { TableStatistics } from "@aws-sdk/client-database-migration-service";
import type { TableStatistic } from "./tableMatch";

/** Reads every page of DMS's table statistics, which a task and a serverless replication give in the same shape. */
export async function readTableStatistics<Page>(
  pages: AsyncIterable<Page>,
  tablesOf: (page: Page) => TableStatistics[] | undefined,
): Promise<TableStatistic[]> {
  const statistics: TableStatistic[] = [];
  for await (const page of pages) {
    for (const table of tablesOf(page) ?? []) {
      statistics.push({
        schema: table.SchemaName ?? "",
        table: table.TableName ?? "",
        state: table.TableState ?? "",
        rows: table.FullLoadRows ?? 0,
        inserts: table.Inserts,
        loadedAt: table.FullLoadEndTime,
      });
    }
  }
  return statistics;
}
