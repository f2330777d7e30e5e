import { qualifiedName } from "../../tableMatch";
import type { ColumnFate } from "../engine";
import { type Finding, finding } from "../finding";
import type { ColumnFacts, TableFacts } from "../sourceFacts";

/** DynamoDB's numbers hold 38 digits (DynamoDB developer guide, HowItWorks.NamingRulesDataTypes). */
const DYNAMODB_DIGITS = 38;

/** What becomes of each column; nothing is said of those that arrive as they are. */
export function columnFindings(
  tables: readonly TableFacts[],
  fateOf: (column: ColumnFacts) => ColumnFate,
): Finding[] {
  return tables.flatMap((table) =>
    table.columns.flatMap((column) => [
      ...fateFindings(table, column, fateOf(column)),
      ...tooManyDigits(table, column),
    ]),
  );
}

function fateFindings(table: TableFacts, column: ColumnFacts, fate: ColumnFate): Finding[] {
  const subject = `${qualifiedName(table)}.${column.name}`;
  const what = (reason: string) => `${column.declared}: ${reason}`;
  switch (fate.kind) {
    case "kept":
      return [];
    case "lost":
      return table.primaryKey.includes(column.name)
        ? [
            finding(
              "key-lost",
              subject,
              what(`is in the primary key, and ${fate.reason}`),
              "leave the table out with rowstream:tables.exclude, or name another unique key in rowstream:tables.keys",
            ),
          ]
        : [
            finding(
              "column-lost",
              subject,
              what(fate.reason),
              fate.remedy ?? "do without it, or keep the value in a text column (as base64, say)",
            ),
          ];
    case "undocumented":
      return [
        finding(
          "column-undocumented",
          subject,
          what(fate.reason),
          fate.remedy ?? "try it with one row before you rely on it",
        ),
      ];
    default:
      return [finding(`column-${fate.kind}`, subject, what(fate.reason), fate.remedy)];
  }
}

function tooManyDigits(table: TableFacts, { name, declared, precision = 0 }: ColumnFacts): Finding[] {
  return precision <= DYNAMODB_DIGITS
    ? []
    : [
        finding(
          "column-digits",
          `${qualifiedName(table)}.${name}`,
          `${declared}: DynamoDB holds ${DYNAMODB_DIGITS} digits and refuses a row with more`,
          `see that its values have no more than ${DYNAMODB_DIGITS} digits, or store them as text`,
        ),
      ];
}
