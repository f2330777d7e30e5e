import { functionName } from "../arns";
import { label, type Operation } from "../operation";

/** A function's settings. */
export const getFunctionConfiguration: Operation = {
  name: "GetFunctionConfiguration",
  method: "GET",
  path: "/2015-03-31/functions/{FunctionName}/configuration",
  handle(request, service) {
    const name = functionName(label(request, "FunctionName"));
    return { body: service.functions.get(name, service.settings.region).configuration };
  },
};
