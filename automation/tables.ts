import type { ReplicatedTable } from "../components/replicatedTable";
import type { PipelineOutputs } from "../program";
import { catalogueFor, controlFor } from "./clients";
import { discover, type TableCatalogue } from "./discover";
import { RowstreamError } from "./errors";
import type { Discovery } from "./events";
import type { StackSnapshot } from "./stackSnapshot";
import { openStack, type WorkspaceOptions } from "./workspace";

/** What `discoverTables` found, beside the outputs it went by. */
export interface TablesResult {
  outputs: PipelineOutputs;
  discovery: Discovery;
}

/**
 * Sets DMS's table statistics against DynamoDB's tables, as a deployment would, and changes nothing.
 *
 * @throws RowstreamError `StackNotDeployed` before the first complete pass 1.
 */
export async function discoverTables(options: WorkspaceOptions): Promise<TablesResult> {
  const stack = await openStack(options);
  const { tables: known, ...snapshot } = await stack.snapshot();
  const outputs = requireOutputs(stack.name, snapshot.outputs);
  const discovery = await discover({
    control: controlFor(outputs),
    catalogue: catalogueFor(outputs.region),
    known,
    targetNames: outputs.targetNames,
  });
  return { outputs, discovery };
}

/** What a stack's last update left. */
export interface DeployedStack extends Pick<StackSnapshot, "consumers"> {
  outputs: PipelineOutputs;
}

/**
 * What a stack's last update left.
 *
 * @throws RowstreamError `StackNotDeployed` where it has none.
 */
export async function readDeployed(options: WorkspaceOptions): Promise<DeployedStack> {
  const stack = await openStack(options);
  const { outputs, consumers } = await stack.snapshot();
  return { outputs: requireOutputs(stack.name, outputs), consumers };
}

/**
 * The outputs of a stack's last update.
 *
 * @throws RowstreamError `StackNotDeployed` where it has none.
 */
export async function readOutputs(options: WorkspaceOptions): Promise<PipelineOutputs> {
  return (await readDeployed(options)).outputs;
}

/** Those of a stack's tables whose DynamoDB table is there: the program could not adopt the others. */
export async function presentTables(
  snapshot: StackSnapshot,
  catalogue: (outputs: PipelineOutputs) => TableCatalogue = ({ region }) => catalogueFor(region),
): Promise<ReplicatedTable[]> {
  if (!snapshot.outputs || snapshot.tables.length === 0) {
    return snapshot.tables;
  }
  const names = await catalogue(snapshot.outputs).names();
  return snapshot.tables.filter((table) => names.has(table.tableName));
}

/** @throws RowstreamError `StackNotDeployed` where there are none. */
export function requireOutputs(stack: string, outputs: PipelineOutputs | undefined): PipelineOutputs {
  if (!outputs) {
    throw new RowstreamError("StackNotDeployed", "user", `stack "${stack}" has not been deployed yet`, {
      remedy: "run `rowstream up` first",
    });
  }
  return outputs;
}
