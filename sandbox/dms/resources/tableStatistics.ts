import { z } from "zod";
import { resourceIdOf } from "../identity";
import type { Statistics } from "../replicator/progress";
import type { DmsService } from "../service";
import { invalidParameter, invalidState } from "../wire/fault";
import { describeInput, select } from "../wire/operation";

/** DescribeTableStatistics allows larger pages than the other operations. */
export const statisticsInput = describeInput.extend({
  MaxRecords: z.number().int().min(20).max(500).default(100),
});

export const tablesToReload = z
  .array(z.object({ SchemaName: z.string().min(1), TableName: z.string().min(1) }))
  .min(1)
  .max(10, "no more than ten tables in one call");

export const reloadOption = z
  .enum(["data-reload", "validate-only"])
  .default("data-reload")
  .refine(
    (option) => option === "data-reload",
    "DMS validates no DynamoDB target: validate-only is not possible",
  );

/** A page of a task's tables, in the order of their names. */
export function pageOfStatistics(
  service: DmsService,
  arn: string,
  request: z.output<typeof statisticsInput>,
) {
  const tables = Object.values(service.jobs.progress(resourceIdOf(arn)).value.tables).map(
    (table) => table.statistics,
  );
  tables.sort((a, b) => compare(a.SchemaName, b.SchemaName) || compare(a.TableName, b.TableName));
  return select<Statistics>(tables, request, {
    "schema-name": (table) => table.SchemaName,
    "table-name": (table) => table.TableName,
    "table-state": (table) => table.TableState,
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Begins to load tables of a running task again. @throws Fault */
export async function reload(
  service: DmsService,
  arn: string,
  status: string,
  tables: z.output<typeof tablesToReload>,
): Promise<void> {
  if (status !== "running") {
    throw invalidState(`tables can be reloaded while the task runs; it is ${status}`);
  }
  const known = Object.values(service.jobs.progress(resourceIdOf(arn)).value.tables);
  for (const { SchemaName, TableName } of tables) {
    const found = known.some(
      ({ statistics }) => statistics.SchemaName === SchemaName && statistics.TableName === TableName,
    );
    if (!found) {
      throw invalidParameter(`the task has no table ${SchemaName}.${TableName}`);
    }
  }
  await service.jobs.reload(
    resourceIdOf(arn),
    tables.map((table) => ({ schema: table.SchemaName, name: table.TableName })),
  );
}
