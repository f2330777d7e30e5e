import type * as aws from "@pulumi/aws";
import { tableName } from "../../../functions/changeFilter";

/** The folder of the events in the bucket. */
export const DATA_FOLDER = "changes";

/** The folder of what Firehose could not deliver as an event. */
export const ERROR_FOLDER = "errors";

/** How the files are written. */
export type LakeFormat = "json" | "parquet";

/**
 * What the files are partitioned by: the folder's name, which is the column's, and the JQ expression that finds its
 * value in an event. The day is that of the change, in UTC.
 */
const PARTITIONS = [
  ["source_schema", ".source.schema"],
  ["source_table", ".source.table"],
  ["day", ".at[0:10]"],
] as const;

/** The JQ query by which Firehose finds an event's partition. */
export const PARTITION_QUERY = `{${PARTITIONS.map(([name, path]) => `${name}: ${path}`).join(", ")}}`;

/** Where Firehose writes an event. */
export const DATA_PREFIX = `${DATA_FOLDER}/${folders((name) => `!{partitionKeyFromQuery:${name}}`)}`;

/** Where Firehose writes what is no event. */
export const ERROR_PREFIX = `${ERROR_FOLDER}/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/`;

/** The partition columns, for Glue. */
export const PARTITION_KEYS = PARTITIONS.map(([name]) => ({ name, type: "string" }));

/**
 * The members of a change event as columns. The row's images and its key differ from table to table: they are the text
 * of their JSON, for `json_extract_scalar`.
 */
const COLUMNS = [
  { name: "v", type: "int" },
  { name: "id", type: "string" },
  { name: "op", type: "string" },
  { name: "source", type: "struct<name:string,engine:string,schema:string,table:string>" },
  { name: "key", type: "string" },
  { name: "old", type: "string" },
  { name: "new", type: "string" },
  { name: "changed", type: "array<string>" },
  { name: "at", type: "string" },
  { name: "sequence", type: "string" },
  { name: "ref", type: "struct<bucket:string,key:string,bytes:bigint,sha256:string>" },
];

const SERDES: Record<
  LakeFormat,
  { serde: string; input: string; output: string; parameters?: Record<string, string> }
> = {
  json: {
    serde: "org.openx.data.jsonserde.JsonSerDe",
    input: "org.apache.hadoop.mapred.TextInputFormat",
    output: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    // Otherwise a row's columns are folded to lower case.
    parameters: { "case.insensitive": "FALSE" },
  },
  parquet: {
    serde: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
    input: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    output: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
  },
};

/** The files, as Glue is told of them. @param location of the bucket, `s3://<bucket>` */
export function storage(
  format: LakeFormat,
  location: string,
): aws.types.input.glue.CatalogTableStorageDescriptor {
  const { serde, input, output, parameters } = SERDES[format];
  return {
    location: `${location}/${DATA_FOLDER}/`,
    columns: COLUMNS,
    inputFormat: input,
    outputFormat: output,
    serDeInfo: { serializationLibrary: serde, parameters },
  };
}

/**
 * The table's parameters: Athena works out the partitions by itself (partition projection), so that nobody has to add
 * them. Where the tables are not named, a query has to name the one that it is about.
 */
export function tableParameters(
  format: LakeFormat,
  location: string,
  { tables, retentionDays }: { tables: readonly string[] | undefined; retentionDays: number | undefined },
): Record<string, string> {
  const names = tables?.map(tableName);
  const since = retentionDays === undefined ? "NOW-10YEARS" : `NOW-${retentionDays}DAYS`;
  return {
    EXTERNAL: "TRUE",
    classification: format,
    "projection.enabled": "true",
    ...projection(
      "source_schema",
      names?.map(({ schema }) => schema ?? ""),
    ),
    ...projection(
      "source_table",
      names?.map(({ table }) => table),
    ),
    "projection.day.type": "date",
    "projection.day.format": "yyyy-MM-dd",
    // The day ahead: a change is in the lake before the day has ended everywhere.
    "projection.day.range": `${since},NOW+1DAYS`,
    "projection.day.interval": "1",
    "projection.day.interval.unit": "DAYS",
    "storage.location.template": `${location}/${DATA_FOLDER}/${folders((name) => `\${${name}}`)}`,
  };
}

function projection(column: string, values: readonly string[] | undefined): Record<string, string> {
  if (values === undefined) return { [`projection.${column}.type`]: "injected" };
  return {
    [`projection.${column}.type`]: "enum",
    [`projection.${column}.values`]: [...new Set(values)].sort().join(","),
  };
}

function folders(value: (name: string) => string): string {
  return PARTITIONS.map(([name]) => `${name}=${value(name)}/`).join("");
}
