import { presentTables } from "./tables";
import { openStack, type PreviewResult, type WorkspaceOptions } from "./workspace";

/**
 * Shows what an update of the stack with the tables it has would do; changes nothing. Tables that a deployment
 * would find are not in it: they are known only after DMS has made them.
 *
 * @throws RowstreamError
 */
export async function preview(options: WorkspaceOptions): Promise<PreviewResult> {
  const stack = await openStack(options);
  return stack.preview(await presentTables(await stack.snapshot()));
}
