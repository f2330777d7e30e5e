import { ApiError } from "../apiError";
import { functionArn, functionName } from "../arns";
import { Constraints } from "../constraints";
import { readMappingSettings } from "../mapping/mappingSettings";
import type { Operation } from "../operation";
import { mappingOf, mappingView } from "./mappingView";

/** Changes a mapping's settings, or pauses and resumes it: its position in the stream is kept. */
export const updateEventSourceMapping: Operation = {
  name: "UpdateEventSourceMapping",
  method: "PUT",
  path: "/2015-03-31/event-source-mappings/{UUID}",
  handle(request, service) {
    const record = mappingOf(request, service);
    const { body } = request;
    const constraints = new Constraints(body);
    const enabled = constraints.flag("Enabled") ?? record.enabled;
    constraints.check();
    const settings = readMappingSettings(body, record.configuration);
    if (body.FunctionName !== undefined) {
      const name = functionName(String(body.FunctionName));
      if (service.functions.find(name) === undefined) {
        throw new ApiError("InvalidParameterValueException", "Function does not exist");
      }
      settings.FunctionArn = functionArn(service.settings.region, name);
    }
    service.runner.update(record, enabled, settings);
    return { status: 202, body: mappingView(record) };
  },
};
