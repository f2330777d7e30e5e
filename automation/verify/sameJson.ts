import { parse } from "lossless-json";
import { canonicalDecimal } from "./decimal";

/** Whether two JSON texts are one value: in any order of members, with numbers in any spelling. */
export function sameJson(one: string, other: string): boolean {
  if (one === other) {
    return true;
  }
  try {
    return canonical(one) === canonical(other);
  } catch {
    return false;
  }
}

/** A number, told apart from a string of the same text. */
class JsonNumber {
  constructor(readonly text: string) {}
}

function canonical(text: string): string {
  return write(parse(text, undefined, (number) => new JsonNumber(canonicalDecimal(number) ?? number)));
}

function write(value: unknown): string {
  if (value instanceof JsonNumber) {
    return value.text;
  }
  if (Array.isArray(value)) {
    return `[${value.map(write).join()}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${write(member)}`).join()}}`;
  }
  return JSON.stringify(value);
}
