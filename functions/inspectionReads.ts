import {
  type DatabaseMigrationServiceClient,
  DescribeReplicationsCommand,
  DescribeReplicationTasksCommand,
  paginateDescribeReplicationTableStatistics,
  paginateDescribeTableStatistics,
  type TableStatistics,
} from "@aws-sdk/client-database-migration-service";
import { DescribeTableCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type LambdaClient, paginateListEventSourceMappings } from "@aws-sdk/client-lambda";
import { paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import { MAPPING_PREFIX, UNPROCESSABLE_PREFIX } from "./failurePrefixes";
import type { InspectedTable, MappingState, TableState } from "./inspection";

/** Tables that are described at the same time. */
const TABLES_AT_ONCE = 10;

/** More objects are not counted: the alarm is about the first. */
const MOST_FAILURES = 10_000;

/** A serverless configuration's ARN says so: `arn:aws:dms:…:replication-config:…`. */
function isServerless(replicationArn: string): boolean {
  return replicationArn.includes(":replication-config:");
}

/** Whether the replication runs; one that is not there does not. */
export async function isReplicating(
  dms: DatabaseMigrationServiceClient,
  replicationArn: string,
): Promise<boolean> {
  const found = isServerless(replicationArn)
    ? (
        await dms.send(
          new DescribeReplicationsCommand({
            Filters: [{ Name: "replication-config-arn", Values: [replicationArn] }],
          }),
        )
      ).Replications?.[0]
    : (
        await dms.send(
          new DescribeReplicationTasksCommand({
            Filters: [{ Name: "replication-task-arn", Values: [replicationArn] }],
            WithoutSettings: true,
          }),
        )
      ).ReplicationTasks?.[0];
  return found?.Status === "running";
}

/** What DMS says of each table. */
export async function readTableStates(
  dms: DatabaseMigrationServiceClient,
  replicationArn: string,
): Promise<TableState[]> {
  const states: TableState[] = [];
  const add = (tables: TableStatistics[] = []) => {
    for (const { SchemaName = "", TableName = "", TableState = "" } of tables) {
      states.push({ schema: SchemaName, table: TableName, state: TableState });
    }
  };
  if (isServerless(replicationArn)) {
    const pages = paginateDescribeReplicationTableStatistics(
      { client: dms },
      { ReplicationConfigArn: replicationArn },
    );
    for await (const page of pages) add(page.ReplicationTableStatistics);
  } else {
    const pages = paginateDescribeTableStatistics({ client: dms }, { ReplicationTaskArn: replicationArn });
    for await (const page of pages) add(page.TableStatistics);
  }
  return states;
}

/** The ARN of each table's stream, by the table's name; a table that is gone, or whose stream is off, has none. */
export async function readStreams(
  dynamodb: DynamoDBClient,
  tables: readonly InspectedTable[],
): Promise<Map<string, string>> {
  const streams = new Map<string, string>();
  const waiting = [...tables];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const arn = await streamOf(dynamodb, next.tableName);
      if (arn !== undefined) streams.set(next.tableName, arn);
    }
  };
  await Promise.all(Array.from({ length: TABLES_AT_ONCE }, work));
  return streams;
}

async function streamOf(dynamodb: DynamoDBClient, tableName: string): Promise<string | undefined> {
  try {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: tableName }));
    return Table?.StreamSpecification?.StreamEnabled ? Table.LatestStreamArn : undefined;
  } catch (error) {
    if ((error as Error).name === "ResourceNotFoundException") return undefined;
    throw error;
  }
}

/** Every mapping of a function. */
export async function readMappings(lambda: LambdaClient, functionName: string): Promise<MappingState[]> {
  const mappings: MappingState[] = [];
  const pages = paginateListEventSourceMappings({ client: lambda }, { FunctionName: functionName });
  for await (const { EventSourceMappings = [] } of pages) {
    for (const { EventSourceArn = "", State = "", LastProcessingResult = "" } of EventSourceMappings) {
      mappings.push({ streamArn: EventSourceArn, state: State, lastResult: LastProcessingResult });
    }
  }
  return mappings;
}

/** How many objects of the failure bucket nobody has dealt with. */
export async function countFailures(s3: S3Client, bucket: string): Promise<number> {
  let count = 0;
  for (const Prefix of [MAPPING_PREFIX, UNPROCESSABLE_PREFIX]) {
    for await (const { KeyCount = 0 } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix })) {
      count += KeyCount;
      if (count >= MOST_FAILURES) return count;
    }
  }
  return count;
}
