import { EVENT_FORMATS, type EventFormat } from "../../functions/formats/format";
import { checkOneOf } from "../checks";
import type { Faults } from "../faults";

/** What the events on the change stream are like. */
export interface EventOptions {
  /**
   * The format of every event: `rowstream` is the change event itself; `cloudevents` has it as the data of a CloudEvent
   * 1.0 in structured JSON mode; `debezium` is Debezium's envelope, as its JSON converter writes it without schemas.
   * Events that are on the stream already stay as they are. Default: `rowstream`.
   */
  format?: EventFormat;
}

/** Checks what the events shall be like. */
export function checkEvents(faults: Faults, path: string, events: EventOptions): void {
  checkOneOf(faults, `${path}.format`, events.format, EVENT_FORMATS);
}
