import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { ValueOptions } from "./source";

/** Cuts a text so that its UTF-8 form has no more than so many bytes, between two characters. */
export function truncateUtf8(value: string, maxBytes: number): string {
  if (value.length * 3 <= maxBytes) {
    return value;
  }
  const bytes = Buffer.from(value, "utf8");
  if (bytes.length <= maxBytes) {
    return value;
  }
  let end = maxBytes;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) {
    end--;
  }
  return bytes.toString("utf8", 0, end);
}

/** A character LOB's value: left out, cut off or whole, as the task's LOB settings say. */
export function characterLob(options: ValueOptions): (text: string) => AttributeValue | null {
  const { supportLobs, lobMaxBytes } = options;
  return (text) =>
    supportLobs ? { S: lobMaxBytes === undefined ? text : truncateUtf8(text, lobMaxBytes) } : null;
}
