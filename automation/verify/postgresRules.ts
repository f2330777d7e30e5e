import type { ColumnRule } from "./columnRule";

/** What PostgreSQL's catalogue says of a column's type, domains resolved. */
export interface PostgresType {
  /** `typname` of pg_type. */
  name: string;
  /** `typtype` of pg_type: b for base types. */
  kind: string;
  /** `atttypmod`: -1 for none. */
  modifier: number;
}

/** NUMERIC with no precision is NUMERIC(28,6) to DMS (AWS DMS user guide, CHAP_Source.PostgreSQL). */
const DEFAULT_SCALE = 6;

const RULES: Record<string, ColumnRule> = {
  int2: { kind: "number" },
  int4: { kind: "number" },
  int8: { kind: "number" },
  float4: { kind: "real", bytes: 4 },
  float8: { kind: "real", bytes: 8 },
  bool: { kind: "boolean" },
  bpchar: { kind: "padded" },
  date: { kind: "time" },
  time: { kind: "time" },
  timetz: { kind: "zoned" },
  timestamp: { kind: "time" },
  timestamptz: { kind: "zoned" },
  interval: { kind: "interval" },
  point: { kind: "shape" },
  line: { kind: "shape" },
  lseg: { kind: "shape" },
  box: { kind: "shape" },
  path: { kind: "shape" },
  polygon: { kind: "shape" },
  circle: { kind: "shape" },
  bytea: { kind: "lost", reason: "BYTEA has no type in DynamoDB that DMS would write" },
};

/** How a column's values compare. Money must come as a number's text. */
export function postgresRule({ name, kind, modifier }: PostgresType): ColumnRule {
  if (name === "numeric") {
    return modifier < 4 ? { kind: "number", scale: DEFAULT_SCALE } : { kind: "number" };
  }
  if (name === "money") {
    return { kind: "number" };
  }
  return (kind === "b" && RULES[name]) || { kind: "text" };
}
