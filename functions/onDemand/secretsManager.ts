// A file of its own in the zip, which is loaded where a column is hashed: see scripts/build/bundleLambdas.mjs.
export { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
