/** The engines that the heartbeat can write to, by what they have in common: protocol, catalogue and SQL. */
export const HEARTBEAT_FAMILIES = ["postgres", "mysql", "sqlserver", "oracle"] as const;

/** A family of engines that the heartbeat can write to. */
export type HeartbeatFamily = (typeof HEARTBEAT_FAMILIES)[number];

/** The table that holds the one row of the heartbeat. */
export interface HeartbeatTable {
  /** Its schema (MySQL: its database), spelt as in the source's catalogue. */
  schema: string;
  /** Its name, spelt so too. */
  table: string;
}

/**
 * The column that holds when the row was written: whole milliseconds since 1970 in UTC, by the source's own clock. A
 * number, because how DMS writes a time is not documented.
 */
export const WRITTEN_AT = "written_at";

/** The statements of one heartbeat, in the SQL of a family. */
export interface HeartbeatStatements {
  /** What a session runs first; none where there is nothing to set. */
  prepare: string[];
  /** Writes the row, the first time and every other. */
  write: string;
  /** Makes the table. */
  create: string;
  /** What grants all of it, as an administrator would write it; `{user}` stands for the source's user. */
  grants: string[];
}

/** The row's key: there is one row. */
const ROW_ID = 1;

/**
 * The statements of a heartbeat. Names are quoted, so that they are spelt the same in every catalogue.
 *
 * A statement is its own transaction in all of these sessions; the time is that of the server as it writes.
 */
export function heartbeatStatements(
  family: HeartbeatFamily,
  { schema, table }: HeartbeatTable,
): HeartbeatStatements {
  switch (family) {
    case "postgres":
      return postgres(quoted(schema, '"'), quoted(table, '"'));
    case "mysql":
      return mysql(quoted(schema, "`"), quoted(table, "`"));
    case "sqlserver":
      return sqlserver(bracketed(schema), bracketed(table));
    case "oracle":
      return oracle(quoted(schema, '"'), quoted(table, '"'));
  }
}

/** What a driver's error says by number or code: that there is no such table. */
const MISSING_TABLE: Readonly<Record<HeartbeatFamily, (error: DriverError) => boolean>> = {
  postgres: ({ code }) => code === "42P01",
  mysql: ({ errno }) => errno === 1146,
  sqlserver: ({ number }) => number === 208,
  // Oracle says the same of a table that the user may not see.
  oracle: ({ errorNum }) => errorNum === 942,
};

/** What the drivers put into their errors: pg `code`, mysql2 `errno`, tedious `number`, oracledb `errorNum`. */
interface DriverError {
  code?: unknown;
  errno?: unknown;
  number?: unknown;
  errorNum?: unknown;
}

/** Whether a statement failed because its table is not there. */
export function isMissingTable(family: HeartbeatFamily, error: unknown): boolean {
  return typeof error === "object" && error !== null && MISSING_TABLE[family](error);
}

function postgres(schema: string, table: string): HeartbeatStatements {
  const name = `${schema}.${table}`;
  // Not now(), which is the time at which the transaction began.
  const now = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
  return {
    prepare: [],
    write: `INSERT INTO ${name} ("id", "${WRITTEN_AT}") VALUES (${ROW_ID}, ${now}) ON CONFLICT ("id") DO UPDATE SET "${WRITTEN_AT}" = excluded."${WRITTEN_AT}"`,
    create: `CREATE TABLE ${name} ("id" integer PRIMARY KEY, "${WRITTEN_AT}" bigint NOT NULL)`,
    grants: [
      `GRANT USAGE, CREATE ON SCHEMA ${schema} TO {user}`,
      `GRANT SELECT, INSERT, UPDATE ON ${name} TO {user}`,
    ],
  };
}

function mysql(schema: string, table: string): HeartbeatStatements {
  const name = `${schema}.${table}`;
  const now = "CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS UNSIGNED)";
  return {
    // In another time zone than UTC an hour of each autumn comes twice; and a server may not commit by itself.
    prepare: ["SET SESSION time_zone = '+00:00', SESSION autocommit = 1"],
    write: `INSERT INTO ${name} (\`id\`, \`${WRITTEN_AT}\`) VALUES (${ROW_ID}, ${now}) ON DUPLICATE KEY UPDATE \`${WRITTEN_AT}\` = ${now}`,
    create: `CREATE TABLE ${name} (\`id\` INT NOT NULL PRIMARY KEY, \`${WRITTEN_AT}\` BIGINT NOT NULL)`,
    grants: [`GRANT CREATE, SELECT, INSERT, UPDATE ON ${name} TO {user}`],
  };
}

function sqlserver(schema: string, table: string): HeartbeatStatements {
  const name = `${schema}.${table}`;
  // DATEDIFF of milliseconds overflows after 24 days, and DATEDIFF_BIG is of SQL Server 2016: the days are counted apart.
  const now = "SYSUTCDATETIME()";
  const today = `CAST(CAST(@now AS date) AS datetime2)`;
  const milliseconds = `CAST(DATEDIFF(day, '19700101', @now) AS bigint) * 86400000 + DATEDIFF(millisecond, ${today}, @now)`;
  return {
    prepare: [],
    write: [
      `DECLARE @now datetime2(3) = ${now}`,
      `DECLARE @written bigint = ${milliseconds}`,
      `UPDATE ${name} SET [${WRITTEN_AT}] = @written WHERE [id] = ${ROW_ID}`,
      `IF @@ROWCOUNT = 0 INSERT INTO ${name} ([id], [${WRITTEN_AT}]) VALUES (${ROW_ID}, @written)`,
    ].join("; "),
    create: `CREATE TABLE ${name} ([id] int NOT NULL PRIMARY KEY, [${WRITTEN_AT}] bigint NOT NULL)`,
    grants: [
      "GRANT CREATE TABLE TO {user}",
      `GRANT ALTER, SELECT, INSERT, UPDATE ON SCHEMA::${schema} TO {user}`,
    ],
  };
}

function oracle(schema: string, table: string): HeartbeatStatements {
  const name = `${schema}.${table}`;
  const since = "(SYS_EXTRACT_UTC(SYSTIMESTAMP) - TIMESTAMP '1970-01-01 00:00:00')";
  const now = [
    `EXTRACT(DAY FROM ${since}) * 86400000`,
    `EXTRACT(HOUR FROM ${since}) * 3600000`,
    `EXTRACT(MINUTE FROM ${since}) * 60000`,
    `TRUNC(EXTRACT(SECOND FROM ${since}) * 1000)`,
  ].join(" + ");
  return {
    prepare: [],
    write: `MERGE INTO ${name} h USING (SELECT ${ROW_ID} AS "id", ${now} AS "written" FROM DUAL) n ON (h."id" = n."id") WHEN MATCHED THEN UPDATE SET h."${WRITTEN_AT}" = n."written" WHEN NOT MATCHED THEN INSERT ("id", "${WRITTEN_AT}") VALUES (n."id", n."written")`,
    create: `CREATE TABLE ${name} ("id" NUMBER(10) PRIMARY KEY, "${WRITTEN_AT}" NUMBER(19) NOT NULL)`,
    grants: [
      "GRANT CREATE TABLE TO {user} (another user's schema: CREATE ANY TABLE), with quota on its tablespace",
      `GRANT SELECT, INSERT, UPDATE ON ${name} TO {user}`,
    ],
  };
}

function quoted(name: string, quote: '"' | "`"): string {
  return `${quote}${name.replaceAll(quote, quote + quote)}${quote}`;
}

function bracketed(name: string): string {
  return `[${name.replaceAll("]", "]]")}]`;
}
