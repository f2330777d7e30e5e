import { createHash } from "node:crypto";
import { keyText } from "../../functions/change";
import type { AttributeMap, StreamRecord } from "../../functions/dynamoDbStream";
import type { StoredObject } from "../../functions/failureBucket";
import { type PrepareOptions, prepareBatch } from "../../functions/prepareBatch";
import type { OutgoingRecord } from "../../functions/rowQueue";

/** A record that a mapping gave up on, turned into the event that the fan-in would have published. */
export interface FailedRecord {
  /** The event's `id`. */
  id: string;
  /** The event's `sequence`: orders the events of the row. */
  sequence: string;
  /** When the change reached the table, in milliseconds since 1970, rounded down to the second. */
  at: number;
  /** The row, by its partition key on the change stream. */
  row: string;
  /** The DynamoDB table's name. */
  tableName: string;
  /** The row's key in DynamoDB. */
  itemKey: AttributeMap;
  /** The row's key as JSON text, as its event has it. */
  key: string;
  /** The row after the change, by its digest; undefined where the change took the row away. */
  image: string | undefined;
  outgoing: OutgoingRecord;
  /** To be in the bucket before the event is published: the event as a whole, where it is too large for the stream. */
  object: StoredObject | undefined;
}

const STREAM_TABLE = /:table\/([^/]+)\/stream\//;
const SEQUENCE_DIGITS = 40;

/**
 * Turns a record into its event, or says why that cannot be done; undefined where the changes of its table are no
 * events.
 */
export function failedRecord(
  record: StreamRecord,
  options: PrepareOptions,
): FailedRecord | { unrecoverable: string } | undefined {
  let prepared: ReturnType<typeof prepareBatch>[number] | undefined;
  try {
    [prepared] = prepareBatch([record], options);
  } catch (error) {
    // Its table is not among the pipeline's, or not any more.
    return { unrecoverable: (error as Error).message };
  }
  const { outgoing, object, unprocessable } = prepared ?? {};
  if (outgoing === undefined) {
    return unprocessable === undefined ? undefined : { unrecoverable: unprocessable };
  }
  const tableName = STREAM_TABLE.exec(record.eventSourceARN ?? "")?.[1] ?? "";
  const { Keys = {}, NewImage, SequenceNumber = "", ApproximateCreationDateTime = 0 } = record.dynamodb ?? {};
  return {
    id: record.eventID ?? "",
    sequence: SequenceNumber.padStart(SEQUENCE_DIGITS, "0"),
    at: ApproximateCreationDateTime * 1000,
    row: outgoing.partitionKey,
    tableName,
    itemKey: Keys,
    key: keyText(options.sources.table(tableName).mask?.key(Keys) ?? Keys),
    image: record.eventName === "REMOVE" ? undefined : itemDigest(NewImage ?? {}),
    outgoing,
    object,
  };
}

/**
 * A digest of an item: the same for the same content, whether the item came in a stream's JSON or from the SDK, and
 * in whatever order its attributes and the members of its sets are.
 */
export function itemDigest(item: object): string {
  return createHash("sha256").update(canonical(item)).digest("base64");
}

const SETS = new Set(["SS", "NS", "BS"]);

function canonical(value: unknown): string {
  if (value instanceof Uint8Array) {
    return JSON.stringify(Buffer.from(value).toString("base64"));
  }
  if (Array.isArray(value)) {
    return `[${value.map(canonical).join(",")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonical(inOrder(name, member))}`);
    return `{${members.join(",")}}`;
  }
  return JSON.stringify(value);
}

function inOrder(name: string, member: unknown): unknown {
  if (!SETS.has(name) || !Array.isArray(member)) {
    return member;
  }
  const texts = member.map((one) => (one instanceof Uint8Array ? Buffer.from(one).toString("base64") : one));
  return texts.sort();
}
