import type { RowDifference, TableVerification, VerifyResult } from "../../automation/verify/verifyResult";
import { aligned } from "./aligned";

const KINDS: Record<RowDifference["kind"], string> = {
  differs: "differs",
  missing: "missing in DynamoDB",
  extra: "not in the source",
  changing: "still changing",
};

/** What a comparison found, for people: a line a table, then the rows, then what was not compared. */
export function verifyReport({ tables }: VerifyResult): string {
  const counts = tables.map(({ table, rows, differences }) => [
    table,
    String(rows.source),
    String(rows.target),
    ...(["differs", "missing", "extra", "changing"] as const).map((kind) =>
      String(differences.filter((difference) => difference.kind === kind).length),
    ),
  ]);
  return [
    ...aligned([["TABLE", "SOURCE", "DYNAMODB", "DIFFER", "MISSING", "EXTRA", "CHANGING"], ...counts]),
    ...section("ROWS", tables.flatMap(rowLines)),
    ...section("NOT COMPARED", tables.flatMap(gaps)),
    "",
  ].join("\n");
}

function rowLines({ table, differences }: TableVerification): string[][] {
  return differences.map(({ kind, key, columns, values }) => [
    table,
    JSON.stringify(key),
    KINDS[kind],
    values === undefined
      ? columns.join(", ")
      : columns
          .map(
            (name) =>
              `${name}: ${JSON.stringify(values[name]?.source)} / ${JSON.stringify(values[name]?.target)}`,
          )
          .join(", "),
  ]);
}

function gaps({ table, skipped, incomplete }: TableVerification): string[][] {
  return [
    ...(incomplete === undefined ? [] : [[table, incomplete]]),
    ...skipped.map(({ column, reason }) => [`${table}.${column}`, reason]),
  ];
}

function section(title: string, rows: string[][]): string[] {
  return rows.length === 0 ? [] : ["", title, ...aligned(rows)];
}
