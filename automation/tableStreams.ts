import {
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
} from "@aws-sdk/client-dynamodb";
import type { ReplicatedTable } from "../components/replicatedTable";

/** The ARN of the stream of each of some tables that has one as a pipeline needs it, by the table's name. */
export type TableStreams = (tableNames: readonly string[]) => Promise<Map<string, string>>;

/** Calls at once: DescribeTable shares the control plane's limit with everybody in the account. */
const CONCURRENT_CALLS = 10;

/** Asks DynamoDB for the streams: those that are on and carry both images. */
export function tableStreams(client: DynamoDBClient): TableStreams {
  return async (tableNames) => {
    const streams = new Map<string, string>();
    const waiting = [...tableNames];
    const ask = async () => {
      for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
        const streamArn = await streamOf(client, name);
        if (streamArn !== undefined) {
          streams.set(name, streamArn);
        }
      }
    };
    await Promise.all(Array.from({ length: CONCURRENT_CALLS }, ask));
    return streams;
  };
}

async function streamOf(client: DynamoDBClient, TableName: string): Promise<string | undefined> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    const { StreamEnabled, StreamViewType } = Table?.StreamSpecification ?? {};
    return StreamEnabled && StreamViewType === "NEW_AND_OLD_IMAGES" ? Table?.LatestStreamArn : undefined;
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
