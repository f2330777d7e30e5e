import { createHash } from "node:crypto";

/** Kinesis Data Streams API reference, PutRecords: a partition key has 1 to 256 characters. */
const MAX_CHARACTERS = 256;

/**
 * The Kinesis partition key of a row, which puts all events of the row on one shard and is the unit of order
 * inside the fan-in. Whoever publishes an event of the row by another way must use the same.
 *
 * A table's name in DynamoDB holds no `{`, so no two rows share a key. The SHA-256 that stands in for a long key
 * holds none at all, so it is nobody's plain key.
 *
 * @param tableName the DynamoDB table's name, which is unique in its account and Region
 * @param keyText the row's key as JSON text, as `keyText` writes it
 */
export function partitionKey(tableName: string, keyText: string): string {
  const plain = tableName + keyText;
  return plain.length <= MAX_CHARACTERS ? plain : createHash("sha256").update(plain).digest("hex");
}
