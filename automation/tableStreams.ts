import {
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
  type TableDescription,
} from "@aws-sdk/client-dynamodb";
import type { ReplicatedTable } from "../components/replicatedTable";

/** The ARN of the stream of each of some tables that has one as a pipeline needs it, by the table's name. */
export type TableStreams = (tableNames: readonly string[]) => Promise<Map<string, string>>;

/** Calls at once: DescribeTable shares the control plane's limit with everybody in the account. */
const CONCURRENT_CALLS = 10;

/** Asks DynamoDB for the streams: those that are on and carry both images. */
export function tableStreams(client: DynamoDBClient): TableStreams {
  return async (tableNames) => {
    const tables = await describeTables(client, tableNames);
    return new Map(
      [...tables].flatMap(([name, { StreamSpecification, LatestStreamArn }]): [string, string][] => {
        const { StreamEnabled, StreamViewType } = StreamSpecification ?? {};
        return StreamEnabled && StreamViewType === "NEW_AND_OLD_IMAGES" && LatestStreamArn !== undefined
          ? [[name, LatestStreamArn]]
          : [];
      }),
    );
  };
}

/** What DynamoDB says of each of some tables that is there, by its name. */
export async function describeTables(
  client: DynamoDBClient,
  tableNames: readonly string[],
): Promise<Map<string, TableDescription>> {
  const tables = new Map<string, TableDescription>();
  const waiting = [...tableNames];
  const ask = async () => {
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      const table = await describe(client, name);
      if (table !== undefined) {
        tables.set(name, table);
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_CALLS }, ask));
  return tables;
}

async function describe(client: DynamoDBClient, TableName: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Those of some tables whose stream is not the one that the stack turned on: somebody turned it off, or off and on
 * again. No mapping reads what they have now.
 *
 * @param recorded the streams that the stack's last update left, by the table's name in DynamoDB
 */
export async function lostStreams(
  tables: readonly ReplicatedTable[],
  recorded: Readonly<Record<string, string>>,
  tableStreamsNow: TableStreams,
): Promise<ReplicatedTable[]> {
  const expected = tables.filter(({ tableName }) => recorded[tableName] !== undefined);
  const streams = await tableStreamsNow(expected.map(({ tableName }) => tableName));
  return expected.filter(({ tableName }) => streams.get(tableName) !== recorded[tableName]);
}
