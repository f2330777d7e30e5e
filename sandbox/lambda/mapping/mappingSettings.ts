import { ApiError } from "../apiError";
import { parseArn } from "../arns";
import { Constraints } from "../constraints";
import { DESTINATION_SERVICES } from "./failureDestination";
import { compileFilters, FilterError } from "./filter";
import type { MappingConfiguration } from "./mappingRecord";

/** The settings of a mapping that can be changed once it exists. */
export type MappingSettings = Partial<
  Pick<
    MappingConfiguration,
    | "FunctionArn"
    | "BatchSize"
    | "MaximumBatchingWindowInSeconds"
    | "ParallelizationFactor"
    | "MaximumRecordAgeInSeconds"
    | "BisectBatchOnFunctionError"
    | "MaximumRetryAttempts"
    | "FunctionResponseTypes"
    | "DestinationConfig"
    | "FilterCriteria"
    | "MetricsConfig"
  >
>;

/** What Lambda takes for a stream where the request leaves it out (AWS Lambda developer guide, DynamoDB parameters). */
export const DEFAULT_MAPPING_SETTINGS = {
  BatchSize: 100,
  MaximumBatchingWindowInSeconds: 0,
  ParallelizationFactor: 1,
  MaximumRecordAgeInSeconds: -1,
  BisectBatchOnFunctionError: false,
  MaximumRetryAttempts: -1,
  TumblingWindowInSeconds: 0,
  FunctionResponseTypes: [],
  DestinationConfig: { OnFailure: {} },
} satisfies Partial<MappingConfiguration>;

type Json = Record<string, unknown>;

/** From this batch size on, a batching window must be set (AWS Lambda API reference, MaximumBatchingWindowInSeconds). */
const SIZE_WITHOUT_WINDOW = 10;

/** How many filters a mapping can have (AWS Lambda developer guide: five by default). */
const MAXIMUM_FILTERS = 5;

const UNSUPPORTED = [
  "Topics",
  "Queues",
  "SourceAccessConfigurations",
  "SelfManagedEventSource",
  "AmazonManagedKafkaEventSourceConfig",
  "SelfManagedKafkaEventSourceConfig",
  "DocumentDBEventSourceConfig",
  "ScalingConfig",
  "ProvisionedPollerConfig",
];

function invalid(message: string): ApiError {
  return new ApiError("InvalidParameterValueException", message);
}

function destinationOf(body: Json): MappingConfiguration["DestinationConfig"] {
  const { OnFailure, OnSuccess } = body.DestinationConfig as {
    OnFailure?: { Destination?: string };
    OnSuccess?: { Destination?: string };
  };
  if (OnSuccess?.Destination) {
    throw invalid("a stream's mapping has no OnSuccess destination; set OnFailure");
  }
  const destination = OnFailure?.Destination;
  const service = parseArn(destination ?? "")?.service;
  if (destination && !DESTINATION_SERVICES.some((known) => known === service)) {
    throw invalid(
      `The destination ARN ${destination} is invalid; it must be of an S3 bucket, an SQS queue or an SNS topic`,
    );
  }
  return { OnFailure: destination ? { Destination: destination } : {} };
}

function filtersOf(body: Json): MappingConfiguration["FilterCriteria"] {
  const { Filters = [] } = body.FilterCriteria as { Filters?: { Pattern?: unknown }[] };
  if (Filters.length > MAXIMUM_FILTERS) {
    throw invalid(`the mapping has ${Filters.length} filters; it can have ${MAXIMUM_FILTERS}`);
  }
  const patterns = Filters.map((filter) => String(filter.Pattern));
  try {
    compileFilters(patterns);
  } catch (error) {
    if (error instanceof FilterError) {
      throw invalid(`Invalid filter pattern definition. (${error.message})`);
    }
    throw error;
  }
  return { Filters: patterns.map((Pattern) => ({ Pattern })) };
}

/** The metrics of a stream's mapping (AWS Lambda API reference, EventSourceMappingMetricsConfig). */
const METRICS = ["EventCount"];

function metricsOf(body: Json): MappingConfiguration["MetricsConfig"] {
  const { Metrics = [] } = body.MetricsConfig as { Metrics?: string[] };
  const foreign = Metrics.find((metric) => !METRICS.includes(metric));
  if (foreign !== undefined) {
    throw invalid(`MetricsConfig names "${foreign}"; a stream's mapping has ${METRICS.join(", ")}`);
  }
  return { Metrics };
}

function responseTypesOf(body: Json): "ReportBatchItemFailures"[] {
  const types = body.FunctionResponseTypes;
  if (!Array.isArray(types) || types.length > 1 || types.some((type) => type !== "ReportBatchItemFailures")) {
    throw new ApiError(
      "ValidationException",
      `1 validation error detected: Value '${JSON.stringify(types)}' at 'functionResponseTypes' failed to satisfy constraint: Member must satisfy enum value set: [ReportBatchItemFailures]`,
    );
  }
  return types as "ReportBatchItemFailures"[];
}

function checkAge(age: number | undefined): void {
  if (age !== undefined && age !== -1 && age < 60) {
    throw invalid(
      `Invalid request provided: MaximumRecordAgeInSeconds is ${age}; it must be -1 (no limit) or from 60 to 604800`,
    );
  }
}

function checkWindow(settings: MappingSettings, current: MappingSettings): void {
  const size = settings.BatchSize ?? current.BatchSize ?? 0;
  const window = settings.MaximumBatchingWindowInSeconds ?? current.MaximumBatchingWindowInSeconds ?? 0;
  const asked = settings.BatchSize !== undefined || settings.MaximumBatchingWindowInSeconds !== undefined;
  if (asked && size > SIZE_WITHOUT_WINDOW && window < 1) {
    throw invalid(
      `Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than ${SIZE_WITHOUT_WINDOW}`,
    );
  }
}

/**
 * Reads and checks a mapping's settings in a request body (AWS Lambda API reference).
 * @param current the mapping's settings where it exists already
 * @returns those that the request has
 * @throws ApiError that says what AWS would
 */
export function readMappingSettings(body: Json, current: MappingSettings = {}): MappingSettings {
  const foreign = UNSUPPORTED.find((name) => body[name] !== undefined);
  if (foreign !== undefined) {
    throw invalid(`${foreign} is not for streams of DynamoDB or Kinesis, which are what the sandbox reads`);
  }
  const constraints = new Constraints(body);
  const settings: MappingSettings = {
    BatchSize: constraints.integer("BatchSize", 1, 10_000),
    MaximumBatchingWindowInSeconds: constraints.integer("MaximumBatchingWindowInSeconds", 0, 300),
    ParallelizationFactor: constraints.integer("ParallelizationFactor", 1, 10),
    MaximumRecordAgeInSeconds: constraints.integer("MaximumRecordAgeInSeconds", -1, 604_800),
    MaximumRetryAttempts: constraints.integer("MaximumRetryAttempts", -1, 10_000),
    BisectBatchOnFunctionError: constraints.flag("BisectBatchOnFunctionError"),
  };
  const tumbling = constraints.integer("TumblingWindowInSeconds", 0, 900) ?? 0;
  constraints.check();
  checkAge(settings.MaximumRecordAgeInSeconds);
  checkWindow(settings, current);
  if (tumbling > 0) {
    throw invalid(
      `TumblingWindowInSeconds is ${tumbling}; the sandbox has no tumbling windows, leave it at 0`,
    );
  }
  if (body.FunctionResponseTypes !== undefined) {
    settings.FunctionResponseTypes = responseTypesOf(body);
  }
  if (body.DestinationConfig !== undefined) {
    settings.DestinationConfig = destinationOf(body);
  }
  if (body.FilterCriteria !== undefined) {
    settings.FilterCriteria = filtersOf(body);
  }
  if (body.MetricsConfig !== undefined) {
    settings.MetricsConfig = metricsOf(body);
  }
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

/** Reads where a new mapping begins. @throws ApiError where that is missing or not to be had for this stream */
export function readStart(
  body: Json,
  eventSourceArn: string,
): Pick<MappingConfiguration, "StartingPosition" | "StartingPositionTimestamp"> {
  const constraints = new Constraints(body);
  constraints.require("StartingPosition");
  const position = constraints.oneOf("StartingPosition", ["TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"] as const);
  constraints.check();
  if (position !== "AT_TIMESTAMP") {
    return { StartingPosition: position ?? "TRIM_HORIZON" };
  }
  if (parseArn(eventSourceArn)?.service !== "kinesis") {
    throw invalid(`Unsupported starting position for arn type: ${eventSourceArn}`);
  }
  const timestamp = body.StartingPositionTimestamp;
  if (typeof timestamp !== "number") {
    throw invalid("StartingPositionTimestamp must be set with the starting position AT_TIMESTAMP");
  }
  return { StartingPosition: position, StartingPositionTimestamp: timestamp };
}
