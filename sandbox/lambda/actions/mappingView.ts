import { ApiError } from "../apiError";
import type { MappingConfiguration, MappingRecord } from "../mapping/mappingRecord";
import { type ApiRequest, type LambdaService, label } from "../operation";

/** A mapping as an answer shows it at this moment. */
export function mappingView(record: MappingRecord): MappingConfiguration {
  return { ...record.configuration };
}

/** The mapping that a request names. @throws ApiError ResourceNotFoundException */
export function mappingOf(request: ApiRequest, service: LambdaService): MappingRecord {
  const record = service.mappings.find(label(request, "UUID"));
  if (record === undefined) {
    throw new ApiError("ResourceNotFoundException", "The resource you requested does not exist.");
  }
  return record;
}
