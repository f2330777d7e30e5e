import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { DEFAULT_FUNCTION, type FunctionOptions } from "./functionOptions";
import { type Bundle, lambdaCodePaths } from "./lambdaCode";
import { trustPolicy } from "./policyDocument";

/** The arguments of a function, as a transform sees them. */
export type LambdaFunctionArgs = aws.lambda.CallbackFunctionArgs<unknown, unknown>;

/** What differs from one function of a pipeline to the next. */
export interface LambdaFunctionSettings extends Pick<FunctionOptions, "memoryMib" | "timeoutSeconds"> {
  /** What the function is for, in a few words. */
  description: string;
  /** What Pulumi serializes: a factory of a few lines that requires the bundle. */
  callbackFactory: () => unknown;
  /** The bundled logic that the factory requires. */
  bundle: Bundle;
  /** Packages of package.json to ship beside the bundle. Default: none. */
  packages?: readonly string[];
  /** The function's role; undefined only where Pulumi may make one. */
  roleArn: pulumi.Input<string> | undefined;
  /** The name of the group of its logs. */
  logGroupName: pulumi.Input<string>;
  /** Its environment. */
  variables: Record<string, pulumi.Input<string>>;
  /** The key of its environment. */
  kmsKeyArn: pulumi.Input<string>;
}

/** The arguments of a function: Node.js on arm64, its code a serialized callback with a bundle beside it. */
export function lambdaFunctionArgs(settings: LambdaFunctionSettings): LambdaFunctionArgs {
  return {
    description: `rowstream: ${settings.description}`,
    callbackFactory: settings.callbackFactory as () => () => Promise<unknown>,
    codePathOptions: lambdaCodePaths(settings.bundle, settings.packages),
    // Each is set although some are Pulumi's defaults: an unset one moves with an upgrade of the provider.
    runtime: "nodejs22.x",
    architectures: ["arm64"],
    memorySize: settings.memoryMib ?? DEFAULT_FUNCTION.memoryMib,
    timeout: settings.timeoutSeconds ?? DEFAULT_FUNCTION.timeoutSeconds,
    role: settings.roleArn,
    loggingConfig: { logFormat: "Text", logGroup: settings.logGroupName },
    environment: { variables: settings.variables },
    kmsKeyArn: settings.kmsKeyArn,
  };
}

/** The arguments of a function's role, which Lambda assumes. */
export function lambdaRoleArgs(description: string): aws.iam.RoleArgs {
  return { description: `rowstream: ${description}`, assumeRolePolicy: trustPolicy("lambda.amazonaws.com") };
}

/** The arguments of the group of a function's logs. */
export function lambdaLogGroupArgs({
  kmsKeyArn,
  logRetentionDays = DEFAULT_FUNCTION.logRetentionDays,
}: {
  kmsKeyArn: pulumi.Input<string>;
  logRetentionDays?: pulumi.Input<number> | undefined;
}): aws.cloudwatch.LogGroupArgs {
  return { retentionInDays: logRetentionDays, kmsKeyId: kmsKeyArn };
}
