import { resourcePolicy, type StackView, stackPolicy } from "../lib/policy";
import { known } from "../lib/unknown";
import { batchesInFlight } from "./batches";

const STREAM = "aws:kinesis/stream:Stream";

export const streamMode = resourcePolicy<typeof STREAM, { modes: string[]; maxShards: number }>(
  {
    group: "capacity",
    name: "stream-mode",
    what: "A stream's capacity mode is an allowed one, and its shards have a bound.",
    why: "A stream that names no mode has one shard, 1 MB/s, for ever; every shard is paid by the hour.",
    remedy: "set streamModeDetails.streamMode and shardCount (rowstream: stream.mode, stream.shards)",
    severity: "medium",
    settings: {
      modes: {
        type: "array",
        items: { type: "string", enum: ["ON_DEMAND", "PROVISIONED"] },
        default: ["ON_DEMAND", "PROVISIONED"],
        description: "The allowed modes",
      },
      maxShards: { type: "integer", default: 100, description: "The most shards of a provisioned stream" },
    },
  },
  STREAM,
  (stream, { modes, maxShards }) => {
    const mode = stream.streamModeDetails?.streamMode;
    if (mode === undefined) return "the stream names no mode";
    if (!modes.includes(mode)) return `the stream's mode is ${mode}; allowed are ${modes.join(", ")}`;
    if (mode !== "PROVISIONED") return undefined;
    const { shardCount } = stream;
    if (shardCount === undefined) return "the stream is provisioned and names no number of shards";
    return shardCount > maxShards ? `the stream has ${shardCount} shards, above ${maxShards}` : undefined;
  },
);

export const streamRetention = resourcePolicy<typeof STREAM, { minHours: number }>(
  {
    group: "capacity",
    name: "stream-retention",
    what: "A stream keeps its events for long enough.",
    why: "A consumer that is away for longer has lost what it missed; a week holds a weekend and its Monday.",
    remedy: "set retentionPeriod to at least the policy's minHours (rowstream: stream.retentionHours)",
    severity: "medium",
    level: "advisory",
    controls: ["SecurityHub.Kinesis.3"],
    settings: {
      minHours: {
        type: "integer",
        minimum: 24,
        default: 168,
        description: "The shortest retention, in hours",
      },
    },
  },
  STREAM,
  // 24 is the service's own.
  ({ retentionPeriod = 24 }, { minHours }) =>
    retentionPeriod < minHours
      ? `the stream keeps events for ${retentionPeriod} hours, below ${minHours}`
      : undefined,
);

export const streamShards = stackPolicy<{ batchesPerShard: number }>(
  {
    group: "capacity",
    name: "stream-shards",
    what: "A provisioned stream has shards for what the mappings write at the same time.",
    why: "A shard takes 1 MB/s or 1000 records/s; what is above is throttled, and the tables' streams age.",
    remedy: "give the stream more shards, or the mappings a smaller parallelizationFactor",
    severity: "low",
    level: "advisory",
    settings: {
      batchesPerShard: {
        type: "integer",
        default: 10,
        description: "The most batches in flight for one shard",
      },
    },
  },
  (stack, { batchesPerShard }) => {
    const shards = provisionedShards(stack);
    const batches = batchesInFlight(stack.ofType("aws:lambda/eventSourceMapping:EventSourceMapping"));
    return shards > 0 && batches > shards * batchesPerShard
      ? [
          {
            finding: `${batches} batches may be in flight for ${shards} shards, above ${batchesPerShard} for each`,
          },
        ]
      : [];
  },
);

/** The shards of all provisioned streams; 0 where every stream sizes itself. */
function provisionedShards(stack: StackView): number {
  return stack
    .ofType(STREAM)
    .filter(({ props }) => known(() => props.streamModeDetails?.streamMode) !== "ON_DEMAND")
    .reduce((sum, { props }) => sum + (known(() => props.shardCount) ?? 0), 0);
}
