import type { KeyAttribute, ReplicatedTable } from "../../components/replicatedTable";
import type { ColumnMask } from "../../functions/mask";
import type { TableDocument } from "../../functions/sources";
import type { Item } from "../verify/rowKey";
import type { SourceColumn, SourceTable } from "../verify/verifySource";

/**
 * What a column's values are in an event: `flag` is a boolean as the text that DMS makes of PostgreSQL's, `unknown` what
 * DMS writes to no column (a list, say) but somebody else may have.
 */
export type ValueKind = "number" | "text" | "boolean" | "flag" | "hash" | "redacted" | "unknown";

/** A column of a row as events have it. */
export interface RowColumn {
  name: string;
  /** One, or several where a table's items differ; sorted. */
  kinds: ValueKind[];
  /** Whether a row may be without it. */
  optional: boolean;
}

/** The rows of one table as its events have them. */
export interface RowType {
  schema: string;
  table: string;
  /** Where it was read. */
  from: "source" | "items";
  /** Sorted by name. */
  columns: RowColumn[];
  /** The columns of `key`, sorted by name. */
  key: string[];
  /** Columns of the source that are in no event, sorted by name, and why. */
  absent: { column: string; reason: string }[];
}

/** What DMS makes of booleans: PostgreSQL's become texts unless it is told otherwise. */
export type BooleanKind = "boolean" | "flag";

/**
 * The rows of a table by its definition in the source. What DMS converts is converted, and what it loses is absent; a
 * key has the type that its DynamoDB table has for it, which is text where an object mapping makes it.
 *
 * @param document what the fan-in does with the table
 */
export function rowTypeOfSource(
  table: ReplicatedTable,
  { columns }: SourceTable,
  booleans: BooleanKind,
  document: TableDocument,
): RowType {
  const absent: RowType["absent"] = [];
  const found = new Map<string, RowColumn>();
  for (const column of columns) {
    if (column.rule.kind === "lost") {
      absent.push({ column: column.name, reason: column.rule.reason });
    } else {
      const kinds = [kindOf(column.rule.kind, booleans)];
      found.set(column.name, { name: column.name, kinds, optional: column.nullable !== false });
    }
  }
  return rowType(table, "source", found, document, absent);
}

/** The rows of a table by some of its items. Any column but those of the key may be missing in another. */
export function rowTypeOfItems(
  table: ReplicatedTable,
  items: readonly Item[],
  document: TableDocument,
): RowType {
  const kinds = new Map<string, Set<ValueKind>>();
  for (const [name, value] of items.flatMap((item) => Object.entries(item))) {
    const seen = kinds.get(name) ?? new Set();
    kinds.set(name, seen.add(kindOfType(Object.keys(value)[0])));
  }
  const found = new Map(
    [...kinds].map(([name, seen]) => [name, { name, kinds: [...seen].sort(), optional: true }]),
  );
  return rowType(table, "items", found, document, []);
}

/** The masks of a table that fit none of its columns: most likely a name that is not spelt as the source has it. */
export function idleMasks({ columns, absent }: RowType, { masks = {} }: TableDocument): string[] {
  const known = new Set([...columns.map(({ name }) => name), ...absent.map(({ column }) => column)]);
  return Object.keys(masks).filter((name) => !known.has(name));
}

function rowType(
  table: ReplicatedTable,
  from: RowType["from"],
  columns: ReadonlyMap<string, RowColumn>,
  { masks = {} }: TableDocument,
  lost: RowType["absent"],
): RowType {
  const key = [table.partitionKey, table.sortKey].flatMap((attribute) => attribute ?? []);
  const all = new Map(columns);
  for (const attribute of key) {
    all.set(attribute.name, keyColumn(attribute));
  }
  const absent = [...lost];
  const masked: RowColumn[] = [];
  for (const column of all.values()) {
    const mask = Object.hasOwn(masks, column.name) ? masks[column.name] : undefined;
    if (mask === "drop") {
      absent.push({ column: column.name, reason: "dropped by rowstream:events.columns" });
    } else {
      masked.push(mask === undefined ? column : { ...column, kinds: [kindOfMask(mask)] });
    }
  }
  return {
    schema: table.schema,
    table: table.table,
    from,
    columns: masked.sort(by(({ name }) => name)),
    key: key.map(({ name }) => name).sort(),
    absent: absent.sort(by(({ column }) => column)),
  };
}

function keyColumn({ name, type }: KeyAttribute): RowColumn {
  return { name, kinds: [kindOfType(type)], optional: false };
}

function kindOf(rule: SourceColumn["rule"]["kind"], booleans: BooleanKind): ValueKind {
  switch (rule) {
    case "number":
    case "real":
      return "number";
    case "boolean":
      return booleans;
    default:
      return "text";
  }
}

/** The kind of a DynamoDB type; binary values are base64 text in events. */
function kindOfType(type: string | undefined): ValueKind {
  switch (type) {
    case "S":
    case "B":
      return "text";
    case "N":
      return "number";
    case "BOOL":
      return "boolean";
    default:
      return "unknown";
  }
}

function kindOfMask(mask: Exclude<ColumnMask, "drop">): ValueKind {
  return mask === "hash" ? "hash" : "redacted";
}

function by<T>(nameOf: (one: T) => string): (one: T, other: T) => number {
  return (one, other) => (nameOf(one) < nameOf(other) ? -1 : 1);
}
