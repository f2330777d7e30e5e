import { readHashKey } from "../functions/hashKey";
import { keyedHash } from "../functions/mask";
import { readSources, type Sources } from "../functions/sources";
import type { PipelineOutputs } from "../program";
import { RowstreamError } from "./errors";

/**
 * What the fan-in of a stack knows of the tables and their events, so that the driver publishes none in another way:
 * the same format, the same tables, the same masks under the same key.
 *
 * @throws RowstreamError `HashKeyNotReadable`
 */
export async function eventSources(
  outputs: Pick<PipelineOutputs, "region" | "eventSources" | "hashKey">,
): Promise<Sources> {
  const { region, eventSources: text, hashKey } = outputs;
  if (hashKey === undefined) {
    return readSources(text);
  }
  let key: string;
  try {
    key = await readHashKey(region, hashKey);
  } catch (error) {
    throw new RowstreamError(
      "HashKeyNotReadable",
      "user",
      `the key of the hashed columns cannot be read: ${(error as Error).message}`,
      {
        remedy: `the credentials that publish events need secretsmanager:GetSecretValue on ${hashKey.secretArn}, and kms:Decrypt on its key`,
        cause: error,
      },
    );
  }
  return readSources(text, keyedHash(key));
}
