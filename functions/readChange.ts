import { createHash } from "node:crypto";
import type { ChangeEvent, ChangeReference } from "./changeEvent";
import { parseEvent } from "./parseEvent";

/** The version of the change event that is read here. */
const VERSION = 1;

/** Reads the bytes of an object; rejects when it cannot. */
export type GetObject = (bucket: string, key: string, signal: AbortSignal) => Promise<Uint8Array>;

/**
 * The event that a record of the change stream holds.
 *
 * @param data the record's bytes
 * @param sequenceNumber names the record where there is no event
 * @throws Error when it holds none
 */
export function readChange(data: Buffer, sequenceNumber: string): ChangeEvent {
  const event = parse(data.toString());
  if (event?.v !== VERSION || typeof event.sequence !== "string" || typeof event.source?.table !== "string") {
    throw new Error(
      `record ${sequenceNumber} holds no change event of version ${VERSION}: something else than the fan-in writes to the stream, or in another format`,
    );
  }
  return event;
}

/**
 * The event that a reference stands for, and its bytes.
 *
 * @throws Error when the object is not the one that the reference was made for
 */
export async function readWhole(
  { bucket, key, sha256 }: ChangeReference,
  getObject: GetObject,
  signal: AbortSignal,
): Promise<{ event: ChangeEvent; data: Buffer }> {
  const data = Buffer.from(await getObject(bucket, key, signal));
  if (createHash("sha256").update(data).digest("hex") !== sha256) {
    throw new Error(
      `the object ${key} in ${bucket} is not the one that the event names: its SHA-256 differs`,
    );
  }
  return { event: parseEvent(data.toString()), data };
}

function parse(text: string): Partial<ChangeEvent> & ChangeEvent {
  try {
    return parseEvent(text);
  } catch {
    return {} as ChangeEvent;
  }
}
