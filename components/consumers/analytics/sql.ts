import { OPERATIONS as DEBEZIUM_LETTERS } from "../../../functions/formats/debezium";
import { OPERATIONS } from "../eventFilter";
import { type AlertCondition, type AlertRule, DECIMALS, DEFAULT_OPERATIONS, ruleTables } from "./alertRules";
import { type Connectors, withClause } from "./connectors";
import { identifier, literal } from "./quote";

/** What the statements are made of. */
export interface JobOptions {
  /** The length of a window of the counts, in seconds. */
  windowSeconds: number;
  /** How much later than a younger change an older one may come and is still counted, in seconds. */
  lateSeconds: number;
  /**
   * How far the ticks are behind the clock beyond that, in seconds: where nothing changes, windows close so much later.
   * A pipeline that is behind by less, and halts meanwhile, loses no count by it.
   */
  quietSeconds: number;
  /** The rules of the alerts. */
  alerts: readonly AlertRule[];
  /** Where the tables are. */
  connectors: Connectors;
}

/** A job: what is set, the tables and views that it knows, and what it writes, as one job. */
export interface Job {
  settings: Record<string, string>;
  tables: string[];
  inserts: string[];
}

/** How long a shard may say nothing before the others do not wait for it any more, in seconds. */
const IDLE_SECONDS = 30;

/** What the job is run with, beside its statements. */
const SETTINGS = {
  // A change's time is read and written without a zone.
  "table.local-time-zone": "UTC",
  "table.exec.source.idle-timeout": `${IDLE_SECONDS} s`,
  // How long it is known that an event was told; a week is what a stream holds unless it is asked for more.
  "table.exec.state.ttl": "7 d",
};

const ROW = "MAP<STRING, STRING>";

/** The statements of the job. */
export function analyticsJob(options: JobOptions): Job {
  const { connectors, alerts } = options;
  return {
    settings: SETTINGS,
    tables: [
      recordsTable(options),
      ticksTable(options),
      countsTable(connectors),
      alertsTable(connectors),
      eventsView,
      timedView,
    ],
    inserts: [
      insertCounts(options.windowSeconds),
      ...alerts.map((rule) => (rule.count ? insertCountAlert(rule, rule.count) : insertEventAlert(rule))),
    ],
  };
}

/**
 * The records of the stream, in whichever of the formats each is: the members of a change event, `data` of a CloudEvent,
 * the members of Debezium's envelope. A change's time is `at`; of what is no event it is 1970, so that it neither stops
 * the job nor moves the time on. (`ts_ms` is a DECIMAL so that all digits of the rows' numbers are kept, see JSON_IN.)
 */
function recordsTable({ connectors, lateSeconds }: JobOptions): string {
  return `
CREATE TABLE \`records\` (
  \`id\` STRING,
  \`op\` STRING,
  \`source\` ROW<\`schema\` STRING, \`table\` STRING, \`id\` STRING, \`key\` ${ROW}>,
  \`key\` ${ROW},
  \`old\` ${ROW},
  \`new\` ${ROW},
  \`at\` STRING,
  \`data\` ROW<\`id\` STRING, \`op\` STRING, \`source\` ROW<\`schema\` STRING, \`table\` STRING>, \`key\` ${ROW}, \`old\` ${ROW}, \`new\` ${ROW}, \`at\` STRING>,
  \`before\` ${ROW},
  \`after\` ${ROW},
  \`ts_ms\` DECIMAL(20, 0),
  \`changed_at\` AS COALESCE(
    CAST(TRY_CAST(REPLACE(REPLACE(COALESCE(\`data\`.\`at\`, \`at\`), 'T', ' '), 'Z', '') AS TIMESTAMP(3)) AS TIMESTAMP_LTZ(3)),
    TO_TIMESTAMP_LTZ(CAST(\`ts_ms\` AS BIGINT), 3),
    TO_TIMESTAMP_LTZ(0, 3)),
  \`arrived_at\` AS PROCTIME(),
  WATERMARK FOR \`changed_at\` AS \`changed_at\` - ${interval(lateSeconds)}
) ${withClause(connectors.records)}`.trim();
}

/**
 * A row a second that says what time it is. Where no shard says anything, windows would else stay open until the next
 * change, and the alert about the last ones would wait for it.
 */
function ticksTable({ connectors, lateSeconds, quietSeconds }: JobOptions): string {
  return `
CREATE TABLE \`ticks\` (
  \`op\` STRING,
  \`changed_at\` AS CAST(CURRENT_TIMESTAMP AS TIMESTAMP_LTZ(3)),
  WATERMARK FOR \`changed_at\` AS \`changed_at\` - ${interval(lateSeconds + quietSeconds)}
) ${withClause(connectors.ticks)}`.trim();
}

function countsTable({ counts }: Connectors): string {
  return `
CREATE TABLE \`counts\` (
  \`type\` STRING,
  \`from\` STRING,
  \`to\` STRING,
  \`schema\` STRING,
  \`table\` STRING,
  \`op\` STRING,
  \`changes\` BIGINT
) ${withClause(counts)}`.trim();
}

function alertsTable({ alerts }: Connectors): string {
  return `
CREATE TABLE \`alerts\` (
  \`type\` STRING,
  \`rule\` STRING,
  \`from\` STRING,
  \`to\` STRING,
  \`changes\` BIGINT,
  \`id\` STRING,
  \`op\` STRING,
  \`schema\` STRING,
  \`table\` STRING,
  \`key\` ${ROW},
  \`values\` ${ROW},
  \`at\` STRING
) ${withClause(alerts)}`.trim();
}

/** The changes, each as often as it came. */
const eventsView = `
CREATE TEMPORARY VIEW \`events\` AS
SELECT * FROM (
  SELECT
    COALESCE(\`data\`.\`id\`, \`id\`, \`source\`.\`id\`) AS \`id\`,
    CASE COALESCE(\`data\`.\`op\`, \`op\`) ${Object.entries(DEBEZIUM_LETTERS)
      .map(([op, letter]) => `WHEN ${literal(letter)} THEN ${literal(op)}`)
      .join(" ")} ELSE COALESCE(\`data\`.\`op\`, \`op\`) END AS \`op\`,
    COALESCE(\`data\`.\`source\`.\`schema\`, \`source\`.\`schema\`) AS \`schema\`,
    COALESCE(\`data\`.\`source\`.\`table\`, \`source\`.\`table\`) AS \`table\`,
    COALESCE(\`data\`.\`key\`, \`key\`, \`source\`.\`key\`) AS \`key\`,
    COALESCE(\`data\`.\`old\`, \`old\`, \`before\`) AS \`old\`,
    COALESCE(\`data\`.\`new\`, \`new\`, \`after\`) AS \`new\`,
    \`changed_at\`,
    \`arrived_at\`
  FROM \`records\`
)
WHERE \`id\` IS NOT NULL AND \`table\` IS NOT NULL AND \`op\` IN (${list(OPERATIONS)})`.trim();

/** The changes, and the ticks among them: nothing counts those, as their `op` is none. */
const timedView = `
CREATE TEMPORARY VIEW \`timed\` AS
SELECT \`id\`, \`op\`, \`schema\`, \`table\`, \`old\`, \`new\`, \`changed_at\` FROM \`events\`
UNION ALL
SELECT \`op\`, \`op\`, \`op\`, \`op\`, CAST(NULL AS ${ROW}), CAST(NULL AS ${ROW}), \`changed_at\` FROM \`ticks\``.trim();

/** Counts the changes of each table and operation. A repeat has the time of the first: it is in the same window. */
function insertCounts(windowSeconds: number): string {
  return `
INSERT INTO \`counts\`
SELECT 'count', ${iso("window_start")}, ${iso("window_end")}, \`schema\`, \`table\`, \`op\`, COUNT(DISTINCT \`id\`)
FROM ${windows(windowSeconds)}
WHERE \`op\` IN (${list(OPERATIONS)})
GROUP BY \`window_start\`, \`window_end\`, \`schema\`, \`table\`, \`op\``.trim();
}

/** Tells each change that a rule is about, once: what passes it is few, so that those that were told are remembered. */
function insertEventAlert(rule: AlertRule): string {
  const columns = [...new Set(rule.when?.map(({ column }) => column))];
  const values = columns.map((column) => `${literal(column)}, ${value({ column })}`).join(", ");
  return `
INSERT INTO \`alerts\`
SELECT 'change', ${literal(rule.name)}, CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS BIGINT),
  \`id\`, \`op\`, \`schema\`, \`table\`, \`key\`, ${values === "" ? `CAST(NULL AS ${ROW})` : `MAP[${values}]`}, ${iso("changed_at")}
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY \`schema\`, \`table\`, \`id\` ORDER BY \`arrived_at\` ASC) AS \`nth\`
  FROM \`events\`
  WHERE ${ruleCondition(rule)}
)
WHERE \`nth\` = 1`.trim();
}

/** Tells each window with many of the changes that a rule is about. */
function insertCountAlert(
  rule: AlertRule,
  { atLeast, withinSeconds }: NonNullable<AlertRule["count"]>,
): string {
  return `
INSERT INTO \`alerts\`
SELECT 'count', ${literal(rule.name)}, ${iso("window_start")}, ${iso("window_end")}, COUNT(DISTINCT \`id\`),
  CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS ${ROW}), CAST(NULL AS ${ROW}), CAST(NULL AS STRING)
FROM ${windows(withinSeconds)}
WHERE ${ruleCondition(rule)}
GROUP BY \`window_start\`, \`window_end\`
HAVING COUNT(DISTINCT \`id\`) >= ${atLeast}`.trim();
}

function ruleCondition(rule: AlertRule): string {
  const tables = ruleTables(rule)?.map(({ schema, table }) =>
    schema === undefined
      ? `\`table\` = ${literal(table)}`
      : `(\`schema\` = ${literal(schema)} AND \`table\` = ${literal(table)})`,
  );
  return [
    `\`op\` IN (${list(rule.ops ?? DEFAULT_OPERATIONS)})`,
    ...(tables ? [`(${tables.join(" OR ")})`] : []),
    ...(rule.when ?? []).map(conditionText),
  ].join("\n    AND ");
}

/** A comparison: what is absent is NULL, which is a value like another as far as equality goes. */
function conditionText(condition: AlertCondition): string {
  const { is, value: wanted } = condition;
  const found = value(condition);
  if (wanted === null) return `${found} IS ${is === "=" ? "" : "NOT "}NULL`;
  const [left, right] =
    typeof wanted === "number"
      ? [decimal(found, "TRY_CAST"), decimal(literal(wanted.toFixed(DECIMALS)), "CAST")]
      : [found, literal(String(wanted))];
  if (is === "=") return `${left} IS NOT DISTINCT FROM ${right}`;
  if (is === "<>") return `${left} IS DISTINCT FROM ${right}`;
  return `${left} ${is} ${right}`;
}

/** A column's text, in the row that a condition looks at. */
function value({ column, row }: Pick<AlertCondition, "column" | "row">): string {
  const from = row === undefined ? "COALESCE(`new`, `old`)" : identifier(row);
  return `${from}[${literal(column)}]`;
}

function decimal(text: string, cast: "CAST" | "TRY_CAST"): string {
  return `${cast}(${text} AS DECIMAL(38, ${DECIMALS}))`;
}

function windows(seconds: number): string {
  return `TABLE(TUMBLE(TABLE \`timed\`, DESCRIPTOR(\`changed_at\`), ${interval(seconds)}))`;
}

/** A length of time, as days and a time of day: Flink takes no more than two digits of a unit alone. */
function interval(seconds: number): string {
  const time = [seconds / 3600, seconds / 60, seconds].map((part, unit) =>
    String(Math.floor(part) % (unit === 0 ? 24 : 60)).padStart(2, "0"),
  );
  return `INTERVAL '${Math.floor(seconds / 86_400)} ${time.join(":")}' DAY TO SECOND`;
}

/** A time as ISO 8601 in UTC, to the second. */
function iso(time: string): string {
  return `DATE_FORMAT(CAST(\`${time}\` AS TIMESTAMP(3)), 'yyyy-MM-dd''T''HH:mm:ss''Z''')`;
}

function list(texts: readonly string[]): string {
  return texts.map(literal).join(", ");
}
