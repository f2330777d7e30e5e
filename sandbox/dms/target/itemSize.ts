import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/** The most that an item may have, names included: 400 KB. */
export const MAX_ITEM_BYTES = 400 * 1024;

/**
 * An item's size as DynamoDB counts it: UTF-8 bytes of names and strings, about a byte for two digits of a number
 * and one more, one byte for a boolean. Source: DynamoDB developer guide, "Item sizes and formats".
 */
export function itemBytes(item: Record<string, AttributeValue>): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) {
    bytes += Buffer.byteLength(name);
    if (value.S !== undefined) {
      bytes += Buffer.byteLength(value.S);
    } else if (value.N !== undefined) {
      bytes += Math.ceil(value.N.length / 2) + 1;
    } else {
      bytes += 1;
    }
  }
  return bytes;
}
