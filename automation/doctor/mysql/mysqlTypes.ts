import { isBinary } from "../../source/mysqlBinary";
import type { ColumnFate } from "../engine";
import type { ColumnFacts } from "../sourceFacts";

const KEPT: ColumnFate = { kind: "kept" };

const TIMES = new Set(["date", "datetime", "timestamp"]);
const PLAIN = new Set([
  ...["tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "year"],
  ...["char", "varchar", "tinytext", "text", "mediumtext", "longtext"],
]);

/** What becomes of a column of MySQL or MariaDB (AWS DMS user guide, CHAP_Source.MySQL; CHAP_Target.DynamoDB). */
export function mysqlFate(column: ColumnFacts): ColumnFate {
  const { type, declared, generated } = column;
  if (isBinary(type, declared)) {
    return { kind: "lost", reason: "DMS writes no binary values to DynamoDB" };
  }
  if (generated) {
    return {
      kind: "undocumented",
      reason: "a generated column, of which AWS's assessment warns without saying what arrives",
    };
  }
  if (type === "enum" || type === "set") {
    return {
      kind: "undocumented",
      reason: "AWS lists it for full loads alone: what later changes bring is not said",
      remedy: "try a change of one row before you rely on it, or keep the value in a VARCHAR",
    };
  }
  if (TIMES.has(type)) {
    return {
      kind: "retyped",
      reason: `arrives as text whose exact form AWS does not document${type === "timestamp" ? ", in UTC" : ""}`,
      remedy: "have consumers parse it tolerantly; a zero date (0000-00-00) arrives as none",
    };
  }
  if (type === "time" || type === "json") {
    return {
      kind: "retyped",
      reason: "arrives as the text that the server prints",
      remedy: "have consumers parse the text",
    };
  }
  if (type === "bit") {
    return { kind: "retyped", reason: "arrives as true or false", remedy: "have consumers expect a boolean" };
  }
  return PLAIN.has(type)
    ? KEPT
    : { kind: "undocumented", reason: "a type that AWS does not list for this engine" };
}
