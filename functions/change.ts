import { attributeOf, quote, sameValue, valueText } from "./attributeValue";
import type { ChangeOperation, ChangeReference } from "./changeEvent";
import type { AttributeMap, AttributeValue, StreamRecord } from "./dynamoDbStream";
import { UnprocessableRecord } from "./unprocessable";

/** The event name, which no DynamoDB stream uses, of a record that stands for a row of a load. */
export const LOAD_EVENT_NAME = "LOAD";

const SEQUENCE = /^\d{1,40}$/;
const SEQUENCE_DIGITS = 40;

/** What a number of so many digits lacks of 40: put before it, for `padStart` takes a seventh of a batch's time. */
const LEADING_ZEROS = Array.from({ length: SEQUENCE_DIGITS + 1 }, (_, digits) =>
  "0".repeat(SEQUENCE_DIGITS - digits),
);

/** The last second that ISO 8601 writes with four digits of year; milliseconds taken for seconds lie beyond it. */
const MAX_SECONDS = 253_402_300_799;

/**
 * A change of a row, its parts as the JSON text that every format writes. They are the same whatever the format is:
 * the id, the order and the partition key of an event do not depend on it.
 */
export interface Change {
  op: ChangeOperation;
  /** The event's id as JSON text. */
  id: string;
  /** The row's key as JSON text, its columns in the order of their names. */
  key: string;
  /** The row as it was, as JSON text; `null` where there is none. */
  before: string;
  /** The row as it is, as JSON text; `null` where there is none. */
  after: string;
  /** The columns that differ: the members of a JSON list, without its brackets. */
  changed: string;
  /** When the change reached the table, in seconds since 1970. */
  seconds: number;
  /** The same, ISO 8601 in UTC. */
  at: string;
  /** The 40 digits that order the events of a row. */
  sequence: string;
  /** Where the whole event lies; set where `before` and `after` are null because it was too large. */
  ref?: ChangeReference;
}

/** Writes a change as the event of one format: one JSON object, newline included. */
export type WriteEvent = (change: Change) => string;

/**
 * Takes a record of a DynamoDB stream apart into the texts that an event is made of.
 *
 * @throws UnprocessableRecord when the record lacks what an event needs
 */
export function changeOf(record: StreamRecord): Change {
  const { op, before, after, changed } = imagesOf(record);
  const key = keyText(required(record.dynamodb?.Keys, "Keys"));
  const id = idText(required(record.eventID, "eventID"));
  const seconds = required(record.dynamodb?.ApproximateCreationDateTime, "ApproximateCreationDateTime");
  const at = timeText(seconds);
  const sequence = sequenceText(required(record.dynamodb?.SequenceNumber, "SequenceNumber"));
  return { op, id, key, before, after, changed, seconds, at, sequence };
}

/**
 * A row's key as JSON text, its columns in the order of their names: the same text for the same row in every
 * record, which the order of a map's members in a record is not.
 */
export function keyText(keys: AttributeMap): string {
  const names = Object.keys(keys);
  if (names.length > 1) {
    names.sort();
  }
  let text = "";
  for (const name of names) {
    text += label(text, name) + valueText(keys[name] as AttributeValue, name);
  }
  if (text === "") {
    throw new UnprocessableRecord("the record's key is empty");
  }
  return `${text}}`;
}

/** The parts of a change that come from the item's images. */
type Images = Pick<Change, "op" | "before" | "after" | "changed">;

function imagesOf({ eventName, dynamodb }: StreamRecord): Images {
  switch (eventName) {
    case "INSERT":
      return imagesOfNew("insert", dynamodb);
    case "MODIFY":
      return updateImages(image(dynamodb, "OldImage"), image(dynamodb, "NewImage"));
    case "REMOVE":
      return { op: "delete", before: imageText(image(dynamodb, "OldImage")), after: "null", changed: "" };
    case LOAD_EVENT_NAME:
      return imagesOfNew("load", dynamodb);
    default:
      throw new UnprocessableRecord("the record's eventName is none of INSERT, MODIFY and REMOVE");
  }
}

function imagesOfNew(op: "insert" | "load", dynamodb: StreamRecord["dynamodb"]): Images {
  return { op, before: "null", after: imageText(image(dynamodb, "NewImage")), changed: "" };
}

function image(dynamodb: StreamRecord["dynamodb"], name: "OldImage" | "NewImage"): AttributeMap {
  const found = dynamodb?.[name];
  if (found === undefined) {
    throw new UnprocessableRecord(
      `the record has no ${name}: its stream's view type is ${dynamodb?.StreamViewType ?? "not known"} and must be NEW_AND_OLD_IMAGES`,
    );
  }
  return found;
}

function imageText(map: AttributeMap): string {
  let text = "";
  for (const name in map) {
    text += label(text, name) + valueText(map[name] as AttributeValue, name);
  }
  return close(text);
}

/** Both images in one pass: of most columns old and new are the same, and then so is their text. */
function updateImages(oldImage: AttributeMap, newImage: AttributeMap): Images {
  let before = "";
  let after = "";
  let changed = "";
  for (const name in newImage) {
    const newValue = newImage[name] as AttributeValue;
    const newText = valueText(newValue, name);
    after += label(after, name) + newText;
    const oldValue = attributeOf(oldImage, name);
    if (oldValue !== undefined && sameValue(oldValue, newValue)) {
      before += label(before, name) + newText;
      continue;
    }
    changed += (changed === "" ? "" : ",") + quote(name);
    if (oldValue !== undefined) {
      before += label(before, name) + valueText(oldValue, name);
    }
  }
  for (const name in oldImage) {
    if (attributeOf(newImage, name) === undefined) {
      before += label(before, name) + valueText(oldImage[name] as AttributeValue, name);
      changed += (changed === "" ? "" : ",") + quote(name);
    }
  }
  return {
    op: "update",
    before: close(before),
    after: close(after),
    changed,
  };
}

function close(text: string): string {
  return text === "" ? "{}" : `${text}}`;
}

function required<T>(value: T | undefined, name: string): T {
  if (value === undefined || value === null) {
    throw new UnprocessableRecord(`the record has no ${name}`);
  }
  return value;
}

function idText(id: string): string {
  if (typeof id !== "string" || id === "") {
    throw new UnprocessableRecord("the record's eventID is not text");
  }
  return quote(id);
}

/** Of the few column names that a function meets in its life; emptied if they are many after all. */
const labels = new Map<string, Label>();
const MAX_LABELS = 10_000;

/** What goes before a member's value: of an object's first member, and of one behind another. */
interface Label {
  first: string;
  next: string;
}

/** What goes before the value of an object's next member, given the object's text so far. */
function label(text: string, name: string): string {
  let found = labels.get(name);
  if (found === undefined) {
    if (labels.size >= MAX_LABELS) {
      labels.clear();
    }
    const member = `${quote(name)}:`;
    found = { first: `{${member}`, next: `,${member}` };
    labels.set(name, found);
  }
  return text === "" ? found.first : found.next;
}

/** The last time written: the records of a batch mostly share their second. */
let lastSeconds = Number.NaN;
let lastTime = "";

function timeText(seconds: number): string {
  if (seconds !== lastSeconds) {
    if (!isSeconds(seconds)) {
      throw new UnprocessableRecord("the record's ApproximateCreationDateTime is not a number of seconds");
    }
    lastTime = new Date(seconds * 1000).toISOString();
    lastSeconds = seconds;
  }
  return lastTime;
}

/** Whether a record's time is one: seconds since 1970, of a year that ISO 8601 writes with four digits. */
export function isSeconds(time: unknown): time is number {
  return typeof time === "number" && time >= 0 && time <= MAX_SECONDS;
}

function sequenceText(sequenceNumber: string): string {
  if (typeof sequenceNumber !== "string" || !SEQUENCE.test(sequenceNumber)) {
    throw new UnprocessableRecord(
      `the record's SequenceNumber is not a number of up to ${SEQUENCE_DIGITS} digits`,
    );
  }
  return LEADING_ZEROS[sequenceNumber.length] + sequenceNumber;
}
