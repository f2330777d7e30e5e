import type { ChangeEvent, ChangeOperation } from "../../functions/changeEvent";
import { parseEvent } from "../../functions/parseEvent";

const OPERATIONS: Record<ChangeOperation, true> = { insert: true, update: true, delete: true, load: true };

/** The event in a record, in whichever format it is; undefined for a record that somebody else wrote to the stream. */
export function readRecord(record: Uint8Array): ChangeEvent | undefined {
  try {
    const event: unknown = parseEvent(Buffer.from(record).toString("utf8"));
    return isEvent(event) ? event : undefined;
  } catch {
    return undefined;
  }
}

function isEvent(value: unknown): value is ChangeEvent {
  const { v, op, source, key, changed } = (value ?? {}) as Partial<ChangeEvent>;
  return (
    v === 1 &&
    Object.hasOwn(OPERATIONS, op ?? "") &&
    typeof source?.table === "string" &&
    typeof key === "object" &&
    key !== null &&
    Array.isArray(changed)
  );
}
