import { type DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import type { PipelineOutputs } from "../program";
import { controlFor, dynamoClient } from "./clients";
import { RowstreamError } from "./errors";
import type { OnEvent } from "./events";
import { poll } from "./poll";
import type { ReplicationControl } from "./replicationControl";
import { type Pace, replicationFailure, settledState } from "./replicationSteps";
import type { StackSnapshot } from "./stackSnapshot";
import { qualifiedName, type TableStatistic } from "./tableMatch";
import { requireOutputs } from "./tables";
import { openStack, type WorkspaceOptions } from "./workspace";

/** Options of `reload`. */
export interface ReloadOptions extends WorkspaceOptions {
  /** The SQL table: `schema.table`, or its name alone where no other schema has one of that name. */
  table: string;
}

/** What a reload came to. */
export interface ReloadResult {
  schema: string;
  table: string;
  /** Rows loaded. */
  rows: number;
  /**
   * At least so many items of the DynamoDB table are no rows of the source any more: a reload writes rows and
   * deletes none. 0 where none was found, and for a table that is not in the pipeline yet.
   */
  leftOver: number;
}

/** What a reload works with; tests put their own in. */
export interface ReloadParts {
  control: ReplicationControl;
  /** The DynamoDB table of a SQL table; undefined for one that is not in the pipeline. */
  tableNameOf(table: TableStatistic): string | undefined;
  countItems(tableName: string): Promise<number>;
  onEvent: OnEvent;
  signal?: AbortSignal | undefined;
  pace?: Pace | undefined;
}

/**
 * Has DMS load one table again while changes flow, and waits for the end of it. The table and its stream stay as they
 * are: every row is overwritten, and the stream shows those that differed.
 *
 * @throws RowstreamError `TableUnknown`, `ReplicationNotRunning`, `ReloadFailed`
 */
export async function reload(options: ReloadOptions): Promise<ReloadResult> {
  const stack = await openStack(options);
  const snapshot: StackSnapshot = await stack.snapshot();
  const outputs: PipelineOutputs = requireOutputs(stack.name, snapshot.outputs);
  const client = dynamoClient(outputs.region);
  return runReload(options.table, {
    control: controlFor(outputs),
    tableNameOf: (table) =>
      snapshot.tables.find((known) => qualifiedName(known) === qualifiedName(table))?.tableName,
    countItems: (tableName) => countItems(client, tableName),
    onEvent: options.onEvent,
    signal: options.signal,
  });
}

/** The steps of a reload. */
export async function runReload(name: string, parts: ReloadParts): Promise<ReloadResult> {
  const { control, onEvent, signal, pace } = parts;
  const before = findTable(name, await control.tableStatistics());
  const { schema, table } = before;
  await requireRunning(parts);
  onEvent({ code: "ReloadStarted", schema, table });
  await control.reload(schema, table);
  let reported = -1;
  let began = !isError(before);
  const after = await poll(
    async () => {
      const now = (await control.tableStatistics()).find(
        (one) => qualifiedName(one) === qualifiedName(before),
      );
      if (now === undefined) {
        throw notReloaded(before, "DMS does not list it any more");
      }
      began ||= !isError(now);
      if (began && isError(now)) {
        const reason = (await control.tableErrors())(schema, table);
        throw notReloaded(before, reason ?? `DMS reports "${now.state}"`);
      }
      if (now.state.toLowerCase() === "table completed" && endOf(now) !== endOf(before)) {
        return now;
      }
      if (now.rows !== reported) {
        reported = now.rows;
        onEvent({ code: "ReloadProgress", schema, table, rows: now.rows });
      }
      await requireRunning(parts);
      return undefined;
    },
    { what: `the reload of ${qualifiedName(before)}`, maximumMs: 5_000, signal, ...pace },
  );
  const leftOver = await countLeftOver(before, after, parts);
  onEvent({ code: "ReloadFinished", schema, table, rows: after.rows, leftOver });
  return { schema, table, rows: after.rows, leftOver };
}

/**
 * Items beyond what the load wrote and what was inserted since. Rows that were deleted meanwhile make it fewer, never
 * more: what is reported is there.
 */
async function countLeftOver(
  before: TableStatistic,
  after: TableStatistic,
  { control, countItems, tableNameOf }: ReloadParts,
): Promise<number> {
  const tableName = tableNameOf(before);
  if (tableName === undefined) {
    return 0;
  }
  const items = await countItems(tableName);
  const now = (await control.tableStatistics()).find((one) => qualifiedName(one) === qualifiedName(before));
  // DMS may begin to count anew with a reload.
  const [earlier, later] = [before.inserts ?? 0, now?.inserts ?? 0];
  const inserted = earlier <= later ? later - earlier : later;
  return Math.max(0, items - after.rows - inserted);
}

function findTable(name: string, statistics: readonly TableStatistic[]): TableStatistic {
  const found = statistics.filter((table) => qualifiedName(table) === name || table.table === name);
  const exact = found.find((table) => qualifiedName(table) === name) ?? found[0];
  if (exact !== undefined && (found.length === 1 || qualifiedName(exact) === name)) {
    return exact;
  }
  const names = (found.length > 1 ? found : statistics).map(qualifiedName).join(", ");
  throw new RowstreamError(
    "TableUnknown",
    "user",
    found.length > 1
      ? `more than one table is called "${name}": ${names}`
      : `DMS replicates no table "${name}"`,
    {
      remedy:
        found.length > 1 ? "give the schema too" : `give one of ${names || "none: nothing is loaded yet"}`,
    },
  );
}

/** DMS reloads tables of a replication that runs, and of no other (DMS API reference, ReloadTables). */
async function requireRunning(parts: ReloadParts): Promise<void> {
  const state = await settledState(parts);
  if (state.phase === "failed") {
    throw await replicationFailure(parts.control, state);
  }
  if (state.phase !== "running" && state.phase !== "loading") {
    throw new RowstreamError(
      "ReplicationNotRunning",
      "user",
      `the replication is ${state.status}: a table can be reloaded only while it runs`,
      { remedy: "run `rowstream up`, which lets it go on, and then this again" },
    );
  }
}

function notReloaded(table: TableStatistic, reason: string): RowstreamError {
  return new RowstreamError("ReloadFailed", "user", `${qualifiedName(table)} was not reloaded: ${reason}`, {
    remedy:
      "mend the cause and reload it again. DMS keeps the definition that the table had when the replication began: after a change of its columns a reload can fail",
  });
}

function isError({ state }: TableStatistic): boolean {
  return state.toLowerCase() === "table error";
}

function endOf({ loadedAt }: TableStatistic): number | undefined {
  return loadedAt?.getTime();
}

async function countItems(client: DynamoDBClient, TableName: string): Promise<number> {
  let count = 0;
  for await (const page of paginateScan({ client }, { TableName, Select: "COUNT" })) {
    count += page.Count ?? 0;
  }
  return count;
}
