import type { AttributeMap, AttributeValue } from "./dynamoDbStream";
import { UnprocessableRecord } from "./unprocessable";

/** What JSON.stringify would change or escape; a string without any of it can be put between quotes as it is. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must be escaped
const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** `text` as a JSON string. */
export function quote(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/**
 * A DynamoDB number as a JSON number with every digit kept. DynamoDB answers in a form that JSON shares; other
 * writers of its wire format leave out a zero (`.5`, `5.`), add one (`007`) or a plus sign, which JSON forbids.
 */
export function numberText(text: string, column: string): string {
  if (JSON_NUMBER.test(text)) {
    return text;
  }
  const parts = DECIMAL.exec(text);
  const [, sign, whole = "", fraction = "", exponent] = parts ?? [];
  if (parts === null || whole + fraction === "") {
    throw new UnprocessableRecord(`column ${quote(column)} is of type N and holds no decimal number`);
  }
  const digits = whole.replace(/^0+(?=.)/, "") || "0";
  return `${sign === "-" ? "-" : ""}${digits}${fraction && `.${fraction}`}${exponent ? `e${exponent}` : ""}`;
}

/**
 * A value of DynamoDB's JSON as the text of a plain JSON value: sets become lists, binary values stay base64
 * text, NULL becomes null.
 *
 * Text is put together directly, with no object in between: numbers keep their digits that way, and it is what
 * makes the fan-in quick.
 *
 * @param column the column that holds the value, for the error
 * @throws UnprocessableRecord when the value is of no known type
 */
export function valueText(value: AttributeValue, column: string): string {
  if (value.S !== undefined) {
    return quote(value.S);
  }
  if (value.N !== undefined) {
    return numberText(value.N, column);
  }
  if (value.BOOL !== undefined) {
    return value.BOOL ? "true" : "false";
  }
  return rarerValueText(value, column);
}

/** Apart from `valueText`, which V8 then puts in line where a row's columns are written. */
function rarerValueText(value: AttributeValue, column: string): string {
  if (value.M !== undefined) {
    return mapText(value.M, column);
  }
  if (value.L !== undefined) {
    return listText(value.L, (item) => valueText(item, column));
  }
  if (value.NULL !== undefined) {
    return "null";
  }
  if (value.B !== undefined) {
    return quote(value.B);
  }
  if (value.NS !== undefined) {
    return listText(value.NS, (item) => numberText(item, column));
  }
  const strings = value.SS ?? value.BS;
  if (strings !== undefined) {
    return listText(strings, quote);
  }
  throw new UnprocessableRecord(`column ${quote(column)} holds a value of no known DynamoDB type`);
}

function listText<T>(items: readonly T[], textOf: (item: T) => string): string {
  let text = "";
  for (const item of items) {
    text += text === "" ? textOf(item) : `,${textOf(item)}`;
  }
  return `[${text}]`;
}

function mapText(map: AttributeMap, column: string): string {
  let text = "";
  for (const name in map) {
    text += `${text === "" ? "" : ","}${quote(name)}:${valueText(map[name] as AttributeValue, column)}`;
  }
  return `{${text}}`;
}

/**
 * The attribute of that name, or undefined. What every object inherits is not an attribute: a column may well be
 * called `constructor`. An inherited member is a function (and no object), but for `__proto__`.
 */
export function attributeOf(map: AttributeMap, name: string): AttributeValue | undefined {
  const value = map[name];
  return typeof value === "object" && (name !== "__proto__" || Object.hasOwn(map, name)) ? value : undefined;
}

/** Whether two values are the same: by type and content, in whatever order a set or a map lists its members. */
export function sameValue(one: AttributeValue, other: AttributeValue): boolean {
  if (one.S !== undefined) {
    return one.S === other.S;
  }
  if (one.N !== undefined) {
    return one.N === other.N;
  }
  if (one.BOOL !== undefined) {
    return one.BOOL === other.BOOL;
  }
  return sameRarerValue(one, other);
}

function sameRarerValue(one: AttributeValue, other: AttributeValue): boolean {
  if (one.M !== undefined) {
    return other.M !== undefined && sameMap(one.M, other.M);
  }
  if (one.L !== undefined) {
    return other.L !== undefined && sameList(one.L, other.L);
  }
  if (one.NULL !== undefined) {
    return one.NULL === other.NULL;
  }
  if (one.B !== undefined) {
    return one.B === other.B;
  }
  return sameSet(one.SS, other.SS) && sameSet(one.NS, other.NS) && sameSet(one.BS, other.BS);
}

function sameMap(one: AttributeMap, other: AttributeMap): boolean {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => {
      const match = attributeOf(other, name);
      return match !== undefined && sameValue(one[name] as AttributeValue, match);
    })
  );
}

function sameList(one: readonly AttributeValue[], other: readonly AttributeValue[]): boolean {
  return (
    one.length === other.length && one.every((item, index) => sameValue(item, other[index] as AttributeValue))
  );
}

function sameSet(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  if (one === undefined || other === undefined) {
    return one === other;
  }
  const members = new Set(one);
  return one.length === other.length && other.every((member) => members.has(member));
}
