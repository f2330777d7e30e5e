import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Behaviour } from "../behaviour";

const DATES_AND_TIMES = new Set(["DATE", "DATETIME", "TIME"]);

/** DMS types that the user guide's list of what a DynamoDB target takes leaves out (CHAP_Target.DynamoDB). */
const UNLISTED = new Set(["NCLOB", "TIME"]);

/**
 * A value of a type of which no source says what becomes of it, or how it is written, as the behaviour has it.
 * @param value dates and times in the form of SQL, those with a zone in UTC and with `+00`
 */
export function openValue(
  dmsType: string,
  value: AttributeValue | null,
  { timeText, unlistedTypes }: Pick<Behaviour, "timeText" | "unlistedTypes">,
): AttributeValue | null {
  if (unlistedTypes === "lost" && UNLISTED.has(dmsType)) {
    return null;
  }
  return timeText === "iso" && DATES_AND_TIMES.has(dmsType) && value?.S !== undefined
    ? { S: isoTime(value.S) }
    : value;
}

/** A text that is no date or time, such as `infinity`, stays as it is. */
function isoTime(text: string): string {
  return text.replace(/^(\d+-\d\d-\d\d) (?=\d)/, "$1T").replace(/(?<=:\d\d\.\d+)\+00$/, "Z");
}
