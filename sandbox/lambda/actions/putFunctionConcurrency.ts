import { functionName } from "../arns";
import { Constraints } from "../constraints";
import { label, type Operation } from "../operation";

/** Sets how many events a function runs at once at most; 0 stops it. */
export const putFunctionConcurrency: Operation = {
  name: "PutFunctionConcurrency",
  method: "PUT",
  path: "/2017-10-31/functions/{FunctionName}/concurrency",
  handle(request, service) {
    const constraints = new Constraints(request.body);
    constraints.require("ReservedConcurrentExecutions");
    const reservedConcurrency = constraints.integer("ReservedConcurrentExecutions", 0, 1000);
    constraints.check();
    const name = functionName(label(request, "FunctionName"));
    const record = service.functions.get(name, service.settings.region);
    service.functions.save({
      ...record,
      ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
    });
    return { body: { ReservedConcurrentExecutions: reservedConcurrency } };
  },
};
