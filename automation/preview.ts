import { presentTables } from "./tables";
import { openStack, type PreviewResult, type WorkspaceOptions } from "./workspace";

/** Options of `preview`. */
export interface PreviewOptions extends WorkspaceOptions {
  /** Examine the source before the stack's first update, see ./doctor/examineFirst. Default: false. */
  doctor?: boolean;
}

/**
 * Shows what an update of the stack with the tables it has would do; changes nothing. Tables that a deployment
 * would find are not in it: they are known only after DMS has made them.
 *
 * @throws RowstreamError
 */
export async function preview(options: PreviewOptions): Promise<PreviewResult> {
  const stack = await openStack(options);
  const snapshot = await stack.snapshot();
  if (options.doctor && !snapshot.outputs) {
    const { examineFirst } = await import("./doctor/examineFirst.js");
    await examineFirst({ ...options, stack });
  }
  return stack.preview(await presentTables(snapshot));
}
