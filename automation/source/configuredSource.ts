import { RowstreamError } from "../errors";
import {
  type ConfiguredSource,
  connectionFromConfiguration,
  type SourceConnection,
} from "./sourceConnection";

/** The JSON text of an object in a stack's configuration, read; an empty object where the key is not set. */
export function configObject<T>(configuration: Readonly<Record<string, string>>, key: string): Partial<T> {
  return JSON.parse(configuration[`rowstream:${key}`] || "{}") as Partial<T>;
}

/**
 * The connection to the source that a stack's configuration names; its credentials may be in Secrets Manager.
 *
 * @param configuration the stack's configuration by full key, secrets in the clear.
 * @throws RowstreamError `SourceNotReadable` where something is missing, or the secret cannot be read
 */
export async function configuredConnection(
  configuration: Readonly<Record<string, string>>,
): Promise<SourceConnection> {
  const source = configObject<ConfiguredSource & { secretArn: string }>(configuration, "source");
  if (source.secretArn === undefined) {
    return connectionFromConfiguration(source, configuration["rowstream:sourcePassword"]);
  }
  const { password, ...secret } = await readSecret(source.secretArn);
  return connectionFromConfiguration({ ...source, ...secret }, password);
}

/** What DMS reads from a source's secret (AWS DMS user guide, security_iam_secretsmanager). */
interface SourceSecret {
  host?: string;
  port?: number;
  username?: string;
  password?: string;
}

async function readSecret(arn: string): Promise<SourceSecret> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
  const region = arn.split(":")[3] ?? "";
  try {
    const { SecretString = "" } = await new SecretsManagerClient({ region }).send(
      new GetSecretValueCommand({ SecretId: arn }),
    );
    const { host, port, username, password } = JSON.parse(SecretString) as SourceSecret;
    return {
      ...(host !== undefined && { host }),
      ...(port !== undefined && { port: Number(port) }),
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
    };
  } catch (error) {
    // A parser's message would show the beginning of the secret.
    const reason = error instanceof SyntaxError ? "it is no JSON" : (error as Error).message;
    throw new RowstreamError(
      "SourceNotReadable",
      "user",
      `the source's secret ${arn} cannot be read: ${reason}`,
      { remedy: "name the way to it with --source ENGINE://USER@HOST:PORT/DATABASE" },
    );
  }
}
