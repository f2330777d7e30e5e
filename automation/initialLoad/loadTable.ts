import type { ReplicatedTable } from "../../components/replicatedTable";
import { type DeliverOptions, type DeliveryReport, deliver } from "../../functions/deliver";
import type { AttributeMap } from "../../functions/dynamoDbStream";
import { loadRecord } from "../../functions/loadRecord";
import { type PrepareOptions, prepareRecord } from "../../functions/prepareBatch";
import { RowstreamError } from "../errors";
import { throwIfAborted } from "../poll";
import { qualifiedName } from "../tableMatch";
import type { ProgressStore, SegmentProgress, TableProgress } from "./loadProgress";
import type { ReadRows } from "./readRows";

/** What the load of a table works with; tests put their own in. */
export interface LoadParts extends PrepareOptions, Pick<DeliverOptions, "putRecords" | "putObject"> {
  store: ProgressStore;
  readRows: ReadRows;
}

/** A page that the change stream does not take for so long says that something is wrong with it. */
const PAGE_TIMEOUT_MS = 5 * 60_000;

/**
 * Publishes every row of a table that stands still, once, in as many segments side by side as its progress has.
 *
 * A segment's progress is kept after its page is in the change stream, never before: a run that is cut off between
 * the two publishes that page again, with the same ids, and no row is left out.
 *
 * @param onRows told of the rows published so far, those of earlier runs included
 * @returns the number of rows
 * @throws RowstreamError `InitialLoadFailed` where the change stream or the bucket does not take a page,
 * `Interrupted` when the signal fires; what was published until then is kept
 */
export async function loadTable(
  table: ReplicatedTable,
  progress: TableProgress,
  parts: LoadParts,
  onRows: (rows: number) => void,
  signal?: AbortSignal,
): Promise<number> {
  throwIfAborted(signal);
  const rows = progress.segments.map((segment) => segment.rows);
  const total = () => rows.reduce((sum, count) => sum + count, 0);
  const failed = new AbortController();
  const stop = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;

  async function loadSegment(segment: number, from: SegmentProgress): Promise<void> {
    for (let at = from; !at.done; ) {
      const place = {
        tableName: table.tableName,
        segment,
        segments: progress.segments.length,
        after: at.after,
      };
      const page = await parts.readRows(place, stop);
      await publishPage(table, page.items, progress, parts, stop);
      at = {
        rows: at.rows + page.items.length,
        after: page.next ?? at.after,
        done: page.next === undefined,
      };
      await parts.store.advance(table.tableName, progress.streamArn, segment, at);
      rows[segment] = at.rows;
      onRows(total());
      stop.throwIfAborted();
    }
  }

  const results = await Promise.allSettled(
    progress.segments.map((from, segment) =>
      loadSegment(segment, from).catch((error: unknown) => {
        failed.abort(error);
        throw error;
      }),
    ),
  );
  throwIfAborted(signal);
  if (results.some(({ status }) => status === "rejected")) {
    // The first failure is the reason; the other segments failed because of it.
    throw failed.signal.reason;
  }
  return total();
}

async function publishPage(
  table: ReplicatedTable,
  items: readonly AttributeMap[],
  load: TableProgress,
  parts: LoadParts,
  stop: AbortSignal,
): Promise<void> {
  const keyNames = [table.partitionKey, table.sortKey].flatMap((key) => (key ? [key.name] : []));
  const { mask } = parts.sources.table(table.tableName);
  const prepared = items.map((item) =>
    prepareRecord(loadRecord(item, keyNames, load, mask), table.tableName, parts),
  );
  const end = Date.now() + PAGE_TIMEOUT_MS;
  const deadline = {
    signal: AbortSignal.any([stop, AbortSignal.timeout(PAGE_TIMEOUT_MS)]),
    remaining: () => end - Date.now(),
  };
  const report = await deliver(prepared, { ...parts, deadline });
  if (report.failed !== undefined) {
    stop.throwIfAborted();
    throw new RowstreamError(
      "InitialLoadFailed",
      "user",
      `the rows of ${qualifiedName(table)} could not be published: ${reasonOf(report)}`,
      {
        remedy:
          "mend the cause, then run `rowstream up` again: it goes on where it stopped, and the replication stands still until then",
      },
    );
  }
}

function reasonOf({ unwritten, lastError }: DeliveryReport): string {
  if (unwritten === undefined) {
    return `the change stream answers ${lastError ?? "nothing"}`;
  }
  const { error } = unwritten;
  return `the failure bucket answers ${error instanceof Error ? error.name : String(error)}`;
}
