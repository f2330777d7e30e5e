import { isBinary } from "../source/mysqlBinary";
import type { ColumnRule } from "./columnRule";

/** What `information_schema.COLUMNS` says of a column's type. */
export interface MysqlType {
  /** DATA_TYPE: `decimal`. */
  name: string;
  /** COLUMN_TYPE: `decimal(38,10) unsigned`, `enum('a','b')`. */
  declared: string;
  /** NUMERIC_PRECISION, where the type has one. */
  precision?: number;
}

/** DynamoDB's numbers hold 38 digits; what may have more is text to DMS. */
const DYNAMODB_DIGITS = 38;

const NUMBER: ColumnRule = { kind: "number" };
const TEXT: ColumnRule = { kind: "text" };
const TIME: ColumnRule = { kind: "time" };

/**
 * By the AWS DMS user guide, CHAP_Source.MySQL; the types that it does not list (JSON, MariaDB's UUID and INET) come as
 * the text that the server prints. MariaDB's JSON is a LONGTEXT.
 */
const RULES: Record<string, ColumnRule> = {
  tinyint: NUMBER,
  smallint: NUMBER,
  mediumint: NUMBER,
  int: NUMBER,
  bigint: NUMBER,
  year: NUMBER,
  bit: { kind: "boolean" },
  float: { kind: "real", bytes: 4 },
  double: { kind: "real", bytes: 8 },
  char: { kind: "padded" },
  json: { kind: "json" },
  date: TIME,
  datetime: TIME,
  // In UTC, which the session reads it in too.
  timestamp: TIME,
  time: TIME,
};

/** How a column's values compare. */
export function mysqlRule({ name, declared, precision = 0 }: MysqlType): ColumnRule {
  if (isBinary(name, declared)) {
    return { kind: "lost", reason: "DMS writes no binary values to DynamoDB" };
  }
  if (name === "decimal") {
    return precision > DYNAMODB_DIGITS ? TEXT : NUMBER;
  }
  return RULES[name] ?? TEXT;
}
