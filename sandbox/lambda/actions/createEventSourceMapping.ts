import { randomUUID } from "node:crypto";
import { ApiError } from "../apiError";
import { functionArn, functionName, mappingArn } from "../arns";
import { AwsHttpError } from "../awsHttp";
import { Constraints } from "../constraints";
import type { MappingRecord } from "../mapping/mappingRecord";
import { DEFAULT_MAPPING_SETTINGS, readMappingSettings, readStart } from "../mapping/mappingSettings";
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

async function requireStream(service: LambdaService, eventSourceArn: string): Promise<void> {
  try {
    await service.runner.source(eventSourceArn, "").listShards();
  } catch (error) {
    if (error instanceof AwsHttpError && error.code === "ResourceNotFoundException") {
      throw new ApiError("InvalidParameterValueException", `Stream not found: ${eventSourceArn}`);
    }
    if (error instanceof AwsHttpError) {
      throw new ApiError("ServiceException", `${eventSourceArn} cannot be read: ${error.message}`);
    }
    throw error;
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
    await requireStream(service, eventSourceArn);
    refuseDuplicate(service, eventSourceArn, name);
    const { region } = service.settings;
    const uuid = randomUUID();
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
