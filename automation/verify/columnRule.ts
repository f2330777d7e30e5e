/**
 * How a column's values compare, by what DMS makes of its type (AWS DMS user guide, CHAP_Target.DynamoDB and the
 * chapter of the source).
 *
 * - `text`: the same text. `padded`: the same but for spaces at its end.
 * - `number`: the same number; `scale` is the number of decimals that DMS keeps, all where it is not set.
 * - `real`: the same number as a float of 4 or 8 bytes.
 * - `boolean`: true or false, as a boolean or as text.
 * - `json`: the same JSON value, in whatever form.
 * - `time`: the same date and time, in whatever form; `zoned`: the same instant. MySQL's "zero" date may be absent.
 * - `interval`: the same months, days and time, in PostgreSQL's words or in the guide's.
 * - `shape`: the same coordinates, in whatever brackets.
 * - `lost`: DMS does not carry it; nothing is compared.
 */
export type ColumnRule =
  | { kind: "text" | "padded" | "boolean" | "json" | "time" | "zoned" | "interval" | "shape" }
  | { kind: "number"; scale?: number }
  | { kind: "real"; bytes: 4 | 8 }
  | { kind: "lost"; reason: string };
