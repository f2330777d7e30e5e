import { type About, type PackPolicy, resourcePolicy } from "../lib/policy";
import type { ResourceProperties } from "../lib/resources";
import { isGiven, known } from "../lib/unknown";

const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";

/** A policy on the mappings of streams: those of queues have none of these settings. */
function mappingPolicy<Config extends object = object>(
  about: Omit<About<Config>, "group">,
  check: (mapping: ResourceProperties[typeof MAPPING], config: Config) => string | undefined,
): PackPolicy {
  return resourcePolicy<typeof MAPPING, Config>(
    { group: "capacity", ...about },
    MAPPING,
    (mapping, config) => {
      const arn = known(() => mapping.eventSourceArn);
      const stream = arn === undefined || /^arn:[^:]+:(dynamodb|kinesis):/.test(arn);
      return stream ? check(mapping, config) : undefined;
    },
  );
}

export const mappingStart = mappingPolicy(
  {
    name: "mapping-start",
    what: "A mapping reads its stream from the beginning, or from a time that is named.",
    why: "A new mapping takes minutes to begin: with LATEST all that is written until then is lost.",
    remedy: "set startingPosition to TRIM_HORIZON, or of a Kinesis stream to AT_TIMESTAMP",
    severity: "critical",
  },
  ({ startingPosition }) =>
    startingPosition === "TRIM_HORIZON" || startingPosition === "AT_TIMESTAMP"
      ? undefined
      : `the mapping starts at ${startingPosition ?? "no position"}`,
);

export const mappingGivesUp = mappingPolicy<{ maxAgeSeconds: number }>(
  {
    name: "mapping-gives-up",
    what: "A mapping gives up on a record, by tries or by age, before its stream forgets it.",
    why: "By default one bad record blocks its shard for a day, and then all that waited behind it is lost.",
    remedy:
      "set maximumRecordAgeInSeconds to at most the policy's maxAgeSeconds, or maximumRetryAttempts to 0 or more",
    severity: "critical",
    controls: ["WellArchitected.REL05-BP03"],
    settings: {
      maxAgeSeconds: {
        type: "integer",
        minimum: 60,
        maximum: 86_400,
        default: 82_800,
        description:
          "The oldest that a record may become, in seconds; a table's stream forgets it after 86400",
      },
    },
  },
  (mapping, { maxAgeSeconds }) => {
    // -1 is the service's word for never, and its default for both.
    const { maximumRetryAttempts: tries = -1, maximumRecordAgeInSeconds: age = -1 } = mapping;
    if (tries >= 0 || (age >= 0 && age <= maxAgeSeconds)) return undefined;
    return age < 0
      ? "the mapping tries a record for ever"
      : `the mapping gives up on a record after ${age} s, above ${maxAgeSeconds}`;
  },
);

export const mappingBisects = mappingPolicy(
  {
    name: "mapping-bisects",
    what: "A mapping halves a batch that fails.",
    why: "Otherwise one bad record takes its whole batch with it when it is given up.",
    remedy: "set bisectBatchOnFunctionError to true",
    severity: "high",
  },
  ({ bisectBatchOnFunctionError }) =>
    bisectBatchOnFunctionError === true ? undefined : "the mapping gives up whole batches",
);

export const mappingKeepsFailures = mappingPolicy(
  {
    name: "mapping-keeps-failures",
    what: "What a mapping gives up on goes to a failure destination.",
    why: "Without one it is gone, and nobody knows.",
    remedy:
      "set destinationConfig.onFailure.destinationArn, best to an S3 bucket, which receives the records themselves",
    severity: "critical",
  },
  (mapping) =>
    isGiven(() => mapping.destinationConfig?.onFailure?.destinationArn)
      ? undefined
      : "the mapping has no failure destination",
);

export const mappingReportsItems = mappingPolicy(
  {
    name: "mapping-reports-items",
    what: "A mapping takes the function's word for which record failed.",
    why: "Without it a batch that failed in part passes for published, or is repeated from its beginning.",
    remedy: 'set functionResponseTypes to ["ReportBatchItemFailures"]',
    severity: "critical",
  },
  ({ functionResponseTypes = [] }) =>
    functionResponseTypes.includes("ReportBatchItemFailures")
      ? undefined
      : "the mapping does not take ReportBatchItemFailures",
);
