import type { ReplicatedTable } from "../components/replicatedTable";
import { dynamoClient } from "./clients";
import type { Changes } from "./events";
import { lostStreams, tableStreams } from "./tableStreams";
import { openStack, type WorkspaceOptions } from "./workspace";

/** What a refresh found. */
export interface RefreshResult {
  changes: Changes;
  /** Tables whose stream is not the one that the stack turned on; the next deployment mends them. */
  lostStreams: ReplicatedTable[];
}

/**
 * Brings the stack's state in line with what is really there, and tells which tables' streams were turned off.
 *
 * @throws RowstreamError
 */
export async function refresh(options: WorkspaceOptions): Promise<RefreshResult> {
  const stack = await openStack(options);
  const { tables, outputs } = await stack.snapshot();
  const { changes } = await stack.refresh(tables);
  if (outputs === undefined) {
    return { changes, lostStreams: [] };
  }
  // A stack of before the streams were recorded has none.
  const { tableStreamArns = {}, initialLoad, region } = outputs;
  const lost = await lostStreams(tables, tableStreamArns, tableStreams(dynamoClient(region)));
  if (lost.length > 0) {
    const republished = initialLoad !== undefined;
    options.onEvent({ code: "StreamsLost", tables: lost, mending: false, republished });
  }
  return { changes, lostStreams: lost };
}
