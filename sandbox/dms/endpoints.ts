import type { MySQLSettings, PostgreSQLSettings } from "@aws-sdk/client-database-migration-service";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { z } from "zod";
import { type Behaviour, parseBehaviour } from "./behaviour";
import type { DmsRoles } from "./roles";
import type { MysqlConnection } from "./source/mysql/connection";
import { MysqlSource } from "./source/mysql/mysqlSource";
import { PostgresSource } from "./source/postgres/postgresSource";
import { type Source, SourceFault, type ValueOptions } from "./source/source";
import type { StoredEndpoint } from "./store";
import type { TaskSettings } from "./taskSettings";

/** The engines that the stand-in reads; the API takes endpoints of all of DMS's. */
const POSTGRES_ENGINES = ["postgres", "aurora-postgresql"];
const MYSQL_ENGINES = ["mysql", "mariadb", "aurora"];

/** The secret of an endpoint, as DMS reads it (AWS DMS user guide, security_iam_secretsmanager). */
const secretSchema = z.object({
  username: z.string(),
  password: z.string(),
  host: z.string(),
  port: z.coerce.number().int(),
});

const attributeValue = (attributes: string | undefined, name: string): string | undefined =>
  attributes
    ?.split(";")
    .map((pair) => pair.split("="))
    .find(([key]) => key?.trim().toLowerCase() === name.toLowerCase())?.[1]
    ?.trim();

/** Reads a secret in the role that the endpoint names for it. */
async function readSecret(roles: DmsRoles, id: string, roleArn = ""): Promise<z.output<typeof secretSchema>> {
  const { SecretString } = await roles.secrets(roleArn).send(new GetSecretValueCommand({ SecretId: id }));
  const parsed = secretSchema.safeParse(JSON.parse(SecretString ?? "{}"));
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => issue.path.join(".")).join(", ");
    throw new SourceFault(
      `the secret ${id} must be JSON with username, password, host and port; faulty: ${fields}`,
    );
  }
  return parsed.data;
}

/** Where an endpoint leads, its password read from Secrets Manager where it names a secret. */
async function connectionOf(
  { endpoint, password }: StoredEndpoint,
  settings: PostgreSQLSettings | MySQLSettings,
  port: number,
  roles: DmsRoles,
): Promise<MysqlConnection> {
  const secretId = settings.SecretsManagerSecretId;
  const secret =
    secretId === undefined
      ? undefined
      : await readSecret(roles, secretId, settings.SecretsManagerAccessRoleArn);
  const host = secret?.host ?? settings.ServerName ?? endpoint.ServerName;
  if (host === undefined) {
    throw new SourceFault(`the endpoint ${endpoint.EndpointIdentifier} names no server`);
  }
  return {
    host,
    database: settings.DatabaseName ?? endpoint.DatabaseName,
    port: secret?.port ?? settings.Port ?? endpoint.Port ?? port,
    user: secret?.username ?? settings.Username ?? endpoint.Username ?? "",
    password: secret?.password ?? password,
    sslMode: endpoint.SslMode ?? "none",
  };
}

/** How the endpoint and the task's settings tell DMS to treat values. */
function valueOptions(
  { endpoint }: StoredEndpoint,
  settings: TaskSettings | undefined,
  behaviour: Behaviour,
): ValueOptions {
  const metadata = settings?.TargetMetadata;
  const limited = metadata?.LimitedSizeLobMode === true && !metadata.FullLobMode;
  const asBoolean = attributeValue(endpoint.ExtraConnectionAttributes, "MapBooleanAsBoolean");
  return {
    supportLobs: metadata?.SupportLobs ?? true,
    lobMaxBytes: limited ? metadata.LobMaxSize * 1024 : undefined,
    booleanAsBoolean: endpoint.PostgreSQLSettings?.MapBooleanAsBoolean ?? asBoolean?.toLowerCase() === "true",
    behaviour,
  };
}

/**
 * The source that an endpoint leads to.
 * @param id the id of the task that reads it
 * @param behaviour decides about values; no matter where none is read
 * @throws SourceFault where the stand-in does not read this engine or the endpoint is incomplete
 */
export async function openSource(
  stored: StoredEndpoint,
  id: string,
  settings: TaskSettings | undefined,
  roles: DmsRoles,
  behaviour: Behaviour = parseBehaviour(undefined),
): Promise<Source> {
  const { endpoint } = stored;
  const engine = endpoint.EngineName ?? "";
  const values = valueOptions(stored, settings, behaviour);
  if (POSTGRES_ENGINES.includes(engine)) {
    const connection = await connectionOf(stored, endpoint.PostgreSQLSettings ?? {}, 5432, roles);
    const { database } = connection;
    if (database === undefined) {
      throw new SourceFault(`the endpoint ${endpoint.EndpointIdentifier} names no database`);
    }
    return new PostgresSource({ ...connection, database }, id, values);
  }
  if (MYSQL_ENGINES.includes(engine)) {
    const connection = await connectionOf(stored, endpoint.MySQLSettings ?? {}, 3306, roles);
    return new MysqlSource(connection, id, values);
  }
  throw new SourceFault(
    `the DMS stand-in reads no ${engine} database; it reads ${[...POSTGRES_ENGINES, ...MYSQL_ENGINES].join(", ")}`,
  );
}
