import type { ReplicatedTable } from "../../components/replicatedTable";
import { type StepContext, settledState, stopReplication } from "../replicationSteps";
import { qualifiedName } from "../tableMatch";
import type { InitialLoad } from "./initialLoad";

/**
 * Publishes the initial rows of those of some adopted tables that have not been published, while the replication
 * stands still. It does not resume it: nothing may, before this has come to its end.
 *
 * Why nothing is lost or reordered. The tables' streams are on, and nobody writes to the tables while the replication
 * is stopped. So what the scan reads is the state that the streams begin with: every change that DMS applied before
 * (from between the making of a table and the stop too) is in a row, and every later one is in the stream. A row's
 * load is acknowledged by the change stream before the replication is resumed, hence before a change of the row can
 * be made; both have the row's partition key, so they are on the same shard in this order. DMS may apply the last
 * changes before its stop once more: the first of them may take a row back to an older state, but they come in
 * order, all through the stream, and the last one leads to where the row was.
 *
 * @returns whether there was anything to publish
 */
export async function publishInitialRows(
  context: StepContext,
  load: InitialLoad | undefined,
  tables: readonly ReplicatedTable[],
): Promise<boolean> {
  const pending = load === undefined ? [] : await load.pending(tables);
  if (load === undefined || pending.length === 0) {
    return false;
  }
  const { onEvent, signal } = context;
  const { phase } = await settledState(context);
  if (phase === "running" || phase === "loading") {
    await stopReplication(context, `to publish the rows of ${pending.map(qualifiedName).join(", ")}`);
  }
  onEvent({ code: "InitialLoadStarted", tables: pending });
  let total = 0;
  for (const table of pending) {
    const onRows = (rows: number) => onEvent({ code: "InitialLoadProgress", table, rows });
    total += await load.publish(table, onRows, signal);
  }
  onEvent({ code: "InitialLoadFinished", tables: pending, rows: total });
  return true;
}
