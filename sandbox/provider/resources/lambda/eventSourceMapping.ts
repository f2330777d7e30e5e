import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteEventSourceMappingCommand,
  type EventSourceMappingConfiguration,
  GetEventSourceMappingCommand,
  ListTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateEventSourceMappingCommand,
  type UpdateEventSourceMappingCommandInput,
} from "@aws-sdk/client-lambda";
import { type Properties, pick } from "../../properties";
import type { Context, ResourceType } from "../../resourceType";
import type { CheckFailure } from "../../schema";
import { tagChanges } from "../../tags";
import { isError, unlessError, waitFor } from "../../waitFor";
import { fromWire, toWire } from "../../wireNames";

/** What both CreateEventSourceMapping and UpdateEventSourceMapping take. */
const SETTINGS = [
  "batchSize",
  "bisectBatchOnFunctionError",
  "destinationConfig",
  "enabled",
  "filterCriteria",
  "functionName",
  "functionResponseTypes",
  "kmsKeyArn",
  "maximumBatchingWindowInSeconds",
  "maximumRecordAgeInSeconds",
  "maximumRetryAttempts",
  "metricsConfig",
  "parallelizationFactor",
  "scalingConfig",
  "tumblingWindowInSeconds",
] as const;

/** What Lambda takes of a stream where nothing is said, so that an input that is taken away is set back. */
const DEFAULTS: Properties = {
  batchSize: 100,
  bisectBatchOnFunctionError: false,
  destinationConfig: { onFailure: {} },
  enabled: true,
  filterCriteria: {},
  functionResponseTypes: [],
  maximumBatchingWindowInSeconds: 0,
  maximumRecordAgeInSeconds: -1,
  maximumRetryAttempts: -1,
  parallelizationFactor: 1,
  tumblingWindowInSeconds: 0,
};

const SPELLINGS = { destinationArn: "Destination", kmsKeyArn: "KMSKeyArn" };

/**
 * How long a role may be on its way through IAM, in milliseconds. The real provider is patient for minutes, as AWS is
 * slow; the sandbox's IAM goes by what it read up to a second ago.
 */
const PROPAGATION_MS = 5_000;

/** What Lambda answers while a mapping changes state. */
const BUSY = ["ResourceInUseException", "ResourceConflictException"];

/** aws.lambda.EventSourceMapping of a DynamoDB or Kinesis stream or a queue. Its id is its UUID. */
export const eventSourceMapping: ResourceType = {
  replaceOn: ["eventSourceArn", "startingPosition", "startingPositionTimestamp"],
  sets: ["functionResponseTypes"],
  providerOnly: ["useResourceTimeoutForPropagation"],
  // Kafka, MQ and DocumentDB, which the sandbox has not.
  unsupported: [
    "amazonManagedKafkaEventSourceConfig",
    "documentDbEventSourceConfig",
    "provisionedPollerConfig",
    "queues",
    "selfManagedEventSource",
    "selfManagedKafkaEventSourceConfig",
    "sourceAccessConfigurations",
    "topics",
  ],
  check: checkMapping,
  changes: () => ["lastModified", "state", "stateTransitionReason"],

  async create(inputs, context) {
    const { lambda } = context.clients;
    const command = new CreateEventSourceMappingCommand({
      ...settings(inputs),
      EventSourceArn: inputs.eventSourceArn as string,
      StartingPosition: inputs.startingPosition as CreateEventSourceMappingCommandInput["StartingPosition"],
      ...(typeof inputs.startingPositionTimestamp === "string" && {
        StartingPositionTimestamp: new Date(inputs.startingPositionTimestamp),
      }),
      Tags: inputs.tags as Record<string, string> | undefined,
    });
    const until = Date.now() + PROPAGATION_MS;
    const { UUID } = await waitFor(context, "the function's role to be known", () =>
      lambda.send(command).catch((error: unknown) => {
        if (isOnItsWay(error) && Date.now() < until) {
          return undefined;
        }
        throw error;
      }),
    );
    const id = UUID ?? "";
    context.made(id);
    await settled(id, context);
    return id;
  },

  async read(id, context, known) {
    const found = await find(id, context);
    if (found === undefined || found.State === "Deleting") {
      return undefined;
    }
    const arn = found.EventSourceMappingArn ?? arnOf(id, context);
    const { Tags } = await context.clients.lambda.send(new ListTagsCommand({ Resource: arn }));
    return {
      inputs: { ...describedInputs(found, known), tags: Tags ?? {} },
      outputs: {
        arn,
        uuid: id,
        functionArn: found.FunctionArn,
        lastModified: found.LastModified?.toISOString() ?? "",
        lastProcessingResult: found.LastProcessingResult ?? "",
        state: found.State,
        stateTransitionReason: found.StateTransitionReason ?? "",
      },
    };
  },

  async update(id, inputs, old, context) {
    const { lambda } = context.clients;
    await waitFor(context, `mapping ${id} to take an update`, () =>
      unlessError(
        lambda.send(
          new UpdateEventSourceMappingCommand({
            UUID: id,
            ...settings({ ...pick(DEFAULTS, Object.keys(old)), ...inputs }),
          } as UpdateEventSourceMappingCommandInput),
        ),
        ...BUSY,
      ),
    );
    await settled(id, context);
    const Resource = arnOf(id, context);
    const { set, remove } = tagChanges(old.tags, inputs.tags);
    if (remove.length > 0) {
      await lambda.send(new UntagResourceCommand({ Resource, TagKeys: remove }));
    }
    if (Object.keys(set).length > 0) {
      await lambda.send(new TagResourceCommand({ Resource, Tags: set }));
    }
  },

  async delete(id, _state, context) {
    await waitFor(context, `mapping ${id} to take its deletion`, async () => {
      try {
        await context.clients.lambda.send(new DeleteEventSourceMappingCommand({ UUID: id }));
        return true;
      } catch (error) {
        if (isError(error, "ResourceNotFoundException")) {
          return true;
        }
        if (isError(error, ...BUSY)) {
          return undefined;
        }
        throw error;
      }
    });
    // A mapping goes on reading while it is "Deleting": only when it is gone may its function or stream go.
    await waitFor(context, `mapping ${id} to be gone`, async () =>
      (await find(id, context)) === undefined ? true : undefined,
    );
  },
};

function checkMapping(inputs: Properties): CheckFailure[] {
  const failures: CheckFailure[] = [];
  if (inputs.eventSourceArn === undefined) {
    failures.push({ property: "eventSourceArn", reason: "it is missing: the stream or queue to read" });
  }
  const stream =
    typeof inputs.eventSourceArn === "string" && /:(dynamodb|kinesis):/.test(inputs.eventSourceArn);
  if (stream && inputs.startingPosition === undefined) {
    failures.push({
      property: "startingPosition",
      reason: "it is required of a stream: TRIM_HORIZON or LATEST",
    });
  }
  return failures;
}

function settings(inputs: Properties): Pick<CreateEventSourceMappingCommandInput, "FunctionName"> {
  return toWire(pick(inputs, SETTINGS), SPELLINGS) as { FunctionName: string };
}

/** What Lambda has none of is there, empty: an absent property would pass for one that Lambda does not tell. */
function describedInputs(found: EventSourceMappingConfiguration, known: Properties): Properties {
  return {
    ...(fromWire(
      {
        BatchSize: found.BatchSize,
        BisectBatchOnFunctionError: found.BisectBatchOnFunctionError ?? false,
        DestinationConfig: {
          OnFailure: { Destination: found.DestinationConfig?.OnFailure?.Destination ?? "" },
        },
        EventSourceArn: found.EventSourceArn,
        FilterCriteria: { Filters: found.FilterCriteria?.Filters ?? [] },
        FunctionResponseTypes: found.FunctionResponseTypes ?? [],
        KMSKeyArn: found.KMSKeyArn ?? "",
        MaximumBatchingWindowInSeconds: found.MaximumBatchingWindowInSeconds ?? 0,
        MaximumRecordAgeInSeconds: found.MaximumRecordAgeInSeconds ?? -1,
        MaximumRetryAttempts: found.MaximumRetryAttempts ?? -1,
        MetricsConfig: { Metrics: found.MetricsConfig?.Metrics ?? [] },
        ParallelizationFactor: found.ParallelizationFactor ?? 1,
        ScalingConfig: { MaximumConcurrency: found.ScalingConfig?.MaximumConcurrency ?? 0 },
        StartingPosition: found.StartingPosition ?? "",
        // Without a fraction, as the real provider writes it.
        StartingPositionTimestamp: found.StartingPositionTimestamp?.toISOString().replace(/\.\d+Z$/, "Z"),
        TumblingWindowInSeconds: found.TumblingWindowInSeconds ?? 0,
      },
      SPELLINGS,
    ) as Properties),
    enabled: found.State !== "Disabled" && found.State !== "Disabling",
    functionName: functionNameAs(known.functionName, found.FunctionArn),
  };
}

/** A program may call the function by its name, a part of its ARN or all of it; Lambda answers with the ARN. */
function functionNameAs(known: unknown, arn: string | undefined): unknown {
  return typeof known === "string" && (arn === known || arn?.endsWith(`:${known}`)) ? known : arn;
}

function arnOf(id: string, { partition, region, accountId }: Context): string {
  return `arn:${partition}:lambda:${region}:${accountId}:event-source-mapping:${id}`;
}

function find(UUID: string, { clients }: Context): Promise<EventSourceMappingConfiguration | undefined> {
  return unlessError(
    clients.lambda.send(new GetEventSourceMappingCommand({ UUID })),
    "ResourceNotFoundException",
  );
}

/** Whether Lambda does not see yet what a role was allowed a moment ago, or was never allowed. */
function isOnItsWay(error: unknown): boolean {
  return (
    isError(error, "InvalidParameterValueException") &&
    /ensure the role can perform/.test((error as Error).message)
  );
}

function settled(id: string, context: Context): Promise<true> {
  return waitFor(context, `mapping ${id} to be Enabled or Disabled`, async () => {
    const found = await find(id, context);
    return found?.State === "Enabled" || found?.State === "Disabled" ? true : undefined;
  });
}
