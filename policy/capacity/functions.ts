import {
  resourcePolicy,
  type StackFinding,
  type StackResource,
  type StackView,
  stackPolicy,
} from "../lib/policy";
import { known } from "../lib/unknown";
import { batchesInFlight } from "./batches";

const FUNCTION = "aws:lambda/function:Function";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";

/** Lambda's own timeout, in seconds. */
const SERVICE_TIMEOUT = 3;

export const functionMemory = resourcePolicy<typeof FUNCTION, { minMib: number; maxMib: number }>(
  {
    group: "capacity",
    name: "function-memory",
    what: "A function's memory is within bounds.",
    why: "Its processor grows with it: with little, a batch of large rows takes too long or does not fit.",
    remedy: "set memorySize (rowstream: fanIn.memoryMib) within the policy's bounds",
    severity: "low",
    settings: {
      minMib: { type: "integer", default: 256, description: "The least memory, in MiB" },
      maxMib: { type: "integer", default: 3008, description: "The most memory, in MiB" },
    },
  },
  FUNCTION,
  // 128 is the service's own.
  ({ memorySize = 128 }, { minMib, maxMib }) =>
    memorySize >= minMib && memorySize <= maxMib
      ? undefined
      : `the function has ${memorySize} MiB; allowed are ${minMib} to ${maxMib}`,
);

export const functionTimeout = stackPolicy(
  {
    group: "capacity",
    name: "function-timeout",
    what: "A function has at least as long for a batch as its mapping takes to gather one.",
    why: "What takes longer to work off than to gather fails or falls behind, until the table's stream forgets it.",
    remedy: "set the function's timeout (rowstream: fanIn.timeoutSeconds) to at least that",
    severity: "medium",
  },
  (stack) =>
    stack.ofType(FUNCTION).flatMap((one): StackFinding[] => {
      const windows = mappingsOf(stack, one).map(
        ({ props }) => known(() => props.maximumBatchingWindowInSeconds) ?? 0,
      );
      const window = Math.max(0, ...windows);
      const timeout = known(() => one.props.timeout) ?? SERVICE_TIMEOUT;
      return timeout < window
        ? [
            {
              urn: one.urn,
              finding: `the function has ${timeout} s for batches that take ${window} s to gather`,
            },
          ]
        : [];
    }),
);

export const functionConcurrency = stackPolicy(
  {
    group: "capacity",
    name: "function-concurrency",
    what: "A function with reserved concurrency has one for every batch that its mappings may have in flight.",
    why: "With fewer, some tables wait for others, and their streams age.",
    remedy: "raise reservedConcurrentExecutions to at least that, or leave it out",
    severity: "medium",
  },
  (stack) =>
    stack.ofType(FUNCTION).flatMap((one): StackFinding[] => {
      const reserved = known(() => one.props.reservedConcurrentExecutions) ?? -1;
      const batches = batchesInFlight(mappingsOf(stack, one));
      // -1 is the provider's word for none reserved.
      return reserved >= 0 && reserved < batches
        ? [
            {
              urn: one.urn,
              finding: `the function has ${reserved} reserved for ${batches} batches in flight`,
            },
          ]
        : [];
    }),
);

/** The mappings that invoke a function, told by where their functionName comes from, or by what it says. */
function mappingsOf(stack: StackView, one: StackResource<typeof FUNCTION>): StackResource<typeof MAPPING>[] {
  return stack.ofType(MAPPING).filter(({ props, sources }) => {
    if (sources.functionName?.some(({ urn }) => urn === one.urn)) return true;
    const names = [known(() => one.props.name), known(() => one.props.arn)];
    const name = known(() => props.functionName);
    return name !== undefined && names.includes(name);
  });
}
