import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { checkMatch, checkWhole } from "../checks";
import type { Faults } from "../faults";
import { given } from "../given";
import { checkWindow, mappingArgs } from "../mappingArgs";

/** How a consumer reads the change stream: the settings of its event source mapping. */
export interface StreamMappingOptions {
  /** Events in a batch, 1 to 10000. Default: 100; a batch is also bounded by Lambda's 6 MB. */
  batchSize?: number;
  /**
   * How long Lambda waits for a batch to fill, in seconds, 0 to 300. Default: 1. With 0, which is quickest, the
   * batch size must be at most 10.
   */
  windowSeconds?: number;
  /**
   * Batches of one shard in flight at the same time, 1 to 10. Default: 1. Lambda keeps the order of each row at any
   * value; more pays under a load that one batch a time does not follow.
   */
  parallelization?: number;
  /**
   * How often a failed batch is tried again, -1 (for as long as the stream keeps it) to 10000. Default: 100, with
   * pauses that grow: what is away for a while is back, and an event that never succeeds does not hold up its shard
   * for good.
   */
  retryAttempts?: number;
  /**
   * How old an event may become before it is given up, in seconds: -1 (as old as the stream keeps it) or 60 to
   * 604800. Default: -1. It counts from when the event reached the stream: with a bound, a consumer that begins with
   * what the stream holds gives up what is older, and so does one that was halted for longer.
   */
  maxAgeSeconds?: number;
  /**
   * Where a new mapping begins: `horizon` is the oldest event that the stream holds; a time in ISO 8601, e.g.
   * `2026-11-27T12:00:00Z`, leaves out what reached the stream before it. Default: `horizon`. Has no effect on a
   * mapping that exists.
   */
  startAt?: "horizon" | (string & {});
}

const DEFAULTS = {
  batchSize: 100,
  windowSeconds: 1,
  parallelization: 1,
  retryAttempts: 100,
  maxAgeSeconds: -1,
  startAt: "horizon",
} as const satisfies Required<StreamMappingOptions>;

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** What a mapping is made of, beside its options. */
export interface StreamMappingArgs {
  /** The stream, or its registered consumer. */
  sourceArn: pulumi.Input<string>;
  functionArn: pulumi.Input<string>;
  failureBucketArn: pulumi.Input<string>;
  /** The patterns of the events to pass on; none for all. */
  patterns: readonly string[];
}

/** The arguments of a consumer's event source mapping. */
export function streamMappingArgs(
  { sourceArn, functionArn, failureBucketArn, patterns }: StreamMappingArgs,
  options?: StreamMappingOptions,
): aws.lambda.EventSourceMappingArgs {
  const mapping = { ...DEFAULTS, ...given(options) };
  return {
    eventSourceArn: sourceArn,
    functionName: functionArn,
    // LATEST would lose what comes while the mapping is made, which takes minutes.
    ...(mapping.startAt === "horizon"
      ? { startingPosition: "TRIM_HORIZON" }
      : { startingPosition: "AT_TIMESTAMP", startingPositionTimestamp: wholeSeconds(mapping.startAt) }),
    ...mappingArgs(mapping, failureBucketArn),
    ...(patterns.length > 0 && { filterCriteria: { filters: patterns.map((pattern) => ({ pattern })) } }),
    // Without it Lambda does not count what it gave up on.
    metricsConfig: { metrics: ["EventCount"] },
  };
}

/**
 * A time as the provider reads it back, RFC 3339 in UTC without a fraction: in any other spelling a refresh would find
 * another one, and the next update would replace the mapping.
 */
function wholeSeconds(time: string): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}

/** Checks the options of a mapping. */
export function checkStreamMapping(faults: Faults, options: StreamMappingOptions = {}): void {
  const { batchSize = DEFAULTS.batchSize, windowSeconds = DEFAULTS.windowSeconds } = options;
  const check = (key: keyof StreamMappingOptions, min: number, max: number, unit: string) =>
    checkWhole(faults, `mapping.${key}`, options[key], { min, max, unit });
  check("batchSize", 1, 10_000, "events");
  check("windowSeconds", 0, 300, "seconds");
  check("parallelization", 1, 10, "batches");
  check("retryAttempts", -1, 10_000, "attempts");
  if (options.maxAgeSeconds !== -1) check("maxAgeSeconds", 60, 604_800, "seconds (or -1)");
  checkWindow(faults, { batchSize, windowSeconds });
  if (options.startAt !== "horizon") {
    checkMatch(
      faults,
      "mapping.startAt",
      options.startAt,
      ISO_TIME,
      '"horizon" or a time like 2026-11-27T12:00:00Z',
    );
  }
}
