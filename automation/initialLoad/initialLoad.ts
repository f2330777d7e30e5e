import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { ReplicatedTable } from "../../components/replicatedTable";
import { failureBucket } from "../../functions/failureBucket";
import { kinesisSink } from "../../functions/kinesisSink";
import type { PipelineOutputs } from "../../program";
import { eventSources } from "../eventSources";
import { isComplete, progressTable, UNTOUCHED } from "./loadProgress";
import { type LoadParts, loadTable } from "./loadTable";
import { scanRows } from "./readRows";

/** The publishing of the rows that were in the tables before their streams were on. */
export interface InitialLoad {
  /** Those of some tables whose rows are not all published, though they shall be. */
  pending(tables: readonly ReplicatedTable[]): Promise<ReplicatedTable[]>;
  /** Publishes the rows of one of them, from where an earlier run left off. @returns the number of rows */
  publish(
    table: ReplicatedTable,
    onRows: (rows: number) => void,
    signal: AbortSignal | undefined,
  ): Promise<number>;
}

/**
 * Segments of one table that are read side by side. A change stream takes less than they read: 4 MB/s at first when
 * it is on demand, 1 MB/s a shard when it is provisioned (Amazon Kinesis Data Streams developer guide).
 */
export const SEGMENTS = 8;

// A table of provisioned capacity throttles a scan, and lets it on a moment later.
const READ_ATTEMPTS = 12;

/**
 * What a load is the beginning of is a stream: a table that gets another one (it was made anew, or its stream was
 * turned off and on) is loaded again, ahead of that one's changes. So the progress names the stream it is for.
 *
 * @param streamArns the stream of each table, by the table's name in DynamoDB
 * @param parts what the load of a table works with, whose progress is kept in the same place
 */
export function initialLoad(streamArns: Readonly<Record<string, string>>, parts: LoadParts): InitialLoad {
  const streamOf = ({ tableName }: ReplicatedTable) => {
    const streamArn = streamArns[tableName];
    if (streamArn === undefined) {
      throw new Error(`the stack's outputs name no stream of table "${tableName}"`);
    }
    return streamArn;
  };
  return {
    async pending(tables) {
      const all = await parts.store.read();
      const published = tables.filter(({ tableName }) => parts.sources.table(tableName).published);
      return published.filter((table) => {
        const progress = all.get(table.tableName);
        return progress?.streamArn !== streamOf(table) || !isComplete(progress);
      });
    },
    async publish(table, onRows, signal) {
      const streamArn = streamOf(table);
      let progress = (await parts.store.read()).get(table.tableName);
      if (progress?.streamArn !== streamArn) {
        const segments = Array.from({ length: SEGMENTS }, () => UNTOUCHED);
        progress = { streamArn, startedAt: Math.floor(Date.now() / 1000), segments };
        await parts.store.begin(table.tableName, progress);
      }
      return loadTable(table, progress, parts, onRows, signal);
    },
  };
}

/**
 * The initial load of a stack; undefined where the stack does not want one.
 *
 * @throws RowstreamError `HashKeyNotReadable`
 */
export async function initialLoadFor(outputs: PipelineOutputs): Promise<InitialLoad | undefined> {
  const { region, streamName, failureBucketName, initialLoad: place } = outputs;
  if (place === undefined) {
    return undefined;
  }
  const dynamodb = new DynamoDBClient({ region, maxAttempts: READ_ATTEMPTS });
  return initialLoad(outputs.tableStreamArns, {
    store: progressTable(dynamodb, place.progressTable),
    readRows: scanRows(dynamodb),
    sources: await eventSources(outputs),
    bucket: failureBucketName,
    maxRecordBytes: place.maxRecordKib * 1024,
    putRecords: kinesisSink(region, streamName),
    putObject: failureBucket(region, failureBucketName),
  });
}
