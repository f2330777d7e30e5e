import { ApiError } from "../apiError";
import { functionArn, functionName } from "../arns";
import { Constraints } from "../constraints";
import { lastModified, zipOf } from "../functionCode";
import type { FunctionConfiguration, FunctionRecord } from "../functionRecord";
import { defaultSettings, readFunctionSettings } from "../functionSettings";
import type { LambdaService, Operation } from "../operation";
import { activate } from "./activate";

function refuseExisting(service: LambdaService, name: string): void {
  if (service.functions.find(name) !== undefined) {
    throw new ApiError("ResourceConflictException", `Function already exist: ${name}`);
  }
}

/** Creates a function from a zip. Its state is Pending in the answer and Active right after, as on AWS. */
export const createFunction: Operation = {
  name: "CreateFunction",
  method: "POST",
  path: "/2015-03-31/functions",
  async handle({ body }, service) {
    const constraints = new Constraints(body);
    for (const member of ["FunctionName", "Role", "Code", "Handler", "Runtime"]) {
      constraints.require(member);
    }
    const tags = constraints.texts("Tags") ?? {};
    const architecture = (body.Architectures as ("x86_64" | "arm64")[] | undefined) ?? ["x86_64"];
    constraints.check();
    const name = functionName(String(body.FunctionName));
    const settings = readFunctionSettings(body, name);
    refuseExisting(service, name);
    await service.sessions.check(String(body.Role), name);
    const zip = zipOf(body.Code as Record<string, unknown>);
    const { codeHash, ...code } = await service.functions.storeCode(name, zip);
    // Another request may have made it in the meantime.
    refuseExisting(service, name);
    const configuration: FunctionConfiguration = {
      ...defaultSettings(name),
      ...(settings as Pick<FunctionConfiguration, "Role" | "Handler" | "Runtime">),
      ...code,
      FunctionName: name,
      FunctionArn: functionArn(service.settings.region, name),
      LastModified: lastModified(),
      Version: "$LATEST",
      RevisionId: "",
      State: "Pending",
      StateReason: "The function is being created.",
      StateReasonCode: "Creating",
      LastUpdateStatus: "InProgress",
      LastUpdateStatusReason: "The function is being created.",
      LastUpdateStatusReasonCode: "Creating",
      PackageType: "Zip",
      Architectures: architecture,
    };
    const record: FunctionRecord = { configuration, tags, codeHash };
    service.functions.save(record);
    activate(service, record);
    return { status: 201, body: configuration };
  },
};
