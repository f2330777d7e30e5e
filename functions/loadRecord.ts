import { createHash } from "node:crypto";
import { keyText, LOAD_EVENT_NAME } from "./change";
import type { AttributeMap, StreamRecord } from "./dynamoDbStream";
import type { RecordMask } from "./mask";

/** DynamoDB counts its records from far above: zeros sort before each of them. */
const LOAD_SEQUENCE = "0";

const ID_DIGITS = 32;

/** The load of one table: what its events have in common. */
export interface TableLoad {
  /** The ARN of the table's stream, which begins where the load ends: another stream, another load. */
  streamArn: string;
  /** When the load began, in whole seconds since 1970; the same in every attempt at it. */
  startedAt: number;
}

/**
 * A row as it stands, in the form of a stream record: so it becomes an event (`op: "load"`) by the same way as any
 * change, is as large as any change, and has the same partition key.
 *
 * The id follows from the stream and the row's key, so that it is the same however often the row is published.
 *
 * @param keyNames the attributes of the table's primary key
 * @param mask the table's mask: the id, which goes out, is made of the key as it goes out
 */
export function loadRecord(
  item: AttributeMap,
  keyNames: readonly string[],
  load: TableLoad,
  mask?: RecordMask,
): StreamRecord {
  const keys = Object.fromEntries(keyNames.map((name) => [name, item[name]])) as AttributeMap;
  const eventID = createHash("sha256")
    .update(`${load.streamArn}\n${keyText(mask?.key(keys) ?? keys)}`)
    .digest("hex")
    .slice(0, ID_DIGITS);
  return {
    eventID,
    eventName: LOAD_EVENT_NAME,
    eventSourceARN: load.streamArn,
    dynamodb: {
      ApproximateCreationDateTime: load.startedAt,
      Keys: keys,
      NewImage: item,
      SequenceNumber: LOAD_SEQUENCE,
    },
  };
}
