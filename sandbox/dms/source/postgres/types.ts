import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { dynamoNumber } from "../../target/number";
import { characterLob } from "../lob";
import { openValue } from "../openTypes";
import type { ValueOptions } from "../source";

/** What the catalogue says of a type, domains resolved. */
export interface PostgresType {
  /** `typname` of pg_type, for example `int4`; an array's begins with an underscore. */
  name: string;
  /** `typtype`: b base, c composite, e enum, r range, m multirange. */
  kind: string;
  /** The column's modifier (`atttypmod`, or the domain's): length or precision; -1 for none. */
  modifier: number;
}

/** How a column's text (PostgreSQL's output format) becomes a DynamoDB value. */
export interface Conversion {
  /** The DMS type in between (AWS DMS user guide, CHAP_Source.PostgreSQL, source data types). */
  dmsType: string;
  /** Whether values are N where DynamoDB can hold them. */
  numeric: boolean;
  /** The value; null where DMS carries none. */
  convert(text: string): AttributeValue | null;
}

type Rule = (modifier: number, options: ValueOptions) => Conversion;

function text(dmsType: string, change: (value: string) => string = (value) => value): Rule {
  return () => ({ dmsType, numeric: false, convert: (value) => ({ S: change(value) }) });
}

/** N where DynamoDB has the number, else its text: NaN, the infinities, more than 38 digits. */
function toNumber(value: string): AttributeValue {
  const number = dynamoNumber(value);
  return number === undefined ? { S: value } : { N: number };
}

function number(dmsType: string): Rule {
  return () => ({ dmsType, numeric: true, convert: toNumber });
}

/** Rounds a decimal text half away from zero, as PostgreSQL rounds numerics. */
export function roundDecimal(value: string, scale: number): string {
  const match = /^(-?)(\d+)\.(\d+)$/.exec(value);
  if (match === null || (match[3] ?? "").length <= scale) {
    return value;
  }
  const [, sign = "", whole = "", fraction = ""] = match;
  const kept = BigInt(whole + fraction.slice(0, scale)) + ((fraction[scale] ?? "0") >= "5" ? 1n : 0n);
  const digits = kept.toString().padStart(scale + 1, "0");
  const point = digits.length - scale;
  return `${sign}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ""}`;
}

/** Precision and scale of a `numeric(p, s)`; undefined where the column names none. */
function numericModifier(modifier: number): { precision: number; scale: number } | undefined {
  if (modifier < 4) {
    return undefined;
  }
  const packed = modifier - 4;
  // The scale is an 11-bit two's complement since PostgreSQL 15, which allows negative scales.
  return { precision: (packed >> 16) & 0xffff, scale: ((packed & 0x7ff) ^ 1024) - 1024 };
}

const numeric: Rule = (modifier) => {
  const declared = numericModifier(modifier);
  if (declared === undefined) {
    // No precision and scale: DMS takes NUMERIC(28,6), and what does not fit is rounded without a word.
    return { dmsType: "NUMERIC(28,6)", numeric: true, convert: (value) => toNumber(roundDecimal(value, 6)) };
  }
  const { precision, scale } = declared;
  return precision > 38
    ? { dmsType: "STRING", numeric: false, convert: (value) => ({ S: value }) }
    : { dmsType: `NUMERIC(${precision},${scale})`, numeric: true, convert: toNumber };
};

const bool: Rule = (_modifier, { booleanAsBoolean }) =>
  booleanAsBoolean
    ? { dmsType: "BOOLEAN", numeric: false, convert: (value) => ({ BOOL: value === "t" }) }
    : { dmsType: "STRING(5)", numeric: false, convert: (value) => ({ S: value === "t" ? "true" : "false" }) };

/** A character LOB: left out, cut off or whole, as the task's LOB settings say. */
function lob(dmsType: string, change: (value: string) => string = (value) => value): Rule {
  return (_modifier, options) => {
    const convert = characterLob(options);
    return { dmsType, numeric: false, convert: (value) => convert(change(value)) };
  };
}

/** Six digits of fractions of a second, which PostgreSQL leaves out where they are zeros. */
function microseconds(value: string): string {
  return value.replace(/(\d\d:\d\d:\d\d)(?:\.(\d+))?/, (_all, time: string, fraction = "") => {
    return `${time}.${fraction.padEnd(6, "0")}`;
  });
}

/** Coordinates in round brackets, whichever PostgreSQL puts them in. */
function round(value: string): string {
  return value.replaceAll(/[[{]/g, "(").replaceAll(/[\]}]/g, ")");
}

/** `money` in the C locale, for example `-$1,234.56`. */
function moneyNumber(value: string): string {
  return value.replaceAll(/[^0-9.-]/g, "");
}

/**
 * PostgreSQL type to DMS type to DynamoDB value, for every type of the user guide's table (CHAP_Source.PostgreSQL,
 * source data types), geometric ones in the form that it gives; types that it does not list are strings. Dates and
 * times are in UTC where they have a zone; `openValue` gives them their form.
 */
const RULES: Record<string, Rule> = {
  int2: number("INT2"),
  int4: number("INT4"),
  int8: number("INT8"),
  float4: number("REAL4"),
  float8: number("REAL8"),
  numeric,
  money: () => ({
    dmsType: "NUMERIC(38,4)",
    numeric: true,
    convert: (value) => toNumber(moneyNumber(value)),
  }),
  bool,
  bpchar: text("WSTRING"),
  varchar: text("WSTRING"),
  text: lob("NCLOB"),
  citext: lob("NCLOB"),
  json: lob("NCLOB"),
  jsonb: lob("NCLOB"),
  hstore: lob("NCLOB"),
  xml: lob("CLOB"),
  tsvector: lob("CLOB"),
  tsquery: lob("CLOB"),
  date: text("DATE"),
  time: text("TIME", microseconds),
  timetz: text("TIME", microseconds),
  timestamp: text("DATETIME", microseconds),
  timestamptz: text("DATETIME", microseconds),
  interval: text("STRING(128)"),
  cidr: text("STRING(50)"),
  inet: text("STRING(50)"),
  macaddr: text("STRING(18)"),
  uuid: text("STRING"),
  bit: text("STRING"),
  varbit: text("STRING"),
  point: text("STRING(255)"),
  line: text("STRING(255)", round),
  lseg: text("STRING(255)", round),
  box: text("STRING(255)", (value) => `(${value})`),
  circle: text("STRING(255)", (value) => value.slice(1, -1)),
  path: lob("CLOB", round),
  polygon: lob("CLOB"),
  // No DynamoDB target type for BLOB or BYTES: the column is lost.
  bytea: () => ({ dmsType: "BLOB", numeric: false, convert: () => null }),
};

const string = text("STRING");
const enumeration = text("STRING(64)");
const range = text("STRING(255)");
const nclob = lob("NCLOB");

function ruleOf({ name, kind }: PostgresType): Rule {
  switch (kind) {
    case "b":
      return name.startsWith("_") ? nclob : (RULES[name] ?? string);
    case "c":
      return nclob;
    case "e":
      return enumeration;
    case "r":
      return range;
    default:
      return string;
  }
}

/** The conversion of a column of this type. */
export function conversionOf(type: PostgresType, options: ValueOptions): Conversion {
  const { dmsType, numeric, convert } = ruleOf(type)(type.modifier, options);
  return {
    dmsType,
    numeric,
    convert: (value) => openValue(dmsType, convert(value), options.behaviour),
  };
}
