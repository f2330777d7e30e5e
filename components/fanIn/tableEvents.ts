import type { ColumnMask } from "../../functions/mask";
import type { ReplicatedTable } from "../replicatedTable";
import { keyMapping } from "../replication/tableMappings";
import { selectedBy, type TablePattern } from "../replication/tablePattern";
import type { EventOptions } from "./events";

/** Tables by patterns, `schema.table` in DMS's wildcards: `%` is any text, `_` any one character. */
export interface TablePatterns {
  /** The tables that are meant. Default: all. */
  include?: string[];
  /** Those of them that are not. Default: none. */
  exclude?: string[];
}

/** From the strictest on: the first that is asked for holds. */
const STRICTEST_FIRST: readonly ColumnMask[] = ["drop", "redact", "hash"];

/** What the fan-in does with one table. */
export interface TableEvents {
  /** Whether its changes become events. */
  published: boolean;
  /** What becomes of its masked columns, by their attributes' names, sorted. */
  masks: Record<string, ColumnMask>;
}

/**
 * What the settings come to for one table.
 *
 * A key of three or more columns has an attribute that holds the others but the first (see `keyMapping`): where one of
 * them is masked, so is that attribute.
 *
 * @param keyColumns the columns of the table's key where the settings name them
 */
export function tableEvents(
  table: TablePattern,
  { tables = {}, columns = {} }: EventOptions,
  keyColumns: readonly string[] = [],
): TableEvents {
  const masks = new Map<string, ColumnMask>();
  for (const [pattern, masksOfPattern] of Object.entries(columns)) {
    if (!selectedBy([pattern], table)) continue;
    for (const [column, mask] of Object.entries(masksOfPattern))
      masks.set(column, stricter(mask, masks.get(column)));
  }
  const [, ...others] = keyColumns;
  const joined = others.length > 1 ? keyMapping(keyColumns)["sort-key-name"] : undefined;
  for (const column of others) {
    const mask = masks.get(column);
    if (joined !== undefined && mask !== undefined) masks.set(joined, stricter(mask, masks.get(joined)));
  }
  return {
    published:
      (tables.include === undefined || selectedBy(tables.include, table)) &&
      !selectedBy(tables.exclude ?? [], table),
    masks: Object.fromEntries([...masks].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/**
 * The columns of a table's key that would be dropped or redacted: its rows would not be told apart any more, nor kept
 * in order.
 *
 * @param keyColumns the columns of the table's key where the settings name them
 */
export function lostKeyColumns(
  table: TablePattern & Partial<Pick<ReplicatedTable, "partitionKey" | "sortKey">>,
  events: EventOptions,
  keyColumns: readonly string[] = [],
): { column: string; mask: ColumnMask }[] {
  const { masks } = tableEvents(table, events, keyColumns);
  const attributes = [table.partitionKey, table.sortKey].flatMap((key) => (key ? [key.name] : []));
  const key = keyColumns.length > 0 ? keyColumns : attributes;
  return key.flatMap((column) => {
    const mask = masks[column];
    return mask === undefined || mask === "hash" ? [] : [{ column, mask }];
  });
}

function stricter(one: ColumnMask, other: ColumnMask | undefined): ColumnMask {
  return STRICTEST_FIRST.find((mask) => mask === one || mask === other) ?? one;
}
