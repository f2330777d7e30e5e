import { isSafeNumber, LosslessNumber, parse, stringify } from "lossless-json";
import type { ChangeEvent, ChangeRow } from "./changeEvent";
import { fromDebezium } from "./formats/fromDebezium";

/**
 * Reads the text of an event, in whichever of rowstream's formats it is, without losing a digit: a number that a
 * JavaScript number holds exactly is one, any other is a `LosslessNumber` (its `toString()` has every digit,
 * `valueOf()` makes a bigint of an integer).
 *
 * @throws SyntaxError when the text is not JSON
 */
export function parseEvent<Row extends object = ChangeRow, Key extends object = ChangeRow>(
  text: string,
): ChangeEvent<Row, Key> {
  const value = parse(text, undefined, (number) =>
    isSafeNumber(number) ? Number(number) : new LosslessNumber(number),
  );
  return (fromCloudEvent(value) ?? fromDebezium(value) ?? value) as ChangeEvent<Row, Key>;
}

/** The text of an event that `parseEvent` read, its digits as they were; without a newline. */
export function stringifyEvent(event: ChangeEvent<object, object>): string {
  return stringify(event) as string;
}

function fromCloudEvent(value: unknown): unknown {
  const { specversion, data } = (value ?? {}) as { specversion?: unknown; data?: unknown };
  return specversion === undefined ? undefined : data;
}
