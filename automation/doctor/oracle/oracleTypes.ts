import type { ColumnFate } from "../engine";
import type { Plan } from "../plan";
import type { ColumnFacts } from "../sourceFacts";
import type { OracleColumn } from "./oracleFacts";

const KEPT: ColumnFate = { kind: "kept" };

/** A double's decimal and binary digits. */
const DOUBLE_DIGITS = 15;
const DOUBLE_BITS = 53;

const BINARY = new Set(["RAW", "LONG RAW", "BLOB", "BFILE"]);
const REFUSED = new Set(["ROWID", "UROWID", "REF", "ANYDATA"]);
const LONG_TEXTS = new Set(["CLOB", "LONG", "XMLTYPE"]);
const PLAIN = new Set([
  ...["CHAR", "NCHAR", "VARCHAR2", "NVARCHAR2", "BINARY_FLOAT", "BINARY_DOUBLE"],
  ...["INTERVAL YEAR TO MONTH", "INTERVAL DAY TO SECOND"],
]);

/** What becomes of an Oracle column (AWS DMS user guide, CHAP_Source.Oracle; CHAP_Target.DynamoDB). */
export function oracleFate(facts: ColumnFacts, plan: Plan): ColumnFate {
  const column = facts as OracleColumn;
  const { type } = column;
  if (column.generated) {
    return { kind: "lost", reason: "a virtual column, which DMS does not support" };
  }
  if (BINARY.has(type)) {
    return { kind: "lost", reason: "DMS writes no binary values to DynamoDB" };
  }
  if (column.object || REFUSED.has(type)) {
    return { kind: "lost", reason: "DMS replicates no values of this type" };
  }
  if (type === "NUMBER") {
    return numberFate(column, plan);
  }
  if (type === "FLOAT") {
    return (column.binaryDigits ?? 0) > DOUBLE_BITS ? asDouble(column) : KEPT;
  }
  if (type === "DATE" || type.startsWith("TIMESTAMP")) {
    return {
      kind: "retyped",
      reason: "arrives as text whose exact form AWS does not document",
      remedy: "have consumers parse it tolerantly",
    };
  }
  if (type === "NCLOB") {
    return { kind: "undocumented", reason: "NCLOB is not in AWS's list of types for DynamoDB" };
  }
  if (LONG_TEXTS.has(type)) {
    return readsWithLogMiner(plan) ? STALE : KEPT;
  }
  return PLAIN.has(type)
    ? KEPT
    : { kind: "undocumented", reason: "a type that AWS's chapter on Oracle does not list" };
}

const STALE: ColumnFate = {
  kind: "stale",
  reason: "LogMiner does not tell DMS of its updates: it keeps the value that the row was made with",
  remedy: "read the log with Binary Reader: rowstream:source.settings useLogminerReader false, useBfile true",
};

/** The setting is for NUMBER without precision and scale, which is NUMBER(38,10) to DMS otherwise. */
function numberFate(column: OracleColumn, plan: Plan): ColumnFate {
  const { precision, scale } = column;
  if (precision === undefined && scale === undefined) {
    return plan.settings.numberDatatypeScale === undefined
      ? {
          kind: "rounded",
          reason: "without a precision it has 10 decimals to DMS, and further ones are rounded away",
          remedy:
            "set rowstream:source.settings.numberDatatypeScale: the decimals to keep, or -2 to have it as text",
        }
      : KEPT;
  }
  return (scale ?? 0) > 0 ? asDouble(column) : KEPT;
}

function asDouble({ precision = Number.POSITIVE_INFINITY }: OracleColumn): ColumnFate {
  return precision <= DOUBLE_DIGITS
    ? {
        kind: "retyped",
        reason: `arrives as a floating-point number, which keeps its ${precision} digits`,
        remedy: "have consumers round it to its scale",
      }
    : {
        kind: "rounded",
        reason: `arrives as a floating-point number, which keeps ${DOUBLE_DIGITS} digits`,
        remedy: "see that its values have no more digits, or store them as text",
      };
}

/** DMS's default. */
export function readsWithLogMiner({ settings }: Plan): boolean {
  return settings.useLogminerReader !== false && settings.useLogminerReader !== "N";
}
