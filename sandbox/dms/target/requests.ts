import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Behaviour } from "../behaviour";
import type { MappedRow } from "../mapping/itemMapper";

/** One write of one row. */
export type Write =
  | { kind: "put"; tableName: string; row: MappedRow }
  | { kind: "update"; tableName: string; row: MappedRow }
  | { kind: "delete"; tableName: string; key: Record<string, AttributeValue> };

interface UpdateRequest {
  TableName: string;
  Key: Record<string, AttributeValue>;
  /** Absent where the row is nothing but its key. */
  UpdateExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, AttributeValue>;
}

/** A write as DynamoDB's operations take it, under the name that TransactWriteItems gives it. */
export type Request =
  | { Put: { TableName: string; Item: Record<string, AttributeValue> } }
  | { Update: UpdateRequest }
  | { Delete: { TableName: string; Key: Record<string, AttributeValue> } };

/** How a write reaches DynamoDB: an update merges into the item or replaces it, as the behaviour says. */
export function requestOf(write: Write, behaviour: Behaviour): Request {
  const { tableName: TableName } = write;
  if (write.kind === "delete") {
    return { Delete: { TableName, Key: write.key } };
  }
  if (write.kind === "put" || behaviour.update === "replace") {
    return { Put: { TableName, Item: { ...write.row.key, ...write.row.attributes } } };
  }
  return { Update: { TableName, ...merge(write.row, behaviour.nullOnUpdate === "remove") } };
}

/** An update of what the log carries; what it does not carry stays as it is. */
function merge(
  { key, attributes, absent }: MappedRow,
  removeAbsent: boolean,
): Omit<UpdateRequest, "TableName"> {
  const names: Record<string, string> = {};
  const values: Record<string, AttributeValue> = {};
  const set: string[] = [];
  const removed: string[] = [];
  let place = 0;
  for (const [name, value] of Object.entries(attributes)) {
    names[`#${place}`] = name;
    values[`:${place}`] = value;
    set.push(`#${place} = :${place}`);
    place++;
  }
  for (const name of removeAbsent ? absent : []) {
    names[`#${place}`] = name;
    removed.push(`#${place}`);
    place++;
  }
  const clauses = [];
  if (set.length > 0) {
    clauses.push(`SET ${set.join(", ")}`);
  }
  if (removed.length > 0) {
    clauses.push(`REMOVE ${removed.join(", ")}`);
  }
  return {
    Key: key,
    ...(clauses.length === 0 ? {} : { UpdateExpression: clauses.join(" "), ExpressionAttributeNames: names }),
    ...(set.length === 0 ? {} : { ExpressionAttributeValues: values }),
  };
}
