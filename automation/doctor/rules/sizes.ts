import { qualifiedName } from "../../tableMatch";
import { type Finding, finding } from "../finding";
import type { TableFacts } from "../sourceFacts";

/** DynamoDB's limit for an item, with the names of its attributes (DynamoDB developer guide, ServiceQuotas). */
export const ITEM_LIMIT_BYTES = 400 * 1024;

/** From here on a row is near the limit: it may grow, and numbers and names come to it. */
const NEAR = 0.75;

/** Rows that DynamoDB refuses, or may refuse soon. */
export function sizeFindings(tables: readonly TableFacts[]): Finding[] {
  return tables.flatMap((table) => {
    const largest = table.largestRowBytes ?? averageRowBytes(table);
    if (largest === undefined || largest < ITEM_LIMIT_BYTES * NEAR) {
      return [];
    }
    const measured = table.largestRowBytes === undefined ? "rows of, on average," : "a row of";
    return [
      finding(
        "row-size",
        qualifiedName(table),
        `has ${measured} ${kibibytes(largest)}; DynamoDB refuses more than ${kibibytes(ITEM_LIMIT_BYTES)}, names included, and the table is then suspended`,
        "keep the large values out of it, or leave the table out with rowstream:tables.exclude",
      ),
    ];
  });
}

/** The bytes of an average row; undefined where rows or bytes are not known. */
export function averageRowBytes({ rows, bytes }: TableFacts): number | undefined {
  return rows === undefined || bytes === undefined || rows < 1 ? undefined : bytes / rows;
}

function kibibytes(bytes: number): string {
  return `${Math.round(bytes / 1024)} KB`;
}
