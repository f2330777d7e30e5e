import type { StackResource } from "../lib/policy";
import { known } from "../lib/unknown";

type Mapping = StackResource<"aws:lambda/eventSourceMapping:EventSourceMapping">;

/** How many batches the mappings may have in flight for one shard of each source. */
export function batchesInFlight(mappings: readonly Mapping[]): number {
  return mappings.reduce((sum, { props }) => sum + (known(() => props.parallelizationFactor) ?? 1), 0);
}
