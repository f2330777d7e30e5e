import { parse } from "lossless-json";

/**
 * One text for one value of MySQL's type JSON. The server prints it otherwise than the reader of the log, which takes
 * its binary form apart: `1.0` against `1`, and members in another order. This has the style of the server's text,
 * members in its order (by the length of their names in bytes, then by the bytes), integers with all of their digits,
 * and doubles as JavaScript writes them. MariaDB has no such type: its JSON is a text, kept as it was written.
 */
export function jsonText(json: string): string {
  return textOf(
    parse(json, undefined, (number) => (/^-?\d+$/.test(number) ? BigInt(number) : Number(number))),
  );
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(textOf).join(", ")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).sort(([one], [other]) => compareNames(one, other));
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}: ${textOf(member)}`).join(", ")}}`;
  }
  return typeof value === "bigint" ? value.toString() : JSON.stringify(value);
}

function compareNames(one: string, other: string): number {
  const [bytes, otherBytes] = [Buffer.from(one), Buffer.from(other)];
  return bytes.length - otherBytes.length || Buffer.compare(bytes, otherBytes);
}
