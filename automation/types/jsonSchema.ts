import base from "../../functions/changeEvent.schema.json";
import { REDACTED } from "../../functions/mask";
import { byName, qualifiedName } from "../tableMatch";
import type { RowColumn, RowType, ValueKind } from "./rowType";

/** A JSON Schema, or a part of one. */
export type JsonSchema = Record<string, unknown>;

/**
 * The JSON Schema (2020-12) of every event of the tables: a change event whose source, key, rows and changed columns are
 * those of one of them. A column that it does not know is allowed, so that one that is added in the source makes no event
 * invalid. The same tables give the same schema.
 */
export function jsonSchemaOf(tables: readonly RowType[], header: readonly string[]): JsonSchema {
  const sorted = [...tables].sort(byName);
  const { $schema, $id: _, ...changeEvent } = base;
  return {
    $schema,
    title: "rowstream change events, by table",
    description: header.join(" "),
    $ref: "#/$defs/changeEvent",
    oneOf: sorted.map((table) => ({ $ref: `#/$defs/${pointer(qualifiedName(table))}` })),
    $defs: {
      changeEvent,
      ...Object.fromEntries(sorted.map((table) => [qualifiedName(table), eventOf(table)])),
    },
  };
}

function eventOf({ schema, table, columns, key, absent }: RowType): JsonSchema {
  const row = {
    anyOf: [{ type: "null" }, objectOf(columns)],
  };
  return {
    ...(absent.length > 0 && {
      $comment: absent.map(({ column, reason }) => `without ${column}: ${reason}`).join("; "),
    }),
    properties: {
      source: { properties: { schema: { const: schema }, table: { const: table } } },
      key: objectOf(columns.filter(({ name }) => key.includes(name))),
      old: row,
      new: row,
    },
  };
}

function objectOf(columns: readonly RowColumn[]): JsonSchema {
  return {
    type: "object",
    required: columns.filter(({ optional }) => !optional).map(({ name }) => name),
    properties: Object.fromEntries(columns.map((column) => [column.name, valueSchema(column)])),
  };
}

function valueSchema({ kinds }: RowColumn): JsonSchema {
  const [only, ...others] = kinds.map(kindSchema);
  return only !== undefined && others.length === 0 ? only : { anyOf: kinds.map(kindSchema) };
}

function kindSchema(kind: ValueKind): JsonSchema {
  switch (kind) {
    case "text":
      return { type: "string" };
    case "number":
    case "boolean":
      return { type: kind };
    case "flag":
      return { enum: ["true", "false"] };
    case "hash":
      return { type: "string", pattern: "^[0-9a-f]{64}$" };
    case "redacted":
      return { const: REDACTED };
    case "unknown":
      return {};
  }
}

/** A member's name in a JSON pointer that is the fragment of a URI (RFC 6901, section 6). */
function pointer(name: string): string {
  return encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"));
}
