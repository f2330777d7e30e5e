import { z } from "zod";
import type { DmsService } from "../service";
import { invalidParameter } from "../wire/fault";

export const migrationType = z.enum(["full-load", "cdc", "full-load-and-cdc"]);

/** Where a change data capture begins or ends: the stand-in begins with the start of the task. */
export const cdcInput = {
  CdcStartTime: z.undefined("the stand-in has no start at a time").optional(),
  CdcStartPosition: z.literal("", "the stand-in has no start at a position").optional(),
  CdcStopPosition: z.literal("", "the stand-in has no stop at a position").optional(),
};

/** @throws Fault where the endpoints are missing or not a source and a target */
export function checkEndpoints(service: DmsService, source: string, target: string): void {
  if (service.endpoint(source).endpoint.EndpointType !== "source") {
    throw invalidParameter(`Endpoint ${source} is not a source endpoint`);
  }
  const { EndpointType, EngineName } = service.endpoint(target).endpoint;
  if (EndpointType !== "target") {
    throw invalidParameter(`Endpoint ${target} is not a target endpoint`);
  }
  if (EngineName !== "dynamodb") {
    throw invalidParameter(`the stand-in writes to dynamodb only, not to ${EngineName}`);
  }
}
