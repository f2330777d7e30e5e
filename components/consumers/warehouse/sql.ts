import { type Dialect, redshift } from "./dialect";
import { identifier, literal } from "./quote";

/** The database that everything is in. */
export const DATABASE = "rowstream";

/** The schema of all that is made here. */
export const SCHEMA = "rowstream";

/** The external schema through which Redshift sees the account's streams. */
const STREAMS = "rowstream_streams";

/** The materialized view over the stream: one row for each record that came. */
const RECORDS = "records";

/** The view of all tables' changes, in whichever format they came. */
const EVENTS = "events";

/** The procedure that makes the materialized view where there is none. */
const INGEST = "ingest";

/** A table of the source. */
export interface SourceTable {
  schema: string;
  table: string;
}

/** The names of a table's views. */
export interface ViewNames {
  /** The view of its changes. */
  changes: string;
  /** The view of its rows as they are. */
  rows: string;
}

/** Lets Redshift see the streams that the role may read. The role is read once, when this is run first. */
export function externalSchema(roleArn: string): string {
  return `CREATE EXTERNAL SCHEMA IF NOT EXISTS ${identifier(STREAMS)} FROM KINESIS IAM_ROLE ${literal(roleArn)}`;
}

/** Makes the schema of the views. */
export const schema = `CREATE SCHEMA IF NOT EXISTS ${identifier(SCHEMA)}`;

/**
 * Makes the procedure by which {@link callIngest} makes the materialized view: CREATE MATERIALIZED VIEW has no IF NOT
 * EXISTS, and to drop it would lose all that the stream no longer holds.
 *
 * It begins at the stream's beginning (Redshift developer guide, streaming ingestion, "Refresh start location"). What is
 * no JSON is kept as it came: to leave it out would be to lose it. Rows lie by their partition key, so that the events of
 * a row are on one node, where the views look for the last of them.
 *
 * @param streamName of the change stream
 */
export function ingestProcedure(streamName: string): string {
  const records = `
CREATE MATERIALIZED VIEW ${qualified(RECORDS)} DISTKEY (partition_key) SORTKEY (approximate_arrival_timestamp) AUTO REFRESH YES AS
SELECT approximate_arrival_timestamp, partition_key, shard_id, sequence_number, refresh_time,
  CASE WHEN CAN_JSON_PARSE(kinesis_data) THEN JSON_PARSE(kinesis_data) END AS event,
  CASE WHEN NOT CAN_JSON_PARSE(kinesis_data) THEN kinesis_data END AS unreadable
FROM ${identifier(STREAMS)}.${identifier(streamName)}`.trim();
  return `
CREATE OR REPLACE PROCEDURE ${qualified(INGEST)}() NONATOMIC AS $$
DECLARE
  existing INTEGER;
BEGIN
  SELECT INTO existing COUNT(*) FROM svv_mv_info
    WHERE TRIM(schema_name) = ${literal(SCHEMA)} AND TRIM(name) = ${literal(RECORDS)};
  IF existing = 0 THEN
    EXECUTE ${literal(records)};
  END IF;
END;
$$ LANGUAGE plpgsql`.trim();
}

/** Makes the materialized view where there is none. */
export const callIngest = `CALL ${qualified(INGEST)}()`;

/**
 * Makes the view of all changes, each as often as it came. It reads every format of the events by what is in them, so
 * that a stream may hold several: the change event, the same as the data of a CloudEvent, and Debezium's envelope.
 */
export function eventsView(dialect: Dialect = redshift): string {
  const json = (...path: string[]) => dialect.json("r.event", path);
  const text = (length: number, ...path: string[]) => dialect.text("r.event", path, length);
  return `
CREATE OR REPLACE VIEW ${qualified(EVENTS)} AS
SELECT
  COALESCE(${text(64, "id")}, ${text(64, "source", "id")}) AS id,
  CASE ${text(8, "op")} WHEN 'c' THEN 'insert' WHEN 'u' THEN 'update' WHEN 'd' THEN 'delete' WHEN 'r' THEN 'load'
    ELSE ${text(8, "op")} END AS op,
  ${text(512, "source", "schema")} AS source_schema,
  ${text(512, "source", "table")} AS source_table,
  COALESCE(${json("key")}, ${json("source", "key")}) AS row_key,
  COALESCE(${json("old")}, ${json("before")}) AS old_row,
  COALESCE(${json("new")}, ${json("after")}) AS new_row,
  ${json("changed")} AS changed,
  COALESCE(CAST(${text(32, "at")} AS TIMESTAMPTZ),
    (TIMESTAMP 'epoch' + CAST(${text(20, "ts_ms")} AS BIGINT) / 1000 * INTERVAL '1 second') AT TIME ZONE 'UTC') AS changed_at,
  COALESCE(${text(40, "sequence")}, ${text(40, "source", "sequence")}) AS sequence,
  COALESCE(${json("ref")}, ${json("source", "ref")}) AS ref,
  r.approximate_arrival_timestamp AS arrived_at,
  r.partition_key,
  r.sequence_number
FROM (
  SELECT approximate_arrival_timestamp, partition_key, sequence_number,
    CASE WHEN ${dialect.json("m.event", ["specversion"])} IS NULL THEN m.event ELSE ${dialect.json("m.event", ["data"])} END AS event
  FROM ${qualified(RECORDS)} AS m
  WHERE m.event IS NOT NULL
) AS r`.trim();
}

/** Makes the view of a table's changes, each once however often it came. */
export function changesView({ changes }: ViewNames, table: SourceTable): string {
  return `
CREATE OR REPLACE VIEW ${qualified(changes)} AS
SELECT id, op, row_key, old_row, new_row, changed, changed_at, sequence, ref, arrived_at
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY partition_key, id ORDER BY arrived_at, sequence_number) AS nth
  FROM ${qualified(EVENTS)}
  WHERE ${isOf(table)}
) AS e
WHERE nth = 1`.trim();
}

/**
 * Makes the view of a table's rows as they are: of each row the event that came last by its sequence, of two that are
 * alike the one that came first; and no row whose last event is that it is gone. All events of a row have one partition
 * key, and no other row has it (functions/partitionKey.ts). A load's sequence is all zeros: it gives way to any change.
 */
export function rowsView({ rows }: ViewNames, table: SourceTable): string {
  return `
CREATE OR REPLACE VIEW ${qualified(rows)} AS
SELECT row_key, new_row AS row_data, changed_at, sequence, ref
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY partition_key ORDER BY sequence DESC, arrived_at, sequence_number) AS nth
  FROM ${qualified(EVENTS)}
  WHERE ${isOf(table)}
) AS e
WHERE nth = 1 AND op <> 'delete'`.trim();
}

/** The names of a table's views: what is no lower-case letter, digit or underscore becomes one, so that none needs quotes. */
export function viewNames({ schema, table }: SourceTable): ViewNames {
  const rows = `${schema}_${table}`.toLowerCase().replace(/[^a-z0-9_]/g, "_");
  return { rows, changes: `${rows}_changes` };
}

function qualified(name: string): string {
  return `${identifier(SCHEMA)}.${identifier(name)}`;
}

function isOf({ schema, table }: SourceTable): string {
  return `source_schema = ${literal(schema)} AND source_table = ${literal(table)}`;
}
