import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { dynamoNumber } from "../../target/number";
import { characterLob } from "../lob";
import { openValue } from "../openTypes";
import type { ValueOptions } from "../source";
import { inetText, uuidText } from "./addressText";
import { jsonText } from "./jsonText";

/** A value that is not NULL as the reader of the log decodes it. */
export type LogValue = string | number | Buffer | undefined;

/**
 * How a column's values become DynamoDB's. A value comes as text from the load and decoded from the log; both become
 * one text first, and that the value, so that a row is the same whichever way it came.
 */
export interface Conversion {
  /** The DMS type in between (AWS DMS user guide, CHAP_Source.MySQL, source data types). */
  dmsType: string;
  /** Whether values are N where DynamoDB can hold them. */
  numeric: boolean;
  /** The expression that the load selects, of the quoted column. */
  select(column: string): string;
  /** The text of a value of the log. */
  logText(value: LogValue): string;
  /** The value; null where DMS carries none. */
  convert(text: string): AttributeValue | null;
}

type Rule = (columnType: string, options: ValueOptions) => Conversion;

const asItIs = (column: string) => column;

/** Text in a character set that the reader cannot decode comes as bytes; it is taken for UTF-8. */
function plainText(value: LogValue): string {
  return typeof value === "object" ? value.toString("utf8") : String(value);
}

function text(dmsType: string, parts: Partial<Conversion> = {}): Rule {
  return () => ({
    dmsType,
    numeric: false,
    select: asItIs,
    logText: plainText,
    convert: (value) => ({ S: value }),
    ...parts,
  });
}

/** N where DynamoDB has the number, else its text. */
function toNumber(value: string): AttributeValue {
  const number = dynamoNumber(value);
  return number === undefined ? { S: value } : { N: number };
}

function number(dmsType: string, parts: Partial<Conversion> = {}): Rule {
  return text(dmsType, { numeric: true, convert: toNumber, ...parts });
}

const integer =
  (bytes: number): Rule =>
  (columnType, options) =>
    number(`${columnType.includes("unsigned") ? "UINT" : "INT"}${bytes}`)(columnType, options);

const decimal: Rule = (columnType, options) => {
  const [, precision = "10", scale = "0"] = /\((\d+)(?:,(\d+))?\)/.exec(columnType) ?? [];
  return Number(precision) > 38
    ? text("STRING")(columnType, options)
    : number(`NUMERIC(${precision},${scale})`)(columnType, options);
};

/** The shortest text of a double; JavaScript's numbers are doubles, so no digit is lost on the way. */
function doubleText(value: LogValue): string {
  return String(Number(value));
}

/** The shortest text that gives a float of 32 bits back: 0.1, where its double is 0.10000000149011612. */
export function floatText(value: LogValue): string {
  const float = Math.fround(Number(value));
  for (let digits = 6; digits < 9; digits++) {
    const shorter = Number(float.toPrecision(digits));
    if (Math.fround(shorter) === float) {
      return String(shorter);
    }
  }
  return String(Number(float.toPrecision(9)));
}

/**
 * Numbers with a floating point: the server would print a float with six digits, and a `double(10,2)` with two
 * decimals, and only the log has the rest. A sum is a double, printed with all of its digits.
 */
function floating(dmsType: string, logText: Conversion["logText"]): Rule {
  return number(dmsType, {
    select: (column) => `(${column} + 0e0)`,
    logText,
    convert: (value) => toNumber(logText(value)),
  });
}

/** Six digits of fractions of a second, whatever the column has. */
function microseconds(value: string): string {
  return value.replace(/^(.* \d\d:\d\d:\d\d)(?:\.(\d+))?$/, (_all, time: string, fraction = "") => {
    return `${time}.${fraction.padEnd(6, "0")}`;
  });
}

/** DMS records a "zero" date as NULL in a target that has none (user guide, CHAP_Source.MySQL). */
function unlessZero(change: (value: string) => string): Conversion["convert"] {
  return (value) => (value.startsWith("0000-00-00") ? null : { S: change(value) });
}

const moment: Rule = text("DATETIME", { convert: unlessZero(microseconds) });

/** A bit is a boolean; more than one are BYTES, which no DynamoDB target takes. */
const bit: Rule = (columnType, options) =>
  columnType === "bit(1)"
    ? text("BOOLEAN", {
        select: (column) => `(${column} + 0)`,
        logText: (value) => String(Buffer.from(value as Buffer).readUInt8()),
        convert: (value) => ({ BOOL: value === "1" }),
      })(columnType, options)
    : lost("BYTES")(columnType, options);

/** A character LOB: left out, cut off or whole, as the task's LOB settings say. */
function lob(dmsType: string, change: (value: string) => string = (value) => value): Rule {
  return (columnType, options) => {
    const carry = characterLob(options);
    return text(dmsType, { convert: (value) => carry(change(value)) })(columnType, options);
  };
}

/** DynamoDB has no target type for BLOB and BYTES: the column is lost. */
function lost(dmsType: string): Rule {
  return text(dmsType, { select: () => "NULL", convert: () => null });
}

/**
 * MySQL type to DMS type to DynamoDB value, for every type of the user guide's table and MariaDB's own. Dates and
 * times are text in MySQL's own style, TIMESTAMP in UTC; `openValue` gives them their form.
 */
const RULES: Record<string, Rule> = {
  tinyint: integer(1),
  smallint: integer(2),
  mediumint: integer(4),
  int: integer(4),
  bigint: integer(8),
  decimal,
  float: floating("REAL4", floatText),
  double: floating("REAL8", doubleText),
  // The reader takes the year 0000, which is stored as 0, for the 0th after 1900; 1900 itself is no YEAR.
  year: number("INT2", { logText: (value) => (value === 1900 ? "0" : String(value)) }),
  bit,
  char: text("WSTRING"),
  varchar: text("WSTRING"),
  tinytext: text("WSTRING"),
  text: text("WSTRING"),
  mediumtext: lob("NCLOB"),
  longtext: lob("NCLOB"),
  json: lob("CLOB", jsonText),
  // The index 0 stands for a value that was not among the column's: the empty string.
  enum: text("WSTRING", { logText: (value) => (value === undefined ? "" : plainText(value)) }),
  set: text("WSTRING"),
  date: text("DATE", { convert: unlessZero((value) => value) }),
  datetime: moment,
  timestamp: moment,
  time: text("STRING"),
  uuid: text("STRING", { logText: (value) => uuidText(value as Buffer) }),
  inet4: text("STRING", { logText: (value) => inetText(value as Buffer, 4) }),
  inet6: text("STRING", { logText: (value) => inetText(value as Buffer, 16) }),
  binary: lost("BYTES"),
  varbinary: lost("BYTES"),
  tinyblob: lost("BYTES"),
  blob: lost("BYTES"),
  mediumblob: lost("BLOB"),
  longblob: lost("BLOB"),
  vector: lost("BYTES"),
};

const SPATIAL = lost("BLOB");

/** The spatial types, by their names' ends: `point`, `multilinestring`, `geomcollection`. */
const SPATIAL_NAME = /(geometry|point|linestring|polygon|collection)$/;

const STRING = text("STRING");

/**
 * The conversion of a column.
 * @param columnType as the catalogue or the log writes it: `int(10) unsigned`, `decimal(38,10)`, `enum('a','b')`
 */
export function conversionOf(columnType: string, options: ValueOptions): Conversion {
  const name = typeName(columnType);
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  const conversion = (rule ?? (SPATIAL_NAME.test(name) ? SPATIAL : STRING))(columnType, options);
  const { dmsType, convert } = conversion;
  return { ...conversion, convert: (value) => openValue(dmsType, convert(value), options.behaviour) };
}

/** A type without its length, its attributes and its comments. */
export function typeName(columnType: string): string {
  return /^[a-z0-9]+/.exec(columnType)?.[0] ?? "";
}
