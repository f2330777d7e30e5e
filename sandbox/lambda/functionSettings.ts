import { ApiError } from "./apiError";
import { Constraints } from "./constraints";
import { type FunctionConfiguration, RUNTIMES } from "./functionRecord";
import { RESERVED_VARIABLES } from "./runtime/functionEnvironment";

/** The settings of a function that CreateFunction and UpdateFunctionConfiguration share. */
export type FunctionSettings = Partial<
  Pick<
    FunctionConfiguration,
    | "Runtime"
    | "Role"
    | "Handler"
    | "Description"
    | "Timeout"
    | "MemorySize"
    | "Environment"
    | "KMSKeyArn"
    | "TracingConfig"
    | "Layers"
    | "VpcConfig"
    | "DeadLetterConfig"
    | "EphemeralStorage"
    | "SnapStart"
    | "LoggingConfig"
  >
>;

type Json = Record<string, unknown>;

/** The most that a function's variables may take, as the JSON text that AWS measures. */
const MAXIMUM_ENVIRONMENT_BYTES = 4096;

function environmentOf(body: Json): FunctionConfiguration["Environment"] {
  const variables = new Constraints((body.Environment as Json | undefined) ?? {}).texts("Variables") ?? {};
  const reserved = Object.keys(variables).filter((name) => RESERVED_VARIABLES.has(name));
  const refusal =
    "Lambda was unable to configure your environment variables because the environment variables you have provided";
  if (reserved.length > 0) {
    throw new ApiError(
      "InvalidParameterValueException",
      `${refusal} contains reserved keys that are currently not supported for modification. ` +
        `Reserved keys used in this request: ${reserved.join(", ")}`,
    );
  }
  const bad = Object.keys(variables).find((name) => !/^[a-zA-Z][a-zA-Z0-9_]+$/.test(name));
  if (bad !== undefined) {
    throw new ApiError(
      "ValidationException",
      `1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+], and "${bad}" does not`,
    );
  }
  if (Buffer.byteLength(JSON.stringify(variables)) > MAXIMUM_ENVIRONMENT_BYTES) {
    throw new ApiError("InvalidParameterValueException", `${refusal} exceeded the 4KB limit.`);
  }
  return { Variables: variables };
}

function loggingOf(body: Json, functionName: string): FunctionConfiguration["LoggingConfig"] {
  const given = (body.LoggingConfig ?? {}) as Partial<FunctionConfiguration["LoggingConfig"]>;
  return {
    ...given,
    LogFormat: given.LogFormat ?? "Text",
    LogGroup: given.LogGroup || `/aws/lambda/${functionName}`,
  };
}

/** What is not run here is refused rather than ignored. */
function refuseUnsupported(body: Json): void {
  if (body.PackageType === "Image") {
    throw new ApiError(
      "InvalidParameterValueException",
      "the sandbox runs zip packages only, not container images",
    );
  }
  if (Array.isArray(body.Layers) && body.Layers.length > 0) {
    throw new ApiError(
      "InvalidParameterValueException",
      "the sandbox runs no layers; put what they hold into the zip",
    );
  }
  if (Array.isArray(body.FileSystemConfigs) && body.FileSystemConfigs.length > 0) {
    throw new ApiError("InvalidParameterValueException", "the sandbox mounts no file systems");
  }
}

function checkRuntime(runtime: unknown): void {
  if (runtime !== undefined && !RUNTIMES.includes(runtime as (typeof RUNTIMES)[number])) {
    throw new ApiError(
      "InvalidParameterValueException",
      `Value ${String(runtime)} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${RUNTIMES.join(", ")}] or be a valid ARN`,
    );
  }
}

/**
 * Reads and checks the settings in a request body (AWS Lambda API reference; the limits are Lambda's quotas).
 * @returns those that the request has
 * @throws ApiError that says what AWS would
 */
export function readFunctionSettings(body: Json, functionName: string): FunctionSettings {
  refuseUnsupported(body);
  const constraints = new Constraints(body);
  const settings: FunctionSettings = {
    Runtime: body.Runtime as FunctionSettings["Runtime"],
    Role: constraints.text("Role", 2048, /^arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/),
    Handler: constraints.text("Handler", 128, /^[^\s]+$/),
    Description: constraints.text("Description", 256),
    Timeout: constraints.integer("Timeout", 1, 900),
    MemorySize: constraints.integer("MemorySize", 128, 10_240),
    KMSKeyArn: constraints.text("KMSKeyArn", 2048),
  };
  constraints.check();
  checkRuntime(body.Runtime);
  if (body.Environment !== undefined) {
    settings.Environment = environmentOf(body);
  }
  if (body.LoggingConfig !== undefined) {
    settings.LoggingConfig = loggingOf(body, functionName);
  }
  if (body.TracingConfig !== undefined) {
    const { Mode } = body.TracingConfig as { Mode?: "Active" | "PassThrough" };
    settings.TracingConfig = { Mode: Mode ?? "PassThrough" };
  }
  if (body.EphemeralStorage !== undefined) {
    settings.EphemeralStorage = body.EphemeralStorage as { Size: number };
  }
  if (body.DeadLetterConfig !== undefined) {
    settings.DeadLetterConfig = body.DeadLetterConfig as { TargetArn?: string };
  }
  if (body.VpcConfig !== undefined) {
    const vpc = body.VpcConfig as { SubnetIds?: string[]; SecurityGroupIds?: string[] };
    const { SubnetIds = [], SecurityGroupIds = [] } = vpc;
    settings.VpcConfig = { SubnetIds, SecurityGroupIds, VpcId: "", Ipv6AllowedForDualStack: false };
  }
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

/** The settings of a function whose request leaves them out (AWS Lambda API reference). */
export function defaultSettings(functionName: string) {
  return {
    Description: "",
    Timeout: 3,
    MemorySize: 128,
    TracingConfig: { Mode: "PassThrough" as const },
    EphemeralStorage: { Size: 512 },
    SnapStart: { ApplyOn: "None" as const, OptimizationStatus: "Off" as const },
    LoggingConfig: loggingOf({}, functionName),
  };
}
