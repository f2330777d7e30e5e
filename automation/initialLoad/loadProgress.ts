import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  paginateScan,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";

/** A row's key in DynamoDB, as the SDK takes and gives it. */
export type RowKey = Record<string, AttributeValue>;

/** How far one segment of a table's scan is. */
export interface SegmentProgress {
  /** Rows published. */
  rows: number;
  /** The last row published; undefined before the first. */
  after: RowKey | undefined;
  done: boolean;
}

/** How far the load of one table is. */
export interface TableProgress {
  /** The stream that the load precedes. */
  streamArn: string;
  /** When the load began, in whole seconds since 1970. */
  startedAt: number;
  /** One for each segment; their number divides the table and so stays what it was at the beginning. */
  segments: SegmentProgress[];
}

/** Where the progress is kept. Every run finds it, wherever it runs. */
export interface ProgressStore {
  /** All of it, by the DynamoDB table's name. */
  read(): Promise<Map<string, TableProgress>>;
  /** Begins the load of a table, in place of what an earlier stream's load left. */
  begin(tableName: string, progress: TableProgress): Promise<void>;
  /** Keeps how far a segment is; does nothing where another stream's load has begun since. */
  advance(tableName: string, streamArn: string, segment: number, progress: SegmentProgress): Promise<void>;
}

/** The item of the progress table that is no table's progress but the run lock's: no table can have this name. */
export const RUN_LOCK_KEY = "(run)";

/** A segment that nothing has been read of. */
export const UNTOUCHED: SegmentProgress = { rows: 0, after: undefined, done: false };

/** True once every row of the table is published. */
export function isComplete(progress: TableProgress): boolean {
  return progress.segments.every(({ done }) => done);
}

/**
 * The progress in a DynamoDB table: one item a table, with a member for each segment, so that the segments write
 * side by side.
 */
export function progressTable(client: DynamoDBClient, name: string): ProgressStore {
  return {
    async read() {
      const all = new Map<string, TableProgress>();
      for await (const page of paginateScan({ client }, { TableName: name, ConsistentRead: true })) {
        for (const item of page.Items ?? []) {
          all.set(item.tableName?.S ?? "", progressOf(item));
        }
      }
      all.delete(RUN_LOCK_KEY);
      return all;
    },
    async begin(tableName, { streamArn, startedAt, segments }) {
      const members = segments.map((segment, index) => [String(index), { M: segmentItem(segment) }]);
      await client.send(
        new PutItemCommand({
          TableName: name,
          Item: {
            tableName: { S: tableName },
            streamArn: { S: streamArn },
            startedAt: { N: String(startedAt) },
            segments: { M: Object.fromEntries(members) },
          },
        }),
      );
    },
    async advance(tableName, streamArn, segment, progress) {
      try {
        await client.send(
          new UpdateItemCommand({
            TableName: name,
            Key: { tableName: { S: tableName } },
            UpdateExpression: "SET #segments.#segment = :progress",
            ConditionExpression: "#streamArn = :streamArn",
            ExpressionAttributeNames: {
              "#segments": "segments",
              "#segment": String(segment),
              "#streamArn": "streamArn",
            },
            ExpressionAttributeValues: {
              ":progress": { M: segmentItem(progress) },
              ":streamArn": { S: streamArn },
            },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) {
          throw error;
        }
      }
    },
  };
}

function segmentItem({ rows, after, done }: SegmentProgress): Record<string, AttributeValue> {
  return { rows: { N: String(rows) }, done: { BOOL: done }, ...(after && { after: { M: after } }) };
}

function progressOf(item: Record<string, AttributeValue>): TableProgress {
  const members = Object.entries(item.segments?.M ?? {}).sort(([a], [b]) => Number(a) - Number(b));
  return {
    streamArn: item.streamArn?.S ?? "",
    startedAt: Number(item.startedAt?.N),
    segments: members.map(([, { M: segment = {} }]) => ({
      rows: Number(segment.rows?.N),
      after: segment.after?.M,
      done: segment.done?.BOOL ?? false,
    })),
  };
}
