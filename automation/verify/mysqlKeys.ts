import { escape as quotedText } from "mysql2";
import type { MysqlType } from "./mysqlRules";

const NUMBERS = new Set([
  ...["tinyint", "smallint", "mediumint", "int", "bigint"],
  ...["decimal", "float", "double", "year"],
]);

/** How a key column is selected, where it is not as it is. */
export function keySelection({ name }: MysqlType, column: string): string | undefined {
  return isBytes(name) ? `HEX(${column})` : undefined;
}

/**
 * A key's value as SQL that compares with its column in the order of the column's index, so that `>` means "behind it
 * in ORDER BY" and the index serves both. Text is left to the column's own collation: within it no two keys are equal.
 *
 * - Numbers stand as they are: as text, MySQL would compare them as floats.
 * - An ENUM is ordered by the places of its values and a SET by its bits, and not by their text.
 */
export function keyLiteral(type: MysqlType, value: string): string {
  const { name, declared } = type;
  if (NUMBERS.has(name) && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value)) {
    return value;
  }
  if (name === "enum") {
    return String(enumPlace(membersOf(declared), value));
  }
  if (name === "set") {
    return String(setBits(membersOf(declared), value));
  }
  return isBytes(name) ? `x'${value.replace(/[^0-9a-f]/gi, "")}'` : quotedText(value);
}

function isBytes(name: string): boolean {
  return name === "binary" || name === "varbinary";
}

/** From 1 on; 0 is the empty string that stands for what was not among the values, and -1 is none. */
function enumPlace(members: readonly string[], value: string): number {
  const place = members.indexOf(value) + 1;
  return place > 0 || value === "" ? place : -1;
}

function setBits(members: readonly string[], value: string): bigint {
  const chosen = new Set(value.split(","));
  return members.reduce(
    (bits, member, place) => (chosen.has(member) ? bits | (1n << BigInt(place)) : bits),
    0n,
  );
}

/** The values of `enum('a','it''s')`, in their order. */
export function membersOf(declared: string): string[] {
  return [...declared.matchAll(/'((?:[^']|'')*)'/g)].map(([, member = ""]) => member.replaceAll("''", "'"));
}
