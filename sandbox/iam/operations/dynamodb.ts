import type { Need } from "../authorizer";
import { arnOf, type Call, type NeedsOf, type Service, text, type World } from "./call";

/** Operations on one table, named by TableName, that need neither its items nor its key. */
const ON_TABLE = new Set([
  "CreateTable",
  "DeleteTable",
  "DescribeContinuousBackups",
  "DescribeTable",
  "DescribeTimeToLive",
  "UpdateTable",
]);

/** Operations on the items of one table. */
const ON_ITEMS = new Set(["DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"]);

/** The actions that the entries of a transaction need (IAM user guide for DynamoDB, transactions). */
const TRANSACTED: Record<string, string> = {
  ConditionCheck: "ConditionCheckItem",
  Delete: "DeleteItem",
  Get: "GetItem",
  Put: "PutItem",
  Update: "UpdateItem",
};

/** AWS DMS, by the service that assumed the role. */
const DMS = /^dms\./;

/** What a kind of entry of a BatchWriteItem is when it is written alone. */
const WRITTEN_ALONE: Record<string, string> = { PutRequest: "PutItem", DeleteRequest: "DeleteItem" };

type Entries = Record<string, Record<string, unknown>[] | undefined>;

/** The name of a table that is given by name or by ARN. */
export function tableName(nameOrArn: string): string {
  return nameOrArn.replace(/^arn:[^/]*:table\//, "").split("/")[0] ?? "";
}

/** The items of a table, with the table's key: DynamoDB decrypts it in the caller's name for reads and writes alike. */
export async function itemNeeds(
  name: string,
  actions: string[],
  resource: string,
  { region }: Call,
  { resources }: World,
): Promise<Need[]> {
  const { key } = await resources.table(name);
  return [
    ...actions.map((action) => ({ action: `dynamodb:${action}`, resource })),
    ...(await resources.keyUse(key, ["kms:Decrypt"], "dynamodb", region)),
  ];
}

/** The tables of a request for several, each with the actions that its entries need. */
function tablesOf({ operation, input, session }: Call): Map<string, Set<string>> | undefined {
  const tables = new Map<string, Set<string>>();
  const add = (table: unknown, action: string | undefined) => {
    const actions = tables.get(String(table)) ?? new Set<string>();
    tables.set(String(table), actions.add(action ?? operation));
  };
  switch (operation) {
    case "BatchGetItem":
      for (const table of Object.keys((input.RequestItems ?? {}) as object)) {
        add(table, operation);
      }
      return tables;
    case "BatchWriteItem":
      for (const [table, entries = []] of Object.entries((input.RequestItems ?? {}) as Entries)) {
        for (const kind of entries.flatMap((entry) => Object.keys(entry))) {
          // AWS DMS writes row by row. Its stand-in sends batches because the local DynamoDB is slow at single
          // calls, and needs what DMS needs: the role gets no BatchWriteItem for its sake.
          add(table, DMS.test(session.service) ? WRITTEN_ALONE[kind] : operation);
        }
      }
      return tables;
    case "TransactGetItems":
    case "TransactWriteItems":
      for (const entry of (input.TransactItems ?? []) as Record<string, { TableName?: string }>[]) {
        for (const [kind, { TableName }] of Object.entries(entry)) {
          add(TableName, TRANSACTED[kind]);
        }
      }
      return tables;
    default:
      return undefined;
  }
}

const needs: NeedsOf = async (call, world) => {
  const { operation, input, region } = call;
  const arn = (name: string) => arnOf("dynamodb", region, `table/${name}`);
  if (operation === "ListTables") {
    return [{ action: "dynamodb:ListTables", resource: "*" }];
  }
  const name = tableName(text(input, "TableName"));
  if (ON_TABLE.has(operation)) {
    return [{ action: `dynamodb:${operation}`, resource: arn(name) }];
  }
  if (ON_ITEMS.has(operation)) {
    const index = text(input, "IndexName");
    const resource = index === "" ? arn(name) : `${arn(name)}/index/${index}`;
    return itemNeeds(name, [operation], resource, call, world);
  }
  const tables = tablesOf(call);
  if (tables === undefined) {
    return undefined;
  }
  const each = [...tables].map(([table, actions]) =>
    itemNeeds(tableName(table), [...actions], arn(tableName(table)), call, world),
  );
  return (await Promise.all(each)).flat();
};

/** Amazon DynamoDB. */
export const dynamodb: Service = { needs, protocol: "json" };
