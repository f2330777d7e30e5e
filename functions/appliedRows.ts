import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  type KeysAndAttributes,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { backOff } from "./publish";

/**
 * Remembers, for each row, the sequence of the last event that was handled: what a consumer must keep to tell a
 * repeat from news (docs/guarantees.md).
 */
export interface AppliedRows {
  /** The last sequence of each row of these that has one. */
  read(rows: readonly string[], signal: AbortSignal): Promise<Map<string, string>>;
  /** Notes that a row's event was handled; a sequence that is not higher than the one known changes nothing. */
  write(row: string, sequence: string, signal: AbortSignal): Promise<void>;
}

/** The partition key of the table: a row of the source. */
export const ROW_ATTRIBUTE = "row";

/** The attribute after whose time DynamoDB removes an item, in seconds since 1970. */
export const EXPIRY_ATTRIBUTE = "expires";

/** DynamoDB API reference, BatchGetItem: at most 100 items. */
const MAX_KEYS = 100;

const SECONDS_A_DAY = 86_400;

/**
 * The table in which a handler remembers rows. A row is named by the hash of its partition key in the change stream:
 * the key itself may say whose row it is.
 *
 * @param days how long a row is remembered after its last event
 */
export function appliedRows(client: DynamoDBClient, tableName: string, days: number): AppliedRows {
  const keyOf = (row: string) => ({ [ROW_ATTRIBUTE]: { S: hashed(row) } });
  return {
    async read(rows, signal) {
      const names = new Map(rows.map((row) => [hashed(row), row]));
      const found = new Map<string, string>();
      let waiting = rows.map(keyOf);
      let failures = 0;
      while (waiting.length > 0) {
        const asked: KeysAndAttributes = { Keys: waiting.slice(0, MAX_KEYS), ConsistentRead: true };
        const answer = await client.send(new BatchGetItemCommand({ RequestItems: { [tableName]: asked } }), {
          abortSignal: signal,
        });
        for (const item of answer.Responses?.[tableName] ?? []) {
          const row = names.get(item[ROW_ATTRIBUTE]?.S ?? "");
          if (row !== undefined && item.sequence?.S !== undefined) {
            found.set(row, item.sequence.S);
          }
        }
        const again = (answer.UnprocessedKeys?.[tableName]?.Keys ?? []) as typeof waiting;
        waiting = [...again, ...waiting.slice(MAX_KEYS)];
        if (again.length > 0) {
          failures += 1;
          await sleep(backOff(failures, Math.random), undefined, { signal });
        }
      }
      return found;
    },

    async write(row, sequence, signal) {
      const expires = Math.floor(Date.now() / 1000) + days * SECONDS_A_DAY;
      const put = new PutItemCommand({
        TableName: tableName,
        Item: { ...keyOf(row), sequence: { S: sequence }, [EXPIRY_ATTRIBUTE]: { N: String(expires) } },
        ConditionExpression: "attribute_not_exists(#sequence) OR #sequence < :sequence",
        ExpressionAttributeNames: { "#sequence": "sequence" },
        ExpressionAttributeValues: { ":sequence": { S: sequence } },
      });
      try {
        await client.send(put, { abortSignal: signal });
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) {
          throw error;
        }
      }
    },
  };
}

function hashed(row: string): string {
  return createHash("sha256").update(row).digest("hex");
}
