import type { TableStatistics } from "@aws-sdk/client-database-migration-service";
import type { AppliedChanges, TableStatistic } from "./tableMatch";

/** The most tables that DMS tells of in one answer (AWS DMS API, DescribeTableStatistics). */
export const STATISTICS_PAGE = 500;

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
        failedRows: (table.FullLoadErrorRows ?? 0) + (table.FullLoadCondtnlChkFailedRows ?? 0),
        inserts: table.Inserts,
        applied: appliedChanges(table),
        loadedAt: table.FullLoadEndTime,
        updatedAt: table.LastUpdateTime,
      });
    }
  }
  return statistics;
}

/** What was applied to the target; what DMS has read, where it counts only that. */
function appliedChanges(table: TableStatistics): AppliedChanges | undefined {
  const inserts = table.AppliedInserts ?? table.Inserts;
  const updates = table.AppliedUpdates ?? table.Updates;
  const deletes = table.AppliedDeletes ?? table.Deletes;
  return inserts === undefined && updates === undefined && deletes === undefined
    ? undefined
    : { inserts: inserts ?? 0, updates: updates ?? 0, deletes: deletes ?? 0 };
}
