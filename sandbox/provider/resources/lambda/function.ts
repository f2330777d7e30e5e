import {
  type Architecture,
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  type FunctionCode,
  type FunctionConfiguration,
  GetFunctionCommand,
  PutFunctionConcurrencyCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { zipArchive } from "../../codeArchive";
import { type Properties, pick, sameValue } from "../../properties";
import type { Context, ResourceType } from "../../resourceType";
import type { CheckFailure } from "../../schema";
import { tagChanges } from "../../tags";
import { isError, unlessError, waitFor } from "../../waitFor";
import { fromWire, toWire } from "../../wireNames";

/** The configuration's inputs that Lambda's API takes under the same names. */
const CONFIGURATION = [
  "deadLetterConfig",
  "description",
  "environment",
  "ephemeralStorage",
  "handler",
  "kmsKeyArn",
  "layers",
  "loggingConfig",
  "memorySize",
  "role",
  "runtime",
  "timeout",
  "tracingConfig",
  "vpcConfig",
] as const;

const CODE = ["architectures", "code", "s3Bucket", "s3Key", "s3ObjectVersion", "sourceCodeHash"] as const;

/** What Lambda takes where nothing is said, so that an input that is taken away is set back. */
const DEFAULTS: Properties = {
  description: "",
  environment: { variables: {} },
  kmsKeyArn: "",
  layers: [],
  memorySize: 128,
  timeout: 3,
  tracingConfig: { mode: "PassThrough" },
  vpcConfig: { subnetIds: [], securityGroupIds: [] },
};

/**
 * aws.lambda.Function on the sandbox's Lambda. Its id is its name. As with the real provider, code that somebody else
 * uploaded is no drift: Lambda tells only a hash of it.
 */
export const lambdaFunction: ResourceType = {
  autoName: { property: "name", maxLength: 64 },
  replaceOn: ["name", "packageType", "tenancyConfig"],
  sets: ["layers"],
  providerOnly: ["skipDestroy", "useResourceTimeoutForPropagation"],
  unsupported: [
    "capacityProviderConfig",
    "codeSha256",
    "codeSigningConfigArn",
    "durableConfig",
    "fileSystemConfig",
    "imageConfig",
    "imageUri",
    "publish",
    "publishTo",
    "replaceSecurityGroupsOnDestroy",
    "replacementSecurityGroupIds",
    "snapStart",
    "sourceKmsKeyArn",
    "tenancyConfig",
  ],
  check: checkFunction,
  changes: (old, inputs) => [
    ...(codeChanged(old, inputs) ? ["codeSha256", "sourceCodeHash", "sourceCodeSize"] : []),
    "lastModified",
  ],

  async create(inputs, context) {
    const { lambda } = context.clients;
    const FunctionName = String(inputs.name);
    await retried(context, () =>
      lambda.send(
        new CreateFunctionCommand({
          FunctionName,
          Code: code(inputs, context),
          Architectures: inputs.architectures as Architecture[] | undefined,
          PackageType: "Zip",
          Tags: inputs.tags as Record<string, string> | undefined,
          ...(toWireConfiguration(inputs) as Omit<CreateFunctionCommandInput, "Code" | "FunctionName">),
        }),
      ),
    );
    context.made(FunctionName);
    await settled(FunctionName, context);
    await putConcurrency(FunctionName, inputs, {}, context);
    return FunctionName;
  },

  async read(id, context) {
    const found = await unlessError(
      context.clients.lambda.send(new GetFunctionCommand({ FunctionName: id })),
      "ResourceNotFoundException",
    );
    const configuration = found?.Configuration;
    if (configuration === undefined) {
      return undefined;
    }
    return {
      inputs: {
        ...describedConfiguration(configuration),
        reservedConcurrentExecutions: found?.Concurrency?.ReservedConcurrentExecutions ?? -1,
        tags: found?.Tags ?? {},
      },
      outputs: describedOutputs(configuration, context),
    };
  },

  async update(id, inputs, old, context) {
    const { lambda } = context.clients;
    if (CONFIGURATION.some((name) => !sameValue(inputs[name], old[name]))) {
      await retried(context, () =>
        lambda.send(
          new UpdateFunctionConfigurationCommand({
            FunctionName: id,
            ...toWireConfiguration({ ...DEFAULTS, ...pick(inputs, CONFIGURATION) }),
          }),
        ),
      );
      await settled(id, context);
    }
    if (codeChanged(old, inputs)) {
      await lambda.send(
        new UpdateFunctionCodeCommand({
          FunctionName: id,
          ...code(inputs, context),
          Architectures: (inputs.architectures as Architecture[] | undefined) ?? ["x86_64"],
        }),
      );
      await settled(id, context);
    }
    await putConcurrency(id, inputs, old, context);
    const { set, remove } = tagChanges(old.tags, inputs.tags);
    const Resource = arnOf(id, context);
    if (remove.length > 0) {
      await lambda.send(new UntagResourceCommand({ Resource, TagKeys: remove }));
    }
    if (Object.keys(set).length > 0) {
      await lambda.send(new TagResourceCommand({ Resource, Tags: set }));
    }
  },

  async delete(id, { skipDestroy }, { clients }) {
    if (skipDestroy !== true) {
      await unlessError(
        clients.lambda.send(new DeleteFunctionCommand({ FunctionName: id })),
        "ResourceNotFoundException",
      );
    }
  },
};

function checkFunction(inputs: Properties): CheckFailure[] {
  const failures: CheckFailure[] = [];
  if (inputs.packageType !== undefined && inputs.packageType !== "Zip") {
    failures.push({ property: "packageType", reason: `"${inputs.packageType}" has no stand-in; use Zip` });
  }
  if (inputs.code === undefined && inputs.s3Bucket === undefined) {
    failures.push({ property: "code", reason: "it is missing; give code, or s3Bucket with s3Key" });
  }
  for (const property of ["handler", "runtime"]) {
    if (inputs[property] === undefined) {
      failures.push({ property, reason: "it is required of a function in a zip" });
    }
  }
  return failures;
}

function codeChanged(old: Properties, inputs: Properties): boolean {
  return CODE.some((name) => !sameValue(old[name], inputs[name]));
}

function code(
  inputs: Properties,
  { projectFolder }: Context,
): Pick<FunctionCode, "ZipFile" | "S3Bucket" | "S3Key" | "S3ObjectVersion"> {
  return inputs.code === undefined
    ? {
        S3Bucket: inputs.s3Bucket as string | undefined,
        S3Key: inputs.s3Key as string | undefined,
        S3ObjectVersion: inputs.s3ObjectVersion as string | undefined,
      }
    : { ZipFile: zipArchive(inputs.code, projectFolder) };
}

/** Environment variables and the like are names of the user's own: only the outer names are spelt for the wire. */
function toWireConfiguration(inputs: Properties): Properties {
  const { environment, ...others } = pick(inputs, CONFIGURATION);
  const variables = (environment as Properties | undefined)?.variables;
  return {
    ...(toWire(others, { kmsKeyArn: "KMSKeyArn" }) as Properties),
    ...(environment !== undefined && { Environment: { Variables: variables ?? {} } }),
  };
}

function describedConfiguration(found: FunctionConfiguration): Properties {
  const { SubnetIds: subnetIds = [], SecurityGroupIds: securityGroupIds = [] } = found.VpcConfig ?? {};
  return {
    // The sandbox has no network to connect a function to: what is asked for is kept, and told again.
    ...(subnetIds.length > 0 && { vpcConfig: { subnetIds, securityGroupIds } }),
    name: found.FunctionName,
    description: found.Description ?? "",
    role: found.Role,
    handler: found.Handler,
    runtime: found.Runtime,
    memorySize: found.MemorySize,
    timeout: found.Timeout,
    architectures: found.Architectures,
    packageType: found.PackageType ?? "Zip",
    kmsKeyArn: found.KMSKeyArn ?? "",
    layers: (found.Layers ?? []).map(({ Arn }) => Arn),
    environment: { variables: found.Environment?.Variables ?? {} },
    ephemeralStorage: { size: found.EphemeralStorage?.Size ?? 512 },
    deadLetterConfig: { targetArn: found.DeadLetterConfig?.TargetArn ?? "" },
    tracingConfig: { mode: found.TracingConfig?.Mode ?? "PassThrough" },
    loggingConfig: fromWire(
      found.LoggingConfig ?? { LogFormat: "Text", LogGroup: `/aws/lambda/${found.FunctionName}` },
    ),
  };
}

function describedOutputs(found: FunctionConfiguration, context: Context): Properties {
  const arn = found.FunctionArn ?? arnOf(found.FunctionName ?? "", context);
  const invokeArn = (path: string, target: string) =>
    `arn:${context.partition}:apigateway:${context.region}:lambda:path/${path}/functions/${target}/invocations`;
  return {
    arn,
    qualifiedArn: `${arn}:$LATEST`,
    invokeArn: invokeArn("2015-03-31", arn),
    qualifiedInvokeArn: invokeArn("2015-03-31", `${arn}:$LATEST`),
    responseStreamingInvokeArn: invokeArn("2021-11-15", arn).replace(
      "/invocations",
      "/response-streaming-invocations",
    ),
    codeSha256: found.CodeSha256,
    sourceCodeHash: found.CodeSha256,
    sourceCodeSize: found.CodeSize,
    lastModified: found.LastModified,
    signingJobArn: "",
    signingProfileVersionArn: "",
    version: "$LATEST",
  };
}

function arnOf(name: string, { partition, region, accountId }: Context): string {
  return `arn:${partition}:lambda:${region}:${accountId}:function:${name}`;
}

/** Lambda takes no further change until the last one is through. */
function settled(FunctionName: string, context: Context): Promise<true> {
  return waitFor(context, `function ${FunctionName} to be active`, async () => {
    const { Configuration } = await context.clients.lambda.send(new GetFunctionCommand({ FunctionName }));
    const { State, StateReason, LastUpdateStatus, LastUpdateStatusReason } = Configuration ?? {};
    if (State === "Failed" || LastUpdateStatus === "Failed") {
      throw new Error(
        `function ${FunctionName} failed: ${StateReason ?? LastUpdateStatusReason ?? "no reason given"}`,
      );
    }
    return State !== "Pending" && LastUpdateStatus !== "InProgress" ? true : undefined;
  });
}

/** As the real provider: a change under way elsewhere is waited for. */
function retried<T>(context: Context, call: () => Promise<T>): Promise<T> {
  return waitFor(context, "the function's other update to end", async () => {
    try {
      return await call();
    } catch (error) {
      if (isError(error, "ResourceConflictException") && /in progress/i.test(String(error))) {
        return undefined;
      }
      throw error;
    }
  });
}

async function putConcurrency(FunctionName: string, inputs: Properties, old: Properties, context: Context) {
  const { lambda } = context.clients;
  const wanted = Number(inputs.reservedConcurrentExecutions ?? -1);
  if (wanted === Number(old.reservedConcurrentExecutions ?? -1)) {
    return;
  }
  await (wanted < 0
    ? lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }))
    : lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: wanted })));
}
