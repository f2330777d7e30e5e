import type { StackSnapshot } from "./stackSnapshot";
import type { PipelineStack } from "./workspace";

/** The stack's last state, after what an update was creating when it was cut off has been looked for. */
export async function settledSnapshot(
  stack: Pick<PipelineStack, "snapshot" | "settlePendingCreates">,
): Promise<StackSnapshot> {
  const snapshot = await stack.snapshot();
  if (snapshot.pendingCreates.length === 0) {
    return snapshot;
  }
  await stack.settlePendingCreates(snapshot.tables);
  return stack.snapshot();
}
