/** One record of a stream, ready to be delivered. */
export interface StreamRecord {
  sequenceNumber: string;
  /** Records with the same key are delivered in order, whatever the parallelization. */
  orderingKey: string;
  /** When it entered the stream, in milliseconds since 1970, as exact as the service says. */
  arrivedAt: number;
  /** The event's JSON as the function receives it. */
  text: string;
  /** The size of the text in UTF-8. */
  bytes: number;
}

/** A shard of a stream. */
export interface Shard {
  shardId: string;
  /** The shards that must be read to their end before this one. */
  parents: string[];
  /** Set once no record will be added. */
  closed: boolean;
}

/** Where to begin on a shard. */
export type Position =
  | { type: "TRIM_HORIZON" }
  | { type: "LATEST" }
  | { type: "AT_TIMESTAMP"; seconds: number }
  | { type: "AFTER_SEQUENCE_NUMBER"; sequenceNumber: string };

/** One answer to a read. */
export interface StreamPage {
  /** Each with the parsed event, which filters look at. */
  records: { record: StreamRecord; event: unknown }[];
  /** Where to go on; undefined at the end of a closed shard. */
  next: string | undefined;
}

/** A stream that mappings can read: DynamoDB Streams or Kinesis. Errors are AwsHttpError, as the service gave them. */
export interface StreamSource {
  /** For error messages, such as `DynamoDB stream`. */
  readonly kind: string;
  /** The member of a failure record that names the batch (AWS Lambda developer guide, "on-failure destination"). */
  readonly batchInfoMember: "DDBStreamBatchInfo" | "KinesisBatchInfo";
  /** How long the stream keeps a record, in seconds. */
  readonly retentionSeconds: number;
  /** All shards, and whether records are still being added to the stream at all. */
  listShards(): Promise<{ shards: Shard[]; enabled: boolean }>;
  /** An iterator for reading a shard. */
  iterator(shardId: string, position: Position): Promise<string>;
  read(shardId: string, iterator: string): Promise<StreamPage>;
  /**
   * What a mapping's filters see of an event: of a DynamoDB stream's all of it, of a Kinesis stream's the record with
   * its `data` decoded (AWS Lambda developer guide, "Control which events Lambda sends to your function").
   */
  filtered(event: unknown): unknown;
  /** How the service would write a record's time in a failure record. */
  formatTime(milliseconds: number): string;
}

/** A stream that may be made the source of a mapping, if its function's role can read it. */
export interface MappableStream extends StreamSource {
  /** The actions that the role needs, as AWS's message lists them. */
  readonly actions: string;
  /** Does each of them once. */
  probe(): Promise<void>;
}

/** Compares two sequence numbers, which are decimal numbers of any length. */
export function compareSequence(a: string, b: string): number {
  const [left, right] = [BigInt(a), BigInt(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
