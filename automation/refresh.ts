import type { Changes } from "./events";
import { openStack, type WorkspaceOptions } from "./workspace";

/**
 * Brings the stack's state in line with what is really there.
 *
 * @throws RowstreamError
 */
export async function refresh(options: WorkspaceOptions): Promise<{ changes: Changes }> {
  const stack = await openStack(options);
  return stack.refresh((await stack.snapshot()).tables);
}
