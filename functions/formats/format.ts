import type { WriteEvent } from "../change";
import type { ChangeSource } from "../changeEvent";
import { cloudEvents } from "./cloudEvents";
import { debezium } from "./debezium";
import { rowstream } from "./rowstream";

/**
 * The formats, each as what makes the writer of one table: what all events of the table share is put together once.
 */
const FORMATS = { rowstream, cloudevents: cloudEvents, debezium } satisfies Record<
  string,
  (source: ChangeSource) => WriteEvent
>;

/** The format of the events on the change stream. */
export type EventFormat = keyof typeof FORMATS;

export const EVENT_FORMATS = Object.keys(FORMATS) as EventFormat[];

/** The format of a stack that chooses none. */
export const DEFAULT_FORMAT: EventFormat = "rowstream";

/** Makes what writes the events of a table. */
export function eventWriter(format: EventFormat, source: ChangeSource): WriteEvent {
  return FORMATS[format](source);
}
