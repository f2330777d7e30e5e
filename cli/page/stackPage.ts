import { type ConsumerRates, openConsumerRates } from "../../automation/consumerRates";
import { openStatus } from "../../automation/status/status";
import type { StatusReader } from "../../automation/status/statusReader";
import { readDeployed } from "../../automation/tables";
import type { WorkspaceOptions } from "../../automation/workspace";
import type { PipelineView } from "../../page/model/wire";
import { type LivePage, startLivePage } from "./livePage";
import { currentView, deployedView, type ViewPlace, type ViewStack } from "./pipelineView";

/** How often a pipeline is looked at: AWS's services count calls, and give figures a minute. */
const READ_EVERY_MS = { sandbox: 2_000, aws: 10_000 };

/**
 * Serves the page of a deployed stack.
 *
 * @param outputs those of the stack's last update
 */
export function startStackPage(
  workspace: WorkspaceOptions,
  outputs: ViewStack["outputs"],
  { sandbox, port }: { sandbox: boolean; port: number | undefined },
): Promise<LivePage> {
  const place = { stack: workspace.stackName, sandbox };
  return startLivePage({
    port,
    pipeline: deployedView(place, { outputs, consumers: [] }),
    readPipeline: pipelineReader(workspace, place),
    readEveryMs: sandbox ? READ_EVERY_MS.sandbox : READ_EVERY_MS.aws,
  });
}

/** Reads a pipeline again and again, across a destruction and a new deployment. */
function pipelineReader(workspace: WorkspaceOptions, place: ViewPlace): () => Promise<PipelineView> {
  let deployed: ViewStack | undefined;
  let reader: StatusReader | undefined;
  let readRates: (() => Promise<ConsumerRates>) | undefined;
  return async () => {
    try {
      deployed ??= await readDeployed(workspace);
      reader ??= await openStatus(workspace);
      readRates ??= await openConsumerRates(workspace);
      const [status, rates] = await Promise.all([reader.read(), readRates()]);
      const view = currentView(place, deployed, status, rates);
      const known = new Set(deployed.outputs.tables.map(({ tableName }) => tableName));
      if (status.tables.some(({ tableName }) => tableName !== undefined && !known.has(tableName))) {
        deployed = undefined;
      }
      if (status.replication.phase === "missing" || status.stream.status === undefined) {
        // Perhaps the stack has others by now.
        deployed = undefined;
        reader = undefined;
        readRates = undefined;
      }
      return view;
    } catch (error) {
      deployed = undefined;
      reader = undefined;
      readRates = undefined;
      throw error;
    }
  };
}
