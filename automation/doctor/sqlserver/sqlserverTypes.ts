import type { ColumnFate } from "../engine";
import type { ColumnFacts } from "../sourceFacts";
import type { SqlServerColumn } from "./sqlserverFacts";

const KEPT: ColumnFate = { kind: "kept" };

const BINARY = new Set(["binary", "varbinary", "image", "timestamp"]);
const TIMES = new Set(["date", "datetime", "datetime2", "smalldatetime", "datetimeoffset"]);
const SPATIAL = new Set(["geometry", "geography"]);

/** What becomes of a SQL Server column (AWS DMS user guide, CHAP_Source.SQLServer; CHAP_Target.DynamoDB). */
export function sqlserverFate(column: ColumnFacts): ColumnFate {
  const { type, max, generated } = column as SqlServerColumn;
  if (generated) {
    return { kind: "lost", reason: "a computed column, whose changes are not replicated" };
  }
  if (BINARY.has(type)) {
    return { kind: "lost", reason: "DMS writes no binary values to DynamoDB" };
  }
  if (type === "time") {
    return { kind: "undocumented", reason: "TIME is not in AWS's list of types for DynamoDB" };
  }
  if (type === "ntext" || (type === "nvarchar" && max)) {
    return {
      kind: "undocumented",
      reason: "an NCLOB to DMS, which is not in AWS's list of types for DynamoDB",
    };
  }
  if (SPATIAL.has(type)) {
    return { kind: "undocumented", reason: "AWS does not say in which form it comes to DynamoDB" };
  }
  if (TIMES.has(type)) {
    return {
      kind: "retyped",
      reason: "arrives as text whose exact form AWS does not document",
      remedy: "have consumers parse it tolerantly",
    };
  }
  if (type === "xml") {
    return {
      kind: "retyped",
      reason: "arrives as the text that SQL Server prints",
      remedy: "have consumers parse the text",
    };
  }
  return KEPT;
}
