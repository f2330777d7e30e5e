import {
  CreateEndpointCommand,
  type CreateEndpointCommandInput,
  DeleteEndpointCommand,
  DescribeEndpointsCommand,
  type Endpoint,
  ModifyEndpointCommand,
  type ReplicationTask,
} from "@aws-sdk/client-database-migration-service";
import { readDmsTags, writeDmsTags } from "../../dmsTags";
import { listTasks, startTask, stopTask } from "../../dmsTasks";
import { isObject, type Properties } from "../../properties";
import type { Context, ResourceType } from "../../resourceType";
import type { CheckFailure } from "../../schema";
import { unlessError, waitFor } from "../../waitFor";
import { fromWire, toWire } from "../../wireNames";

/** How an engine's settings are called by the provider and by DMS. The last three have no block of their own. */
const ENGINES: Record<string, { own?: string; wire: keyof Endpoint & keyof CreateEndpointCommandInput }> = {
  aurora: { own: "mysqlSettings", wire: "MySQLSettings" },
  "aurora-postgresql": { own: "postgresSettings", wire: "PostgreSQLSettings" },
  db2: { wire: "IBMDb2Settings" },
  mariadb: { own: "mysqlSettings", wire: "MySQLSettings" },
  mysql: { own: "mysqlSettings", wire: "MySQLSettings" },
  oracle: { own: "oracleSettings", wire: "OracleSettings" },
  postgres: { own: "postgresSettings", wire: "PostgreSQLSettings" },
  sqlserver: { wire: "MicrosoftSQLServerSettings" },
  sybase: { wire: "SybaseSettings" },
};

/** aws.dms.Endpoint on the sandbox's DMS: the SQL engines as sources, DynamoDB as the target. Its id is its own. */
export const endpoint: ResourceType = {
  replaceOn: ["endpointId", "kmsKeyArn"],
  providerOnly: ["pauseReplicationTasks"],
  unsupported: [
    "elasticsearchSettings",
    "kafkaSettings",
    "kinesisSettings",
    "mongodbSettings",
    "redisSettings",
    "redshiftSettings",
  ],
  check: checkEndpoint,

  async create(inputs, context) {
    const id = String(inputs.endpointId);
    await context.clients.dms.send(
      new CreateEndpointCommand({
        ...(parameters(inputs) as unknown as CreateEndpointCommandInput),
        KmsKeyId: inputs.kmsKeyArn as string | undefined,
        Tags: Object.entries((inputs.tags ?? {}) as Record<string, string>).map(([Key, Value]) => ({
          Key,
          Value,
        })),
      }),
    );
    return id;
  },

  async read(id, context, known) {
    const found = await find(id, context);
    if (found === undefined || found.Status === "deleting") {
      return undefined;
    }
    const arn = found.EndpointArn ?? "";
    return {
      inputs: { ...describedInputs(found, known), tags: await readDmsTags(arn, context) },
      outputs: { endpointArn: arn },
    };
  },

  async update(id, inputs, old, context) {
    const found = await find(id, context);
    const tasks = inputs.pauseReplicationTasks === true ? await runningTasks(found, context) : [];
    for (const task of tasks) {
      await stopTask(task, context);
    }
    await context.clients.dms.send(
      new ModifyEndpointCommand({ ...parameters(inputs), EndpointArn: found?.EndpointArn }),
    );
    await writeDmsTags(found?.EndpointArn ?? "", old, inputs, context);
    for (const task of tasks) {
      await startTask(task, context);
    }
  },

  async delete(id, state, context) {
    const found = await find(id, context);
    if (found === undefined) {
      return;
    }
    if (state.pauseReplicationTasks === true) {
      for (const task of await runningTasks(found, context)) {
        await stopTask(task, context);
      }
    }
    await unlessError(
      context.clients.dms.send(new DeleteEndpointCommand({ EndpointArn: found.EndpointArn })),
      "ResourceNotFoundFault",
    );
    await waitFor(context, `endpoint ${id} to be gone`, async () =>
      (await find(id, context)) === undefined ? true : undefined,
    );
  },
};

function checkEndpoint(inputs: Properties): CheckFailure[] {
  const engine = String(inputs.engineName);
  if (engine === "dynamodb") {
    return inputs.serviceAccessRole === undefined
      ? [{ property: "serviceAccessRole", reason: "it is required of a dynamodb endpoint" }]
      : [];
  }
  if (ENGINES[engine] === undefined) {
    const known = [...Object.keys(ENGINES), "dynamodb"].join(", ");
    return [{ property: "engineName", reason: `"${engine}" has no stand-in; the sandbox knows ${known}` }];
  }
  const both = ["username", "password", "serverName", "port"].filter((name) => inputs[name] !== undefined);
  return inputs.secretsManagerArn !== undefined && both.length > 0
    ? [{ property: "secretsManagerArn", reason: `it excludes ${both.join(", ")}` }]
    : [];
}

/** The connection is given twice, among the engine's settings and outside of them, as the real provider does. */
function parameters(inputs: Properties): Properties {
  const engine = ENGINES[String(inputs.engineName)];
  const connection: Properties = {
    ServerName: inputs.serverName,
    Port: inputs.port,
    DatabaseName: inputs.databaseName,
    Username: inputs.username,
    Password: inputs.password,
  };
  const secret: Properties = {
    SecretsManagerSecretId: inputs.secretsManagerArn,
    SecretsManagerAccessRoleArn: inputs.secretsManagerAccessRoleArn,
    DatabaseName: inputs.databaseName,
  };
  const usesSecret = inputs.secretsManagerArn !== undefined;
  const own = engine?.own === undefined ? undefined : inputs[engine.own];
  return {
    EndpointIdentifier: inputs.endpointId,
    EndpointType: inputs.endpointType,
    EngineName: inputs.engineName,
    SslMode: inputs.sslMode,
    CertificateArn: inputs.certificateArn,
    ExtraConnectionAttributes: inputs.extraConnectionAttributes,
    ...(usesSecret ? { DatabaseName: inputs.databaseName } : connection),
    ...(engine && {
      [engine.wire]: {
        ...(usesSecret ? secret : connection),
        ...(isObject(own) && (toWire(own) as Properties)),
      },
    }),
    ...(inputs.engineName === "dynamodb" && {
      DynamoDbSettings: { ServiceAccessRoleArn: inputs.serviceAccessRole },
    }),
  };
}

/** DMS tells no password; the state keeps the one that was given. */
function describedInputs(found: Endpoint, known: Properties): Properties {
  const engine = ENGINES[found.EngineName ?? ""];
  const settings = (engine && (found[engine.wire] as Properties | undefined)) ?? {};
  const { secretsManagerSecretId, secretsManagerAccessRoleArn, ...others } = fromWire(settings) as Properties;
  const own = engine?.own;
  return {
    endpointId: found.EndpointIdentifier,
    endpointType: found.EndpointType?.toLowerCase(),
    engineName: found.EngineName,
    sslMode: found.SslMode ?? "none",
    certificateArn: found.CertificateArn ?? "",
    extraConnectionAttributes: found.ExtraConnectionAttributes ?? "",
    kmsKeyArn: found.KmsKeyId ?? known.kmsKeyArn,
    serverName: found.ServerName,
    port: found.Port,
    databaseName: found.DatabaseName,
    username: found.Username,
    serviceAccessRole: found.DynamoDbSettings?.ServiceAccessRoleArn,
    secretsManagerArn: secretsManagerSecretId,
    secretsManagerAccessRoleArn,
    ...(own !== undefined &&
      isObject(known[own]) && { [own]: { ...known[own], ...overlap(known[own], others) } }),
  };
}

/** The settings that the program gave, as DMS has them. */
function overlap(known: Properties, actual: Properties): Properties {
  return Object.fromEntries(Object.entries(actual).filter(([name]) => name in known));
}

async function find(id: string, { clients }: Context): Promise<Endpoint | undefined> {
  const Filters = [{ Name: "endpoint-id", Values: [id] }];
  const answer = await unlessError(
    clients.dms.send(new DescribeEndpointsCommand({ Filters })),
    "ResourceNotFoundFault",
  );
  return answer?.Endpoints?.find(({ EndpointIdentifier }) => EndpointIdentifier === id);
}

async function runningTasks(found: Endpoint | undefined, context: Context): Promise<ReplicationTask[]> {
  const tasks = await listTasks(context);
  return tasks.filter(
    ({ Status, SourceEndpointArn, TargetEndpointArn }) =>
      Status === "running" && [SourceEndpointArn, TargetEndpointArn].includes(found?.EndpointArn),
  );
}
