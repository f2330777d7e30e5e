import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
  paginateScan,
} from "@aws-sdk/client-dynamodb";
import { pause } from "../poll";
import type { Item } from "./rowKey";

/** A DynamoDB table, as a comparison reads it. */
export interface VerifyTarget {
  /** The items of the given keys that are there, by consistent reads. */
  itemsOf(tableName: string, keys: readonly Item[]): Promise<Item[]>;
  /** Every item's given attributes, a page at a time. */
  scan(tableName: string, attributes: readonly string[]): AsyncIterable<Item[]>;
}

const UNPROCESSED_PAUSE_MS = 200;

/** DynamoDB API reference, BatchGetItem: at most 100 keys a call. */
export const MAX_KEYS = 100;

/** The tables of a region. */
export function dynamoTarget(client: DynamoDBClient): VerifyTarget {
  return {
    async itemsOf(tableName, keys) {
      const items: Item[] = [];
      let request: BatchGetItemCommandInput["RequestItems"] = {
        [tableName]: { Keys: [...keys], ConsistentRead: true },
      };
      while (keys.length > 0 && Object.keys(request ?? {}).length > 0) {
        const { Responses, UnprocessedKeys }: BatchGetItemCommandOutput = await client.send(
          new BatchGetItemCommand({ RequestItems: request }),
        );
        items.push(...(Responses?.[tableName] ?? []));
        request = UnprocessedKeys;
        if (Object.keys(request ?? {}).length > 0) {
          await pause(UNPROCESSED_PAUSE_MS);
        }
      }
      return items;
    },
    async *scan(tableName, attributes) {
      const names = Object.fromEntries(attributes.map((name, index) => [`#a${index}`, name]));
      const input = {
        TableName: tableName,
        ProjectionExpression: Object.keys(names).join(", "),
        ExpressionAttributeNames: names,
      };
      for await (const page of paginateScan({ client }, input)) {
        yield page.Items ?? [];
      }
    },
  };
}
