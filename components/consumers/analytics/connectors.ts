import { literal } from "./quote";

/** Where each of the job's tables comes from or goes to: its options, as a `WITH` clause lists them. */
export interface Connectors {
  /** The change stream. */
  records: TableOptions;
  /** What lets time pass where nothing changes. */
  ticks: TableOptions;
  /** Where counts go. */
  counts: TableOptions;
  /** Where alerts go. */
  alerts: TableOptions;
}

/** Options by their names. */
export type TableOptions = Readonly<Record<string, string>>;

/**
 * How the records are read as JSON: what is none is passed over, and so is a member of another kind than its column.
 * Not by the streaming parser that 1.20 brought: this one keeps all digits of a number within a map, since one of the
 * table's columns is a DECIMAL.
 */
export const JSON_IN: TableOptions = {
  format: "json",
  "json.ignore-parse-errors": "true",
  "json.decode.json-parser.enabled": "false",
};

/** How results are written. */
export const JSON_OUT: TableOptions = { format: "json", "json.encode.decimal-as-plain-number": "true" };

/** Stands for the time from which on a job without a state reads the stream; main.py puts it in. */
export const START = "@START@";

/** The streams that the job reads and writes. */
export interface StreamPlaces {
  region: string;
  /** The change stream. */
  streamArn: string;
  /** The stream of the results. */
  resultsArn: string;
}

/**
 * The streams on AWS, by the `kinesis` connector of flink-sql-connector-aws-kinesis-streams 5.x (Apache Flink AWS
 * connectors, "Amazon Kinesis Data Streams SQL Connector"). The ticks are of the connector that Flink itself has.
 */
export function kinesisConnectors({ region, streamArn, resultsArn }: StreamPlaces): Connectors {
  const results = { connector: "kinesis", "stream.arn": resultsArn, "aws.region": region, ...JSON_OUT };
  return {
    records: {
      connector: "kinesis",
      "stream.arn": streamArn,
      "aws.region": region,
      "source.init.position": "AT_TIMESTAMP",
      "source.init.timestamp": START,
      ...JSON_IN,
    },
    ticks: { connector: "datagen", "rows-per-second": "1", "fields.op.length": "1" },
    counts: results,
    alerts: results,
  };
}

/** The options as a `WITH` clause. */
export function withClause(options: TableOptions): string {
  const list = Object.entries(options).map(([key, value]) => `  ${literal(key)} = ${literal(value)}`);
  return `WITH (\n${list.join(",\n")}\n)`;
}
