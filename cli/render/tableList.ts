import type { Discovery } from "../../automation/events";
import type { KeyAttribute } from "../../components/replicatedTable";
import { aligned } from "./aligned";

/** The tables of a pipeline for people: one a line, then what was left out and why. */
export function tableList(discovery: Discovery): string {
  const added = new Set(discovery.added.map((table) => table.tableName));
  const rows = discovery.tables.map((table) => [
    `${table.schema}.${table.table}`,
    table.tableName,
    [table.partitionKey, table.sortKey].flatMap((key) => (key ? [keyText(key)] : [])).join(", "),
    added.has(table.tableName) ? "not taken in yet: run `rowstream up`" : "",
  ]);
  const lines = aligned([["SQL TABLE", "DYNAMODB TABLE", "KEY", ""], ...rows]);
  const notes = [
    ...discovery.skipped.map((table) => `${table.schema}.${table.table}: ${table.reason}`),
    ...discovery.gone.map(
      (table) => `${table.schema}.${table.table}: its DynamoDB table "${table.tableName}" is gone`,
    ),
  ];
  return [...lines, ...(notes.length > 0 ? ["", "LEFT OUT", ...notes] : []), ""].join("\n");
}

function keyText(key: KeyAttribute): string {
  return `${key.name} (${key.type})`;
}
