import { functionName } from "../arns";
import { label, type Operation } from "../operation";

/** Deletes a function. Its mappings stay and report a problem, as on AWS. */
export const deleteFunction: Operation = {
  name: "DeleteFunction",
  method: "DELETE",
  path: "/2015-03-31/functions/{FunctionName}",
  handle(request, service) {
    const name = functionName(label(request, "FunctionName"));
    service.functions.get(name, service.settings.region);
    service.functions.delete(name);
    service.runtime.retire(name);
    return { status: 204 };
  },
};
