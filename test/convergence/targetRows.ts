import { type AttributeValue, DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import type { ReplicatedTable } from "../../components/replicatedTable";
import { type Cells, rowId, text } from "./cells";
import { numberCell } from "./numberCell";

/** The rows of a table as DMS has them in DynamoDB, by their ids. */
export async function targetRows({
  tableName,
  table,
  partitionKey,
  sortKey,
}: ReplicatedTable): Promise<Map<string, Cells>> {
  const rows = new Map<string, Cells>();
  const client = new DynamoDBClient({});
  for await (const { Items } of paginateScan({ client }, { TableName: tableName, ConsistentRead: true })) {
    for (const item of Items ?? []) {
      const cells = Object.fromEntries(Object.entries(item).map(([name, value]) => [name, cellOf(value)]));
      const names = [partitionKey.name, ...(sortKey ? [sortKey.name] : [])];
      rows.set(rowId(table, Object.fromEntries(names.map((name) => [name, cells[name] ?? ""]))), cells);
    }
  }
  return rows;
}

function cellOf({ S, N }: AttributeValue): string {
  return N === undefined ? text(S ?? "?") : numberCell(N);
}
