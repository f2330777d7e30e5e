import { NodeHttpHandler } from "@smithy/node-http-handler";

/** Where the key of the hashes is. */
export interface HashKeyPlace {
  /** The ARN of its secret in Secrets Manager. */
  secretArn: string;
  /** The version of the secret: whatever reads the key, at whatever time, reads the same one. */
  versionId: string;
}

const CONNECTION_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT_MS = 5_000;

/** Reads the key from its secret. Rejects where it cannot, or where the secret holds no text. */
export async function readHashKey(
  region: string,
  { secretArn, versionId }: HashKeyPlace,
  signal?: AbortSignal,
): Promise<string> {
  // Loaded here: few functions hash a column, and the others start without it.
  const { GetSecretValueCommand, SecretsManagerClient } = await import("./onDemand/secretsManager.js");
  const client = new SecretsManagerClient({
    region,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    }),
  });
  try {
    const { SecretString } = await client.send(
      new GetSecretValueCommand({ SecretId: secretArn, VersionId: versionId }),
      { ...(signal && { abortSignal: signal }) },
    );
    if (!SecretString) {
      throw new Error(`the secret ${secretArn} holds no text that could be the key of the hashes`);
    }
    return SecretString;
  } finally {
    client.destroy();
  }
}
