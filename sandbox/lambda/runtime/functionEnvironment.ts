import type { RoleCredentials } from "../../roleSession";
import type { FunctionRecord } from "../functionRecord";
import type { Settings } from "../settings";

/** Variables that a function's configuration may not set (AWS Lambda developer guide, "Defined runtime environment variables"). */
export const RESERVED_VARIABLES = new Set([
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_REGION",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SECRET_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_RUNTIME_DIR",
  "LAMBDA_TASK_ROOT",
]);

/** The stream that one process logs to, in AWS's form. */
export function logStreamName(instanceId: string, now: Date): string {
  return `${now.toISOString().slice(0, 10).replaceAll("-", "/")}/[$LATEST]${instanceId.replaceAll("-", "")}`;
}

/**
 * The whole environment of a function's process: the variables that Lambda sets, the credentials of its role among
 * them, the sandbox's endpoints, and the function's own. Nothing is inherited.
 */
export function functionEnvironment(
  record: FunctionRecord,
  settings: Settings,
  credentials: RoleCredentials,
  place: { taskRoot: string; runtimeDirectory: string; runtimeApi: string; logStream: string },
): Record<string, string> {
  const { configuration } = record;
  return {
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    PATH: "/usr/local/bin:/usr/bin:/bin",
    ...settings.functionEnvironment,
    ...configuration.Environment?.Variables,
    _HANDLER: configuration.Handler,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_DEFAULT_REGION: settings.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.Runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.MemorySize),
    AWS_LAMBDA_FUNCTION_NAME: configuration.FunctionName,
    AWS_LAMBDA_FUNCTION_VERSION: configuration.Version,
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: configuration.LoggingConfig.LogGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: place.logStream,
    AWS_LAMBDA_RUNTIME_API: place.runtimeApi,
    AWS_REGION: settings.region,
    LAMBDA_RUNTIME_DIR: place.runtimeDirectory,
    LAMBDA_TASK_ROOT: place.taskRoot,
  };
}
