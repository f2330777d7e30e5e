import type { ChangeEvent, ChangeOperation } from "./changeEvent";

/** Which changes a consumer is given. */
export interface ChangeFilter {
  /** The tables, each as `orders` (whatever its schema) or as `public.orders`. Default: all. */
  tables?: readonly string[];
  /** The operations. Default: all. */
  ops?: readonly ChangeOperation[];
}

/** A table as a filter names it; `schema` is undefined where any will do. */
export interface TableName {
  schema: string | undefined;
  table: string;
}

/** Takes a filter's name of a table apart, at its first dot. */
export function tableName(name: string): TableName {
  const dot = name.indexOf(".");
  return dot === -1
    ? { schema: undefined, table: name }
    : { schema: name.slice(0, dot), table: name.slice(dot + 1) };
}

/** Makes the test of whether a consumer is given an event. */
export function compileFilter({ tables, ops }: ChangeFilter): (event: ChangeEvent) => boolean {
  const names = tables && new Set(tables);
  return ({ op, source: { schema, table } }) =>
    (ops?.includes(op) ?? true) &&
    (names === undefined || names.has(table) || names.has(`${schema}.${table}`));
}
