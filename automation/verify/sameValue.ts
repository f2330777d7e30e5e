import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { ColumnRule } from "./columnRule";
import { canonicalDecimal } from "./decimal";
import { sameJson } from "./sameJson";

/**
 * Whether an attribute is what DMS would make of a source's value.
 *
 * @param value the source's value as the text that the database prints; null for NULL, which DMS leaves out
 */
export function sameValue(
  rule: ColumnRule,
  value: string | null,
  attribute: AttributeValue | undefined,
): boolean {
  const there = attribute === undefined || attribute.NULL === true ? undefined : attribute;
  if (rule.kind === "lost") {
    return true;
  }
  if (value === null || there === undefined) {
    return there === undefined && (value === null || (rule.kind === "time" && isZeroDate(value)));
  }
  const text = attributeText(there);
  if (text === undefined) {
    return false;
  }
  switch (rule.kind) {
    case "text":
      return value === text;
    case "padded":
      return value.trimEnd() === text.trimEnd();
    case "boolean":
      return booleanText(value) === booleanText(text);
    case "json":
      return sameJson(value, text);
    case "number":
      return sameNumber(value, text, rule.scale);
    case "real":
      return sameReal(value, text, rule.bytes);
    case "interval":
      return value === text || intervalText(value) === intervalText(text);
    case "shape":
      return coordinates(value) === coordinates(text);
    default:
      return sameTime(value, text, rule.kind === "zoned");
  }
}

/** An attribute's value as text; undefined for a type that DMS does not write. */
export function attributeText(attribute: AttributeValue): string | undefined {
  return attribute.S ?? attribute.N ?? (attribute.BOOL === undefined ? undefined : String(attribute.BOOL));
}

function booleanText(text: string): string {
  return { t: "true", f: "false", 1: "true", 0: "false" }[text] ?? text;
}

/** DMS records MySQL's "zero" date as NULL where the target has none (AWS DMS user guide, CHAP_Source.MySQL). */
function isZeroDate(value: string): boolean {
  return value.startsWith("0000-00-00");
}

function sameNumber(value: string, text: string, scale: number | undefined): boolean {
  const expected = canonicalDecimal(value, scale);
  // NaN and the infinities are text on both sides.
  return expected === undefined ? value === text : expected === canonicalDecimal(text);
}

function sameReal(value: string, text: string, bytes: 4 | 8): boolean {
  const [expected, found] = [Number(value), Number(text)];
  if (value === text) {
    return true;
  }
  return bytes === 4 ? Math.fround(expected) === Math.fround(found) : expected === found;
}

/**
 * An interval as months, days and microseconds: of `1 year 2 mons -3 days 04:05:06.7`, as PostgreSQL prints it, or of
 * `1 YEAR, 2 MONTHS, 3 DAYS, 4 HOURS, 5 MINUTES, 6 SECONDS`, as the user guide has it.
 */
function intervalText(text: string): string {
  const of = (unit: string) => Number(new RegExp(`([+-]?[\\d.]+) ${unit}`, "i").exec(text)?.[1] ?? 0);
  const [, sign, hours = "0", minutes = "0", seconds = "0"] = /([+-])?(\d+):(\d\d):([\d.]+)/.exec(text) ?? [];
  const clock = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  const words = (of("hour") * 60 + of("minute")) * 60 + of("second");
  const micros = Math.round((words + (sign === "-" ? -clock : clock)) * 1_000_000);
  return [of("year") * 12 + of("mon"), of("day"), micros].join();
}

function coordinates(text: string): string {
  return text.replaceAll(/[^\d.,e+-]/gi, "");
}

const TIME =
  /^(?:(\d{4,6})-(\d\d)-(\d\d))?[T ]?(?:(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/i;

function sameTime(value: string, text: string, zoned: boolean): boolean {
  if (value === text) {
    return true;
  }
  const expected = instant(value, zoned);
  return expected !== undefined && expected === instant(text, zoned);
}

/** A date, a time or both as microseconds; a zone counts only where the column has one. */
function instant(text: string, zoned: boolean): bigint | undefined {
  const match = TIME.exec(text.trim());
  const [, year, month, day, hour, minute, second = "0", fraction = "", zone] = match ?? [];
  if (match === null || (year === undefined && hour === undefined)) {
    return undefined;
  }
  const at = Date.UTC(
    Number(year ?? 1970),
    Number(month ?? 1) - 1,
    Number(day ?? 1),
    Number(hour ?? 0),
    Number(minute ?? 0),
    Number(second),
  );
  const micros = BigInt(fraction.padEnd(6, "0").slice(0, 6));
  return BigInt(at) * 1000n + micros - (zoned ? offsetMicros(zone) : 0n);
}

function offsetMicros(zone: string | undefined): bigint {
  const [, sign, hours = "0", minutes = "0"] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone ?? "") ?? [];
  const offset = BigInt(hours) * 3_600_000_000n + BigInt(minutes) * 60_000_000n;
  return sign === "-" ? -offset : offset;
}
