import { dynamoNumber } from "../../sandbox/dms/target/number";
import { text } from "./cells";

/** A number as a cell, in one form whatever its zeros and its exponent; text where DynamoDB has no such number. */
export function numberCell(value: string): string {
  const number = dynamoNumber(value);
  return number === undefined ? text(value) : `n:${number}`;
}
