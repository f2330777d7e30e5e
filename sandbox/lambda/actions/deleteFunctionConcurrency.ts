import { functionName } from "../arns";
import { label, type Operation } from "../operation";

/** Lifts a function's own limit on concurrency. */
export const deleteFunctionConcurrency: Operation = {
  name: "DeleteFunctionConcurrency",
  method: "DELETE",
  path: "/2017-10-31/functions/{FunctionName}/concurrency",
  handle(request, service) {
    const name = functionName(label(request, "FunctionName"));
    const { reservedConcurrency: _lifted, ...record } = service.functions.get(name, service.settings.region);
    service.functions.save(record);
    return { status: 204 };
  },
};
