import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  type ScanCommandOutput,
  type TableDescription,
} from "@aws-sdk/client-dynamodb";
import type { KeyAttribute, TargetTable } from "../mapping/itemMapper";
import { BATCH_ITEMS, TableFault } from "./dynamodb";
import { isDenied, pause, persist } from "./retry";

/** The units of a table that DMS makes (AWS DMS user guide, CHAP_Target.DynamoDB). */
const TABLE_UNITS = 200;

/** The one control table that DMS supports on DynamoDB. */
export const EXCEPTIONS_TABLE = "awsdms_apply_exceptions";

const POLL_MS = 50;

/** How existing tables are treated before a load. */
export type PrepMode = "DO_NOTHING" | "DROP_AND_CREATE" | "TRUNCATE_BEFORE_LOAD";

/** A row that could not be applied, as the control table keeps it (user guide, TaskSettings.ControlTable). */
export interface ApplyException {
  taskName: string;
  schema: string;
  table: string;
  statement: string;
  error: string;
}

/** Makes, empties and drops target tables. */
export class DynamoTables {
  /**
   * @param writeThreads ParallelLoadThreads: more than one multiplies a new table's write units
   * @param signal ends every wait
   */
  constructor(
    private readonly client: DynamoDBClient,
    private readonly writeThreads: number,
    private readonly signal: AbortSignal,
  ) {}

  /** Makes a table ready for a load: 200/200 provisioned units, no stream. @throws TableFault */
  async prepare(target: TargetTable, mode: PrepMode): Promise<void> {
    let existing = await this.describe(target.tableName);
    if (existing !== undefined && mode === "DROP_AND_CREATE") {
      await this.drop(target.tableName);
      existing = undefined;
    }
    if (existing === undefined) {
      await this.create(target);
      return;
    }
    checkKey(existing, target);
    await this.waitForActive(target.tableName);
    if (mode === "TRUNCATE_BEFORE_LOAD") {
      await this.truncate(target);
    }
  }

  /** Makes the control table where it is missing. */
  async prepareExceptions(): Promise<void> {
    await this.prepare(
      {
        tableName: EXCEPTIONS_TABLE,
        partitionKey: { name: "TASK_NAME", type: "S" },
        sortKey: { name: "ERROR_TIME", type: "S" },
      },
      "DO_NOTHING",
    );
  }

  async recordException(exception: ApplyException): Promise<void> {
    // The time is a part of the key: a counter keeps two errors of one millisecond apart.
    const time = `${new Date().toISOString().slice(0, -1)}${String(this.exceptions++ % 1_000).padStart(3, "0")}`;
    await this.call(() =>
      this.client.send(
        new PutItemCommand({
          TableName: EXCEPTIONS_TABLE,
          Item: {
            TASK_NAME: { S: exception.taskName },
            ERROR_TIME: { S: time },
            TABLE_OWNER: { S: exception.schema },
            TABLE_NAME: { S: exception.table },
            STATEMENT: { S: exception.statement },
            ERROR: { S: exception.error },
          },
        }),
      ),
    );
  }

  async drop(tableName: string): Promise<void> {
    if ((await this.describe(tableName)) === undefined) {
      return;
    }
    await this.call(() => this.client.send(new DeleteTableCommand({ TableName: tableName })));
    while ((await this.describe(tableName)) !== undefined) {
      await pause(POLL_MS, this.signal);
    }
  }

  private exceptions = 0;

  private async create(target: TargetTable): Promise<void> {
    const keys = [target.partitionKey, target.sortKey].filter((key) => key !== undefined);
    try {
      await this.call(() =>
        this.client.send(
          new CreateTableCommand({
            TableName: target.tableName,
            AttributeDefinitions: keys.map(({ name, type }) => ({
              AttributeName: name,
              AttributeType: type,
            })),
            KeySchema: keys.map(({ name }, index) => ({
              AttributeName: name,
              KeyType: index === 0 ? "HASH" : "RANGE",
            })),
            ProvisionedThroughput: {
              ReadCapacityUnits: TABLE_UNITS,
              WriteCapacityUnits: TABLE_UNITS * Math.max(1, this.writeThreads),
            },
          }),
        ),
      );
    } catch (error) {
      // An attempt before this one may have made it, its answer lost.
      if ((error as Error).name !== "ResourceInUseException") {
        throw new TableFault(`the table ${target.tableName} cannot be created: ${(error as Error).message}`);
      }
    }
    await this.waitForActive(target.tableName);
  }

  private async waitForActive(tableName: string): Promise<void> {
    for (;;) {
      const table = await this.describe(tableName);
      if (table?.TableStatus === "ACTIVE" || table?.TableStatus === "UPDATING") {
        return;
      }
      await pause(POLL_MS, this.signal);
    }
  }

  private async truncate({ tableName, partitionKey, sortKey }: TargetTable): Promise<void> {
    const names = [partitionKey.name, ...(sortKey === undefined ? [] : [sortKey.name])];
    let start: ScanCommandOutput["LastEvaluatedKey"];
    do {
      const page: ScanCommandOutput = await this.call(() =>
        this.client.send(
          new ScanCommand({
            TableName: tableName,
            ProjectionExpression: names.map((_name, index) => `#${index}`).join(", "),
            ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#${index}`, name])),
            ...(start === undefined ? {} : { ExclusiveStartKey: start }),
          }),
        ),
      );
      start = page.LastEvaluatedKey;
      const keys = page.Items ?? [];
      for (let index = 0; index < keys.length; index += BATCH_ITEMS) {
        let requests = keys.slice(index, index + BATCH_ITEMS).map((Key) => ({ DeleteRequest: { Key } }));
        while (requests.length > 0) {
          const RequestItems = { [tableName]: requests };
          const answer = await this.call(() => this.client.send(new BatchWriteItemCommand({ RequestItems })));
          requests = (answer.UnprocessedItems?.[tableName] ?? []) as typeof requests;
        }
      }
    } while (start !== undefined);
  }

  private async describe(tableName: string): Promise<TableDescription | undefined> {
    try {
      const { Table } = await this.call(() =>
        this.client.send(new DescribeTableCommand({ TableName: tableName })),
      );
      return Table;
    } catch (error) {
      if ((error as Error).name === "ResourceNotFoundException") {
        return undefined;
      }
      throw error;
    }
  }

  /** @throws TableFault where the endpoint's role may not do it */
  private async call<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await persist(request, this.signal, () => undefined);
    } catch (error) {
      throw isDenied(error) ? new TableFault((error as Error).message) : error;
    }
  }
}

function checkKey(table: TableDescription, target: TargetTable): void {
  const types = new Map(table.AttributeDefinitions?.map((one) => [one.AttributeName, one.AttributeType]));
  const found = (table.KeySchema ?? [])
    .map((key) => `${key.AttributeName} ${types.get(key.AttributeName)}`)
    .join(", ");
  const wanted = [target.partitionKey, target.sortKey]
    .filter((key): key is KeyAttribute => key !== undefined)
    .map(({ name, type }) => `${name} ${type}`)
    .join(", ");
  if (found !== wanted) {
    throw new TableFault(
      `the table ${target.tableName} exists with the key (${found}); its rows have the key (${wanted})`,
    );
  }
}
