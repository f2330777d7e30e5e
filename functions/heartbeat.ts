import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { type HeartbeatConnection, OPEN_SESSION, type OpenSession } from "./heartbeat/heartbeatSession";
import { HEARTBEAT_FAMILIES, type HeartbeatFamily, type HeartbeatTable } from "./heartbeat/heartbeatSql";
import { writeHeartbeat } from "./heartbeat/writeHeartbeat";

const SECRET_CONNECTION_TIMEOUT_MS = 2_000;
const SECRET_REQUEST_TIMEOUT_MS = 5_000;

const SSL_MODES = ["none", "require", "verify-ca", "verify-full"] as const;

/** What the function's environment variables say. */
interface Environment extends HeartbeatTable {
  region: string;
  family: HeartbeatFamily;
  secretArn: string;
  port: number;
  database: string;
  sslMode: HeartbeatConnection["sslMode"];
}

/** What the source's secret holds (AWS DMS user guide, security_iam_secretsmanager). */
type SourceSecret = Pick<HeartbeatConnection, "host" | "username" | "password"> & { port?: number | string };

/**
 * Makes the heartbeat: the Lambda function that writes one row to the source, `(id, written_at)`, again and again. The
 * credentials are read for each heartbeat, so that a password that is changed needs no deployment.
 *
 * @param environment `FAMILY`, `SECRET_ARN`, `DATABASE`, `SSL_MODE`, `PORT`, `HEARTBEAT_SCHEMA` and `HEARTBEAT_TABLE`,
 *   besides Lambda's own
 * @param open how a session is opened; for tests
 * @throws Error that names the variables at fault
 */
export function createHeartbeat(
  environment: NodeJS.ProcessEnv,
  open?: OpenSession,
): () => Promise<HeartbeatTable> {
  const { region, secretArn, family, port, database, sslMode, schema, table } = readEnvironment(environment);
  const secrets = new SecretsManagerClient({
    region,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: SECRET_CONNECTION_TIMEOUT_MS,
      requestTimeout: SECRET_REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    }),
  });

  async function readSecret(): Promise<SourceSecret> {
    const { SecretString = "" } = await secrets
      .send(new GetSecretValueCommand({ SecretId: secretArn }))
      .catch((error: Error) => {
        throw new Error(
          `the source's secret ${secretArn} cannot be read (${error.message}); the function's role needs secretsmanager:GetSecretValue and kms:Decrypt, and its subnets a way to Secrets Manager`,
        );
      });
    try {
      return JSON.parse(SecretString) as SourceSecret;
    } catch {
      // A parser's message would show the beginning of the secret.
      throw new Error(
        `the source's secret ${secretArn} holds no JSON; it needs username, password, host and port`,
      );
    }
  }

  return async () => {
    const { host, username, password, ...secret } = await readSecret();
    const connection = { host, port: Number(secret.port ?? port), database, username, password, sslMode };
    const session = await (open ?? OPEN_SESSION[family])(connection).catch((error: Error) => {
      throw new Error(
        `the heartbeat cannot connect to the source at ${connection.host}:${connection.port} (${error.message}); it goes there as DMS does: from the replication's subnets and security groups, with the same user and sslMode ${sslMode}`,
      );
    });
    try {
      await writeHeartbeat(session, family, { schema, table });
    } finally {
      // What was written is committed.
      await session.close().catch(() => undefined);
    }
    return { schema, table };
  };
}

function readEnvironment(environment: NodeJS.ProcessEnv): Environment {
  const given = (name: string) => environment[name] ?? "";
  const faults = ["AWS_REGION", "SECRET_ARN", "HEARTBEAT_SCHEMA", "HEARTBEAT_TABLE"]
    .filter((name) => given(name) === "")
    .map((name) => `${name} is not set`);
  const family = HEARTBEAT_FAMILIES.find((name) => name === given("FAMILY"));
  const sslMode = SSL_MODES.find((name) => name === given("SSL_MODE"));
  if (family === undefined) faults.push(`FAMILY is none of ${HEARTBEAT_FAMILIES.join(", ")}`);
  if (sslMode === undefined) faults.push(`SSL_MODE is none of ${SSL_MODES.join(", ")}`);
  if (!(Number(given("PORT")) > 0)) faults.push("PORT is no port");
  if (family === undefined || sslMode === undefined || faults.length > 0) {
    throw new Error(
      `the heartbeat's environment is incomplete: ${faults.join("; ")}; deploy the function with the Heartbeat component, which sets it`,
    );
  }
  return {
    region: given("AWS_REGION"),
    family,
    secretArn: given("SECRET_ARN"),
    port: Number(given("PORT")),
    database: given("DATABASE"),
    sslMode,
    schema: given("HEARTBEAT_SCHEMA"),
    table: given("HEARTBEAT_TABLE"),
  };
}
