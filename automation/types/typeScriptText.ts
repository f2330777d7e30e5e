import { REDACTED } from "../../functions/mask";
import { byName, qualifiedName } from "../tableMatch";
import type { RowColumn, RowType, ValueKind } from "./rowType";
import { typeNames } from "./typeNames";

/** What the text is made of beside the tables. */
export interface TypeScriptOptions {
  /** Lines at the top that say how it was made. */
  header: readonly string[];
  /** Numbers as `parseEvent` reads them, without losing a digit, and not as JSON.parse does. */
  lossless: boolean;
}

/** What all events have in common, and what they are by operation. */
const EVENT_TYPES = `/** Where the whole event lies when it was larger than a record of the change stream may be. */
export interface EventReference {
  bucket: string;
  key: string;
  bytes: number;
  sha256: string;
}

interface EventHead<Schema extends string, Table extends string, Key> {
  v: 1;
  /** The same in every repeat of the event. */
  id: string;
  source: { name: string; engine: string; schema: Schema; table: Table };
  key: Key;
  /** ISO 8601 in UTC, rounded down to the second; orders nothing. */
  at: string;
  /** Orders the events of one row: 40 digits, which sort as text. */
  sequence: string;
}

/** The rows of an event by its operation. Where \`ref\` is set, both are null and the object in S3 has them. */
type EventRows<Row> =
  | { op: "insert" | "load"; old: null; new: Row; changed: never[]; ref?: undefined }
  | { op: "update"; old: Row; new: Row; changed: (keyof Row & string)[]; ref?: undefined }
  | { op: "delete"; old: Row; new: null; changed: never[]; ref?: undefined }
  | {
      op: "insert" | "load" | "update" | "delete";
      old: null;
      new: null;
      changed: (keyof Row & string)[];
      ref: EventReference;
    };

/** An event of one table. */
export type TableEvent<Schema extends string, Table extends string, Row, Key> = EventHead<Schema, Table, Key> &
  EventRows<Row>;`;

/** TypeScript does not narrow a union by a member of a member; a function that says so does. */
const GUARD = `/** Whether an event is one of a table, \`schema.table\`. */
export function isEventOf<Name extends TableName>(event: AnyEvent, name: Name): event is Events[Name] {
  return \`\${event.source.schema}.\${event.source.table}\` === name;
}`;

/**
 * The types of all tables' rows and events as a module of TypeScript that imports nothing (but the numbers of a lossless
 * parser). The same tables give the same text.
 */
export function typeScriptText(tables: readonly RowType[], { header, lossless }: TypeScriptOptions): string {
  const names = typeNames(tables);
  const sorted = [...tables].sort(byName);
  const nameOf = (table: RowType) => names.get(qualifiedName(table)) ?? "";
  const parts = [
    comment(header),
    ...(lossless ? ['import type { LosslessNumber } from "lossless-json";'] : []),
    EVENT_TYPES,
    ...sorted.map((table) => tableText(table, nameOf(table), lossless)),
    `/** The events of each table, by \`schema.table\`. */\nexport interface Events {\n${sorted
      .map((table) => `  ${JSON.stringify(qualifiedName(table))}: ${nameOf(table)}Event;\n`)
      .join("")}}`,
    "/** A table whose changes are events. */\nexport type TableName = keyof Events;",
    "/** An event of any table. */\nexport type AnyEvent = Events[TableName];",
    GUARD,
  ];
  return `${parts.join("\n\n")}\n`;
}

function tableText(table: RowType, name: string, lossless: boolean): string {
  const typeOf = (column: RowColumn) => column.kinds.map((kind) => kindText(kind, lossless)).join(" | ");
  const memberOf = (column: RowColumn) =>
    `  ${memberName(column.name)}${column.optional ? "?" : ""}: ${typeOf(column)};\n`;
  const missing = table.absent.map(({ column, reason }) => `Without ${column}: ${reason}.`);
  const keys = table.columns.filter((column) => table.key.includes(column.name));
  return [
    `${comment([`A row of ${qualifiedName(table)}.`, ...missing])}\nexport interface ${name}Row {\n${table.columns.map(memberOf).join("")}}`,
    `/** Its key. */\nexport interface ${name}Key {\n${keys.map(memberOf).join("")}}`,
    `export type ${name}Event = TableEvent<${JSON.stringify(table.schema)}, ${JSON.stringify(table.table)}, ${name}Row, ${name}Key>;`,
  ].join("\n\n");
}

function kindText(kind: ValueKind, lossless: boolean): string {
  switch (kind) {
    case "number":
      return lossless ? "number | LosslessNumber" : "number";
    case "flag":
      return '"true" | "false"';
    case "redacted":
      return JSON.stringify(REDACTED);
    case "text":
    case "hash":
      return "string";
    default:
      return kind;
  }
}

/** A column's name as a member's: plain where every reader takes it for one. */
function memberName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

/** A doc comment; no line can end it early. */
function comment(lines: readonly string[]): string {
  const safe = lines.map((line) => line.replaceAll("*/", "*\\/").replace(/[\r\n\u2028\u2029]+/g, " "));
  return safe.length === 1
    ? `/** ${safe[0]} */`
    : ["/**", ...safe.map((line) => ` * ${line}`), " */"].join("\n");
}
