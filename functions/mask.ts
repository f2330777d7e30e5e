import { createHmac } from "node:crypto";
import { numberText } from "./attributeValue";
import type { AttributeMap, AttributeValue, StreamRecord } from "./dynamoDbStream";
import { UnprocessableRecord } from "./unprocessable";

/** What becomes of a column's values: nothing is left of them, a fixed text stands for each, or a keyed hash of it. */
export type ColumnMask = "drop" | "redact" | "hash";

export const COLUMN_MASKS: readonly ColumnMask[] = ["drop", "redact", "hash"];

/** What stands for every value of a redacted column. */
export const REDACTED = "[redacted]";

/** The keyed hash of a text: the same for the same text, and of no use to whoever lacks the key. */
export type Hash = (text: string) => string;

/** HMAC-SHA-256 under a key, 64 lower-case hexadecimal digits. */
export function keyedHash(key: string): Hash {
  return (text) => createHmac("sha256", key).update(text).digest("hex");
}

/**
 * Masks the rows of a table. What comes out is what a source would have sent whose rows are masked: whatever is made
 * of the record afterwards (key, partition key, changed columns, an object in S3) knows no other values.
 */
export interface RecordMask {
  /** @throws UnprocessableRecord when the record has no such rows */
  record(record: StreamRecord): StreamRecord;
  /** @throws UnprocessableRecord when a value is of no known type */
  key(key: AttributeMap): AttributeMap;
  /** What may be kept of a record that cannot become an event, whatever is wrong with it. */
  remains(record: StreamRecord): StreamRecord;
}

/** The maps of attributes in a record. */
const MAPS = ["Keys", "OldImage", "NewImage"] as const;

/**
 * Makes the mask of a table's columns.
 *
 * @param masks what becomes of each column that is masked, by its attribute's name
 * @param hash how values are hashed; needed where a mask is `hash`
 */
export function recordMask(masks: ReadonlyMap<string, ColumnMask>, hash: Hash = unneeded): RecordMask {
  const maskMap = (map: AttributeMap, maskOf: typeof maskedValue): AttributeMap => {
    const entries: [string, AttributeValue][] = [];
    for (const [name, value] of Object.entries(map)) {
      const mask = masks.get(name);
      if (mask === undefined) {
        entries.push([name, value]);
      } else if (mask !== "drop") {
        entries.push([name, maskOf(value, mask, name, hash)]);
      }
    }
    return Object.fromEntries(entries);
  };
  return {
    key: (key) => maskMap(key, maskedValue),
    record(record) {
      const change: Record<string, unknown> = { ...record.dynamodb };
      for (const name of MAPS) {
        const map = change[name];
        if (map !== undefined) {
          change[name] = maskMap(requireMap(map, name), maskedValue);
        }
      }
      return { ...record, dynamodb: change };
    },
    remains: (record) => remains(record, (map) => maskMap(map, maskedWhateverItIs)),
  };
}

function unneeded(): never {
  throw new Error("a column is hashed, and there is nothing to do it with");
}

/** What may be kept of a record of a table whose masks are not known. */
export function withoutRows(record: StreamRecord): StreamRecord {
  return remains(record, () => ({}));
}

/** A NULL stays one: a column that DMS leaves out, which is what it makes of NULL, is as visible. */
function maskedValue(value: AttributeValue, mask: ColumnMask, column: string, hash: Hash): AttributeValue {
  if (value.NULL !== undefined) {
    return value;
  }
  return { S: mask === "hash" ? hash(plainText(value, column)) : REDACTED };
}

function maskedWhateverItIs(
  value: AttributeValue,
  mask: ColumnMask,
  column: string,
  hash: Hash,
): AttributeValue {
  try {
    return maskedValue(value, mask, column, hash);
  } catch {
    return { S: REDACTED };
  }
}

/**
 * The text that is hashed. A text is hashed as it is, and a number as its digits: a key that is a number in one table
 * and a text in another, as the columns of composite keys are, has one hash.
 */
function plainText(value: AttributeValue, column: string): string {
  if (value.S !== undefined) {
    return value.S;
  }
  if (value.N !== undefined) {
    return numberText(value.N, column);
  }
  if (value.BOOL !== undefined) {
    return String(value.BOOL);
  }
  if (value.B !== undefined) {
    return value.B;
  }
  const members = value.SS ?? value.NS ?? value.BS;
  if (members !== undefined) {
    return JSON.stringify([...members].sort());
  }
  if (value.L !== undefined) {
    return JSON.stringify(value.L.map((item) => plainText(item, column)));
  }
  if (value.M !== undefined) {
    const entries = Object.entries(value.M).map(([name, item]) => [name, plainText(item, column)]);
    return JSON.stringify(entries.sort());
  }
  if (value.NULL !== undefined) {
    return "null";
  }
  throw new UnprocessableRecord(`column ${JSON.stringify(column)} holds a value of no known DynamoDB type`);
}

function requireMap(map: unknown, name: string): AttributeMap {
  if (!isMap(map)) {
    throw new UnprocessableRecord(`the record's ${name} is no map of attributes`);
  }
  return map;
}

function isMap(map: unknown): map is AttributeMap {
  return typeof map === "object" && map !== null && !Array.isArray(map);
}

/** The members of a record that hold no row, where they are what they must be, and its maps as `keep` leaves them. */
function remains(record: StreamRecord, keep: (map: AttributeMap) => AttributeMap): StreamRecord {
  const { eventID, eventName, eventSourceARN } = record;
  const change = isMap(record.dynamodb) ? (record.dynamodb as NonNullable<StreamRecord["dynamodb"]>) : {};
  const { ApproximateCreationDateTime, SequenceNumber, StreamViewType } = change;
  const maps = MAPS.flatMap((name) => (isMap(change[name]) ? [[name, keep(change[name])]] : []));
  return defined({
    eventID: textOnly(eventID),
    eventName: textOnly(eventName),
    eventSourceARN: textOnly(eventSourceARN),
    dynamodb: defined({
      ApproximateCreationDateTime:
        typeof ApproximateCreationDateTime === "number" ? ApproximateCreationDateTime : undefined,
      ...Object.fromEntries(maps),
      SequenceNumber: textOnly(SequenceNumber),
      StreamViewType: textOnly(StreamViewType),
    }),
  });
}

function textOnly(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function defined(members: Record<string, unknown>): StreamRecord {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
