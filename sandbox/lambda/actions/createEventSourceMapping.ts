import { randomUUID } from "node:crypto";
import { type AwsHttp, AwsHttpError } from "../../awsHttp";
import { ApiError } from "../apiError";
import { functionArn, functionName, mappingArn, parseArn } from "../arns";
import { Constraints } from "../constraints";
import { log, messageOf } from "../log";
import type { MappingRecord } from "../mapping/mappingRecord";
import { DEFAULT_MAPPING_SETTINGS, readMappingSettings, readStart } from "../mapping/mappingSettings";
import type { MappableStream } from "../mapping/streamSource";
import type { LambdaService, Operation } from "../operation";
import { mappingView } from "./mappingView";

/** One mapping for each pair of stream and function. */
function refuseDuplicate(service: LambdaService, eventSourceArn: string, name: string): void {
  for (const { configuration } of service.mappings.list()) {
    if (configuration.EventSourceArn === eventSourceArn && functionName(configuration.FunctionArn) === name) {
      const kind = eventSourceArn.split(":")[2];
      throw new ApiError(
        "ResourceConflictException",
        `An event source mapping with ${kind} arn (" ${eventSourceArn} ") and function (" ${name} ") already exists. ` +
          `Please update or delete the existing mapping with UUID ${configuration.UUID}`,
      );
    }
  }
}

/** Lambda makes sure, in the function's role, that it can read the stream. */
async function requireStream(source: MappableStream, eventSourceArn: string): Promise<void> {
  try {
    await source.probe();
  } catch (error) {
    if (error instanceof AwsHttpError && error.denied) {
      log("warn", messageOf(error));
      throw new ApiError(
        "InvalidParameterValueException",
        `Cannot access stream ${eventSourceArn}. Please ensure the role can perform the ${source.actions} Actions on your stream in IAM.`,
      );
    }
    if (error instanceof AwsHttpError && error.code === "ResourceNotFoundException") {
      throw new ApiError("InvalidParameterValueException", `Stream not found: ${eventSourceArn}`);
    }
    if (error instanceof AwsHttpError) {
      throw new ApiError("ServiceException", `${eventSourceArn} cannot be read: ${error.message}`);
    }
    throw error;
  }
}

/** And that it finds the bucket for what the mapping gives up on. */
async function requireDestination(aws: AwsHttp, destination: string | undefined): Promise<void> {
  const { service, resource } = parseArn(destination ?? "") ?? {};
  if (service !== "s3" || resource === undefined) {
    return;
  }
  try {
    await aws.listBucket(resource);
  } catch (error) {
    if (!(error instanceof AwsHttpError)) {
      throw error;
    }
    log("warn", messageOf(error));
    throw error.transient
      ? new ApiError("ServiceException", `${destination} cannot be reached: ${error.message}`)
      : new ApiError(
          "InvalidParameterValueException",
          error.denied
            ? "The provided execution role does not have permissions to call ListBucket on S3"
            : `The destination ${destination} cannot be used: ${error.message}`,
        );
  }
}

/** Has a function invoked with the records of a stream. */
export const createEventSourceMapping: Operation = {
  name: "CreateEventSourceMapping",
  method: "POST",
  path: "/2015-03-31/event-source-mappings",
  async handle({ body }, service) {
    const constraints = new Constraints(body);
    constraints.require("FunctionName");
    constraints.require("EventSourceArn");
    const eventSourceArn = constraints.text("EventSourceArn", 2048, /^arn:/) ?? "";
    const enabled = constraints.flag("Enabled") ?? true;
    const tags = constraints.texts("Tags") ?? {};
    constraints.check();
    const name = functionName(String(body.FunctionName));
    const settings = readMappingSettings(body);
    const start = readStart(body, eventSourceArn);
    if (service.functions.find(name) === undefined) {
      throw new ApiError("InvalidParameterValueException", "Function does not exist");
    }
    const uuid = randomUUID();
    const aws = service.runner.access(name, uuid);
    await requireStream(service.runner.source(eventSourceArn, name, aws), eventSourceArn);
    await requireDestination(aws, settings.DestinationConfig?.OnFailure?.Destination);
    refuseDuplicate(service, eventSourceArn, name);
    const { region } = service.settings;
    const record: MappingRecord = {
      enabled,
      tags,
      createdAt: Date.now(),
      configuration: {
        ...DEFAULT_MAPPING_SETTINGS,
        ...settings,
        ...start,
        UUID: uuid,
        EventSourceMappingArn: mappingArn(region, uuid),
        EventSourceArn: eventSourceArn,
        FunctionArn: functionArn(region, name),
        LastModified: Date.now() / 1000,
        LastProcessingResult: "No records processed",
        State: "Creating",
        StateTransitionReason: "User action",
      },
    };
    service.runner.create(record);
    return { status: 202, body: mappingView(record) };
  },
};
