import { openStatus } from "../../automation/status/status";
import type { StatusReader } from "../../automation/status/statusReader";
import { readOutputs } from "../../automation/tables";
import type { WorkspaceOptions } from "../../automation/workspace";
import type { PipelineView } from "../../page/model/wire";
import { type LivePage, startLivePage } from "./livePage";
import { currentView, deployedView, type ViewOutputs, type ViewPlace } from "./pipelineView";

/** How often a pipeline is looked at: AWS's services count calls, and give figures a minute. */
const READ_EVERY_MS = { sandbox: 2_000, aws: 10_000 };

/**
 * Serves the page of a deployed stack.
 *
 * @param outputs those of the stack's last update
 */
export function startStackPage(
  workspace: WorkspaceOptions,
  outputs: ViewOutputs,
  { sandbox, port }: { sandbox: boolean; port: number | undefined },
): Promise<LivePage> {
  const place = { stack: workspace.stackName, sandbox };
  return startLivePage({
    port,
    pipeline: deployedView(place, outputs),
    readPipeline: pipelineReader(workspace, place, outputs),
    readEveryMs: sandbox ? READ_EVERY_MS.sandbox : READ_EVERY_MS.aws,
  });
}

/** Reads a pipeline again and again, across a destruction and a new deployment. */
function pipelineReader(
  workspace: WorkspaceOptions,
  place: ViewPlace,
  first: ViewOutputs,
): () => Promise<PipelineView> {
  let outputs = first;
  let reader: StatusReader | undefined;
  return async () => {
    try {
      reader ??= await openStatus(workspace);
      const status = await reader.read();
      const isNew = status.tables.some(
        ({ tableName }) =>
          tableName !== undefined && !outputs.tables.some((table) => table.tableName === tableName),
      );
      if (isNew) {
        outputs = await readOutputs(workspace);
      }
      if (status.replication.phase === "missing" || status.stream.status === undefined) {
        // Perhaps the stack has others by now.
        reader = undefined;
        outputs = await readOutputs(workspace);
      }
      return currentView(place, outputs, status);
    } catch (error) {
      reader = undefined;
      throw error;
    }
  };
}
