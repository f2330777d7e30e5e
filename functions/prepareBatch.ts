import { createHash } from "node:crypto";
import { changeOf, isSeconds } from "./change";
import type { StreamRecord } from "./dynamoDbStream";
import type { StoredObject } from "./failureBucket";
import { writtenAtOf } from "./heartbeat/latency";
import { withoutRows } from "./mask";
import { partitionKey } from "./partitionKey";
import { type OutgoingRecord, sizeOf } from "./rowQueue";
import type { Sources, SourceTable } from "./sources";
import { UnprocessableRecord } from "./unprocessable";

/**
 * What is to be done for one stream record: write an object, publish a record, the one and then the other; or neither,
 * where the changes of its table are no events.
 */
export interface PreparedRecord {
  /** To be published; absent for a record that cannot be turned into an event. */
  outgoing?: OutgoingRecord;
  /** To be in the failure bucket before the record may be published. */
  object?: StoredObject;
  /** When the source wrote the row, of a change of the heartbeat; milliseconds since 1970 by the source's clock. */
  writtenAt?: number;
  /** Why the record cannot be turned into an event. */
  unprocessable?: string;
}

export interface PrepareOptions {
  sources: Sources;
  /** The largest record that the stream accepts, partition key included, in bytes. */
  maxRecordBytes: number;
  /** The bucket that a reference to an oversize event names. */
  bucket: string;
}

const STREAM_ARN = /:table\/([^/]+)\/stream\//;

/**
 * Decides for each record of a batch what is to be done. Nothing is sent yet.
 *
 * @throws Error when a table is not known to `sources`: the whole batch must be delivered again
 */
export function prepareBatch(records: readonly StreamRecord[], options: PrepareOptions): PreparedRecord[] {
  // The records of a batch are of one stream.
  let arn: string | undefined;
  let tableName: string | undefined;
  return records.map((record) => {
    if (record.eventSourceARN !== arn) {
      arn = record.eventSourceARN;
      tableName = tableOf(arn);
    }
    if (tableName === undefined) {
      // Which columns it may tell is not known either.
      const known = options.sources.withholding ? withoutRows(record) : record;
      return unprocessable(known, "unknown", "the record's eventSourceARN is not that of a table's stream");
    }
    return prepareRecord(record, tableName, options);
  });
}

/**
 * Decides for one record of a table what is to be done.
 *
 * @throws Error when the table is not known to `sources`
 */
export function prepareRecord(
  record: StreamRecord,
  tableName: string,
  options: PrepareOptions,
): PreparedRecord {
  const table = options.sources.table(tableName);
  if (!table.published) {
    return {};
  }
  try {
    const prepared = prepareEvent(table.mask?.record(record) ?? record, tableName, table, options);
    const writtenAt = table.heartbeat ? writtenAtOf(record) : undefined;
    return writtenAt === undefined ? prepared : { ...prepared, writtenAt };
  } catch (error) {
    // Whatever is wrong with a record of that shape is wrong for good: it must not hold up those behind it.
    const reason = error instanceof UnprocessableRecord ? error.message : "the record is malformed";
    return unprocessable(table.mask?.remains(record) ?? record, tableName, reason);
  }
}

function tableOf(streamArn: unknown): string | undefined {
  return typeof streamArn === "string" ? STREAM_ARN.exec(streamArn)?.[1] : undefined;
}

function prepareEvent(
  record: StreamRecord,
  tableName: string,
  { write }: SourceTable,
  { maxRecordBytes, bucket }: PrepareOptions,
): PreparedRecord {
  const change = changeOf(record);
  const outgoing = { partitionKey: partitionKey(tableName, change.key), data: Buffer.from(write(change)) };
  if (sizeOf(outgoing) <= maxRecordBytes) {
    return { outgoing };
  }
  const object = { key: objectKey("oversize", record, tableName), body: outgoing.data };
  const ref = {
    bucket,
    key: object.key,
    bytes: object.body.byteLength,
    sha256: createHash("sha256").update(object.body).digest("hex"),
  };
  // The names of the changed columns may be too many by themselves.
  for (const changed of [change.changed, ""]) {
    outgoing.data = Buffer.from(write({ ...change, before: "null", after: "null", changed, ref }));
    if (sizeOf(outgoing) <= maxRecordBytes) {
      break;
    }
  }
  return { outgoing, object };
}

function unprocessable(record: StreamRecord, tableName: string, reason: string): PreparedRecord {
  const body = Buffer.from(`${JSON.stringify({ reason, record })}\n`);
  return {
    object: { key: objectKey("unprocessable", record, tableName), body },
    unprocessable: reason,
  };
}

/** `<kind>/<table>/<yyyy>/<mm>/<dd>/<eventID>.json`, the day being that of the change in UTC. */
function objectKey(kind: "oversize" | "unprocessable", record: StreamRecord, tableName: string): string {
  const seconds = record.dynamodb?.ApproximateCreationDateTime;
  const day = isSeconds(seconds)
    ? new Date(seconds * 1000).toISOString().slice(0, 10).replaceAll("-", "/")
    : "undated";
  const id =
    typeof record.eventID === "string" && record.eventID !== ""
      ? encodeURIComponent(record.eventID)
      : createHash("sha256").update(JSON.stringify(record)).digest("hex");
  return `${kind}/${tableName}/${day}/${id}.json`;
}
