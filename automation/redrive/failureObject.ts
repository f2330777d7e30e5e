import type { StreamRecord } from "../../functions/dynamoDbStream";

/** The folder that an object moves to when nothing of it is left to do. */
export const REDRIVEN_PREFIX = "redriven/";

/** What an object of the failure bucket holds: records, or the reason why none can be had of it. */
export type FailureContent = { records: StreamRecord[] } | { unrecoverable: string };

/**
 * Reads what a mapping wrote to its on-failure destination. With S3, `payload` is the whole event: as JSON text
 * (AWS Lambda developer guide, services-dynamodb-errors: "an escaped JSON string"), or as an object, which older
 * texts show.
 */
export function readMappingObject(text: string): FailureContent {
  const document = parse(text);
  const payload = isObject(document) ? document.payload : undefined;
  const event = typeof payload === "string" ? parse(payload) : payload;
  if (isObject(event) && Array.isArray(event.Records) && event.Records.every(isObject)) {
    return { records: event.Records };
  }
  const info = isObject(document) ? document.DDBStreamBatchInfo : undefined;
  return {
    unrecoverable: isObject(info)
      ? `it has no records, only where they were: ${info.batchSize} from ${info.startSequenceNumber} on in shard ${info.shardId} of ${info.streamArn}, which keeps them for 24 hours`
      : "it is not what a mapping writes: there are no records under payload",
  };
}

/** Why the fan-in set a record aside, as it wrote it. */
export function readUnprocessableReason(text: string): string {
  const document = parse(text);
  return isObject(document) && typeof document.reason === "string"
    ? document.reason
    : "it gives no reason: the fan-in did not write it";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
