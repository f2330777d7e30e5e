import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { KeyAttribute, ReplicatedTable } from "../../components/replicatedTable";
import { keyMapping } from "../../components/replication/tableMappings";
import { canonicalDecimal } from "./decimal";
import { attributeText } from "./sameValue";
import type { SourceRow, SourceTable } from "./verifySource";

/** An item of DynamoDB, or its key. */
export type Item = Record<string, AttributeValue>;

/** How the rows of one table are told apart on either side. */
export interface RowKey {
  /** The source's key columns, in the order of the key. */
  columns: readonly string[];
  /** The attributes of an item that are needed to know its row. */
  attributes: readonly string[];
  /** The key of a source's row in DynamoDB; undefined where a part of it is NULL. */
  ofRow(row: SourceRow): Item | undefined;
  /** An item's own key. */
  ofItem(item: Item): Item;
  /** The key columns' values of an item; undefined where it has not all of them. */
  valuesOf(item: Item): string[] | undefined;
}

/**
 * The key of a table: its primary key, or the columns that the configuration names, from which the table mapping makes
 * the attributes (`keyMapping`).
 *
 * @returns the reason where there is none
 */
export function rowKey(
  source: SourceTable,
  target: ReplicatedTable,
  configured: readonly string[] | undefined,
): RowKey | string {
  const columns = configured ?? source.primaryKey;
  const missing = columns.find((name) => !source.columns.some((column) => column.name === name));
  if (columns.length === 0 || missing !== undefined) {
    return columns.length === 0
      ? "the source's table has no primary key"
      : `its key column "${missing}" is gone`;
  }
  const numeric = new Set(
    source.columns.filter(({ rule }) => rule.kind === "number").map(({ name }) => name),
  );
  const keyAttributes = [target.partitionKey, target.sortKey].flatMap((attribute) => attribute ?? []);
  const templates = new Map(
    configured === undefined
      ? []
      : keyMapping(columns)["attribute-mappings"].map((mapping) => [
          mapping["target-attribute-name"],
          mapping.value,
        ]),
  );
  const partOf = (row: SourceRow, { name, type }: KeyAttribute): AttributeValue | undefined => {
    const template = templates.get(name) ?? `\${${name}}`;
    let absent = false;
    const text = template.replace(/\$\{([^}]*)\}/g, (_all, column: string) => {
      const value = row[column];
      absent ||= value === null || value === undefined;
      return numeric.has(column) ? plainNumber(value ?? "") : (value ?? "");
    });
    return absent ? undefined : type === "N" ? { N: text } : { S: text };
  };
  return {
    columns,
    attributes: [...new Set([...keyAttributes.map(({ name }) => name), ...columns])],
    ofRow(row) {
      const parts = keyAttributes.map((attribute) => [attribute.name, partOf(row, attribute)] as const);
      return parts.every(([, part]) => part !== undefined) ? (Object.fromEntries(parts) as Item) : undefined;
    },
    ofItem: (item) =>
      Object.fromEntries(keyAttributes.map(({ name }) => [name, item[name] as AttributeValue])),
    valuesOf(item) {
      const values = columns.map((name) => item[name] && attributeText(item[name]));
      return values.every((value) => value !== undefined) ? values : undefined;
    },
  };
}

/** Names a row on either side: numbers by their value. */
export function keyId(key: Item): string {
  const parts = Object.keys(key)
    .sort()
    .map((name) => {
      const { N, S } = key[name] ?? {};
      return N === undefined ? `S${JSON.stringify(S)}` : `N${canonicalDecimal(N) ?? N}`;
    });
  return parts.join(",");
}

/** As DynamoDB writes numbers: no zeros that say nothing. */
function plainNumber(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
