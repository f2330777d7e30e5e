import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
  ResourceNotFoundException,
} from "@aws-sdk/client-dynamodb";
import { keyText } from "../../functions/change";
import type { AttributeMap } from "../../functions/dynamoDbStream";
import { pause } from "../poll";
import { type FailedRecord, itemDigest } from "./failedRecord";

/** A row and where it is. */
export type RowPlace = Pick<FailedRecord, "row" | "tableName" | "itemKey">;

/** The digest of each row that is there, as it is now. A table that is gone has no rows. */
export type CurrentRows = (rows: readonly RowPlace[]) => Promise<Map<string, string>>;

/** DynamoDB API reference, BatchGetItem: at most 100 keys a call. */
const KEYS_PER_CALL = 100;
const UNPROCESSED_PAUSE_MS = 200;

/** Reads rows from DynamoDB as they are, by consistent reads. */
export function currentRows(client: DynamoDBClient): CurrentRows {
  return async (rows) => {
    const digests = new Map<string, string>();
    for (const tableName of new Set(rows.map((row) => row.tableName))) {
      const all = rows.filter((row) => row.tableName === tableName);
      // A row's name on the change stream may be made of a masked key, the key of an item never is.
      const names = new Map(all.map(({ itemKey, row }) => [keyText(itemKey), row]));
      for (let start = 0; start < all.length; start += KEYS_PER_CALL) {
        for (const item of await getItems(client, tableName, all.slice(start, start + KEYS_PER_CALL))) {
          const row = names.get(keyText(keyOf(item, all[0]?.itemKey ?? {})));
          if (row !== undefined) {
            digests.set(row, itemDigest(item));
          }
        }
      }
    }
    return digests;
  };
}

type Item = Record<string, AttributeValue>;

async function getItems(
  client: DynamoDBClient,
  tableName: string,
  rows: readonly RowPlace[],
): Promise<Item[]> {
  const items: Item[] = [];
  let keys: Item[] | undefined = rows.map(({ itemKey }) => sdkKey(itemKey));
  while (keys !== undefined && keys.length > 0) {
    let answer: BatchGetItemCommandOutput;
    try {
      answer = await client.send(
        new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys: keys, ConsistentRead: true } } }),
      );
    } catch (error) {
      if (error instanceof ResourceNotFoundException) {
        return items;
      }
      throw error;
    }
    items.push(...(answer.Responses?.[tableName] ?? []));
    keys = answer.UnprocessedKeys?.[tableName]?.Keys;
    if (keys !== undefined) {
      await pause(UNPROCESSED_PAUSE_MS);
    }
  }
  return items;
}

/** A key of a stream's JSON as the SDK takes it: there, binary values are bytes. */
function sdkKey(key: AttributeMap): Item {
  return Object.fromEntries(
    Object.entries(key).map(([name, value]) => [
      name,
      value.B === undefined ? value : { B: Buffer.from(value.B, "base64") },
    ]),
  ) as Item;
}

/** The key of an item, as a stream's JSON would have it. */
function keyOf(item: Item, like: AttributeMap): AttributeMap {
  return Object.fromEntries(
    Object.keys(like).map((name) => {
      const value = item[name];
      return [
        name,
        value?.B === undefined ? value : { B: Buffer.from(value.B as Uint8Array).toString("base64") },
      ];
    }),
  ) as AttributeMap;
}
