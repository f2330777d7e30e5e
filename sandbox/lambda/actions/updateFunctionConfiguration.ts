import { functionName } from "../arns";
import { readFunctionSettings } from "../functionSettings";
import { label, type Operation } from "../operation";
import { keepUpdate, updatable } from "./update";

/** Changes a function's settings; those that the request leaves out stay. */
export const updateFunctionConfiguration: Operation = {
  name: "UpdateFunctionConfiguration",
  method: "PUT",
  path: "/2015-03-31/functions/{FunctionName}/configuration",
  async handle(request, service) {
    const name = functionName(label(request, "FunctionName"));
    const settings = readFunctionSettings(request.body, name);
    if (settings.Role !== undefined) {
      await service.sessions.check(settings.Role, name);
    }
    const record = updatable(service, name, request.body.RevisionId);
    const configuration = { ...record.configuration, ...settings };
    return { body: keepUpdate(service, { ...record, configuration }) };
  },
};
