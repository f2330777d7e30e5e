import { changeOf } from "../../functions/change";
import type { ChangeReference, ChangeSource } from "../../functions/changeEvent";
import type { StreamRecord } from "../../functions/dynamoDbStream";
import { DEFAULT_FORMAT, eventWriter } from "../../functions/formats/format";

export const SOURCE: ChangeSource = { name: "shop", engine: "postgres", schema: "public", table: "orders" };

/** The text of a record's event. */
export function eventText(record: StreamRecord, format = DEFAULT_FORMAT, source = SOURCE): string {
  return eventWriter(format, source)(changeOf(record));
}

/** The text of the event that stands for a record's where that is too large for the stream. */
export function referenceText(record: StreamRecord, ref: ChangeReference, format = DEFAULT_FORMAT): string {
  return eventWriter(format, SOURCE)({ ...changeOf(record), before: "null", after: "null", ref });
}
