import { functionName } from "../arns";
import { zipOf } from "../functionCode";
import { label, type Operation } from "../operation";
import { keepUpdate, updatable } from "./update";

/** Replaces a function's zip; events that come after the answer run the new code. */
export const updateFunctionCode: Operation = {
  name: "UpdateFunctionCode",
  method: "PUT",
  path: "/2015-03-31/functions/{FunctionName}/code",
  async handle(request, service) {
    const { body } = request;
    const name = functionName(label(request, "FunctionName"));
    const record = updatable(service, name, body.RevisionId);
    const { codeHash, ...code } = await service.functions.storeCode(name, zipOf(body));
    const architectures =
      (body.Architectures as ("x86_64" | "arm64")[] | undefined) ?? record.configuration.Architectures;
    const changed = {
      ...record,
      codeHash,
      configuration: { ...record.configuration, ...code, Architectures: architectures },
    };
    if (body.DryRun === true) {
      return { body: changed.configuration };
    }
    const configuration = keepUpdate(service, changed);
    await service.functions.pruneCode(changed);
    return { body: configuration };
  },
};
