import { ApiError } from "../apiError";
import { lastModified } from "../functionCode";
import type { FunctionRecord } from "../functionRecord";
import type { LambdaService } from "../operation";
import { activate } from "./activate";

/** The function to be changed. @throws ApiError where it is unknown, or its last change is not done */
export function updatable(service: LambdaService, name: string, revisionId: unknown): FunctionRecord {
  const record = service.functions.get(name, service.settings.region);
  const { configuration } = record;
  if (configuration.State !== "Active" || configuration.LastUpdateStatus !== "Successful") {
    throw new ApiError(
      "ResourceConflictException",
      `The operation cannot be performed at this time. An update is in progress for resource: ${configuration.FunctionArn}`,
    );
  }
  if (revisionId !== undefined && revisionId !== configuration.RevisionId) {
    throw new ApiError(
      "ResourceConflictException",
      "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
    );
  }
  return record;
}

/** Keeps a changed function; the change is in progress in the answer and done right after. */
export function keepUpdate(service: LambdaService, record: FunctionRecord): FunctionRecord["configuration"] {
  const changed: FunctionRecord = {
    ...record,
    configuration: {
      ...record.configuration,
      LastModified: lastModified(),
      LastUpdateStatus: "InProgress",
      LastUpdateStatusReason: "The function is being created.",
      LastUpdateStatusReasonCode: "Creating",
    },
  };
  service.functions.save(changed);
  activate(service, changed);
  return changed.configuration;
}
