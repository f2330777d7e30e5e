import { functionName } from "../arns";
import { label, type Operation } from "../operation";

/** A function's own limit on concurrency; empty where it has none. */
export const getFunctionConcurrency: Operation = {
  name: "GetFunctionConcurrency",
  method: "GET",
  path: "/2019-09-30/functions/{FunctionName}/concurrency",
  handle(request, service) {
    const name = functionName(label(request, "FunctionName"));
    const { reservedConcurrency } = service.functions.get(name, service.settings.region);
    return {
      body: reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency },
    };
  },
};
