import { type AttributeValue, type DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import type { AttributeMap, AttributeValue as PlainValue } from "../../functions/dynamoDbStream";
import type { RowKey } from "./loadProgress";

/** A page of a segment's rows. */
export interface RowPage {
  items: AttributeMap[];
  /** Where the next page begins; undefined behind the last. */
  next: RowKey | undefined;
}

/** Reads the rows of one segment of a table, from behind a key on. */
export type ReadRows = (
  place: { tableName: string; segment: number; segments: number; after: RowKey | undefined },
  signal: AbortSignal,
) => Promise<RowPage>;

/** Two calls of PutRecords, and little to repeat after an interruption. */
const PAGE_ROWS = 1_000;

/** Reads by Scan, consistently: DMS wrote the last of the rows a moment ago. */
export function scanRows(client: DynamoDBClient): ReadRows {
  return async ({ tableName, segment, segments, after }, abortSignal) => {
    const { Items, LastEvaluatedKey } = await client.send(
      new ScanCommand({
        TableName: tableName,
        Segment: segment,
        TotalSegments: segments,
        ExclusiveStartKey: after,
        ConsistentRead: true,
        Limit: PAGE_ROWS,
      }),
      { abortSignal },
    );
    return { items: (Items ?? []).map(plainItem), next: LastEvaluatedKey };
  };
}

/** An item as a stream record holds it: binary values are base64 text there. */
export function plainItem(item: Record<string, AttributeValue>): AttributeMap {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: AttributeValue): PlainValue {
  if (value.B !== undefined) {
    return { B: base64(value.B) };
  }
  if (value.BS !== undefined) {
    return { BS: value.BS.map(base64) };
  }
  if (value.M !== undefined) {
    return { M: plainItem(value.M) };
  }
  if (value.L !== undefined) {
    return { L: value.L.map(plainValue) };
  }
  return value as PlainValue;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
