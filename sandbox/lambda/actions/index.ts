import type { Operation } from "../operation";
import { createEventSourceMapping } from "./createEventSourceMapping";
import { createFunction } from "./createFunction";
import { deleteEventSourceMapping } from "./deleteEventSourceMapping";
import { deleteFunction } from "./deleteFunction";
import { deleteFunctionConcurrency } from "./deleteFunctionConcurrency";
import { downloadCode } from "./downloadCode";
import { getEventSourceMapping } from "./getEventSourceMapping";
import { getFunction } from "./getFunction";
import { getFunctionConcurrency } from "./getFunctionConcurrency";
import { getFunctionConfiguration } from "./getFunctionConfiguration";
import { invoke } from "./invoke";
import { listEventSourceMappings } from "./listEventSourceMappings";
import { listFunctions } from "./listFunctions";
import { listTags } from "./listTags";
import { putFunctionConcurrency } from "./putFunctionConcurrency";
import { tagResource } from "./tagResource";
import { untagResource } from "./untagResource";
import { updateEventSourceMapping } from "./updateEventSourceMapping";
import { updateFunctionCode } from "./updateFunctionCode";
import { updateFunctionConfiguration } from "./updateFunctionConfiguration";

/** Every operation of the Lambda API that the sandbox has. */
export const OPERATIONS: readonly Operation[] = [
  createEventSourceMapping,
  createFunction,
  deleteEventSourceMapping,
  deleteFunction,
  deleteFunctionConcurrency,
  downloadCode,
  getEventSourceMapping,
  getFunction,
  getFunctionConcurrency,
  getFunctionConfiguration,
  invoke,
  listEventSourceMappings,
  listFunctions,
  listTags,
  putFunctionConcurrency,
  tagResource,
  untagResource,
  updateEventSourceMapping,
  updateFunctionCode,
  updateFunctionConfiguration,
];
