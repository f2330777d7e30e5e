import { isSafeNumber, LosslessNumber, parse, stringify } from "lossless-json";
import type { ChangeEvent, ChangeRow } from "./changeEvent";

/**
 * Reads the text of a change event without losing a digit: a number that a JavaScript number holds exactly is one,
 * any other is a `LosslessNumber` (its `toString()` has every digit, `valueOf()` makes a bigint of an integer).
 *
 * @throws SyntaxError when the text is not JSON
 */
export function parseEvent<Row extends object = ChangeRow, Key extends object = ChangeRow>(
  text: string,
): ChangeEvent<Row, Key> {
  return parse(text, undefined, (number) =>
    isSafeNumber(number) ? Number(number) : new LosslessNumber(number),
  ) as ChangeEvent<Row, Key>;
}

/** The text of an event that `parseEvent` read, its digits as they were; without a newline. */
export function stringifyEvent(event: ChangeEvent<object, object>): string {
  return stringify(event) as string;
}
