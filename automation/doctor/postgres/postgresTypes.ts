import type { ColumnFate } from "../engine";
import type { Plan } from "../plan";
import type { ColumnFacts } from "../sourceFacts";
import type { PostgresColumn } from "./postgresFacts";

const KEPT: ColumnFate = { kind: "kept" };

const TEXTS = ["json", "jsonb", "xml", "tsvector", "tsquery", "hstore"];
const TIMES = ["date", "timestamp", "timestamptz"];
const CLOCKS = ["time", "timetz"];
const PLAIN = new Set([
  ...["int2", "int4", "int8", "float4", "float8", "numeric", "money"],
  ...["bpchar", "varchar", "text", "uuid", "interval", "cidr", "inet", "macaddr", "bit", "varbit"],
  ...["point", "line", "lseg", "box", "path", "polygon", "circle"],
]);

/** What becomes of a PostgreSQL column (AWS DMS user guide, CHAP_Source.PostgreSQL; CHAP_Target.DynamoDB). */
export function postgresFate(column: ColumnFacts, plan: Plan): ColumnFate {
  const { type, kind, category, builtIn, precision, generated } = column as PostgresColumn;
  if (generated) {
    return { kind: "lost", reason: "a generated column, which the log does not carry" };
  }
  if (type === "bytea") {
    return { kind: "lost", reason: "DMS writes no binary values to DynamoDB" };
  }
  if (type === "numeric" && precision === undefined) {
    return {
      kind: "rounded",
      reason: "without a precision it is NUMERIC(28,6) to DMS, which rounds further decimals away",
      remedy: `ALTER TABLE … ALTER COLUMN "${column.name}" TYPE numeric(p, s), of at most 38 digits`,
    };
  }
  if (type === "bool" && plan.settings.mapBooleanAsBoolean !== true) {
    return {
      kind: "retyped",
      reason: 'arrives as the text "true" or "false"',
      remedy: "have consumers compare it with the text, or set rowstream:source.settings.mapBooleanAsBoolean",
    };
  }
  if (TIMES.includes(type)) {
    return {
      kind: "retyped",
      reason: "arrives as text whose exact form AWS does not document",
      remedy: "have consumers parse it tolerantly",
    };
  }
  if (CLOCKS.includes(type)) {
    return { kind: "undocumented", reason: "TIME is not in AWS's list of types for DynamoDB" };
  }
  if (category === "A" || kind === "c" || kind === "r" || kind === "m" || TEXTS.includes(type)) {
    return {
      kind: "retyped",
      reason: "arrives as the text that PostgreSQL prints",
      remedy: "have consumers parse the text",
    };
  }
  if (kind === "e" || PLAIN.has(type)) {
    return KEPT;
  }
  return builtIn ? KEPT : { kind: "undocumented", reason: "a type of an extension, which AWS does not list" };
}
