import { checkWhole, isLater, shown } from "../checks";
import type { EventOptions } from "../fanIn/events";
import { Faults } from "../faults";
import type { SourceArgs } from "../replication/source";
import type { TableSelection } from "../replication/tableMappings";
import { selectedBy } from "../replication/tablePattern";
import { HEARTBEAT_ENGINES } from "./engines";

/** The heartbeat: what users may choose of it. */
export interface HeartbeatOptions {
  /** How often it is written, in minutes, 1 to 60. */
  intervalMinutes: number;
  /**
   * The schema of its table (MySQL's family: the database), spelt as in the source's catalogue. It must be there.
   * Default: PostgreSQL `public`, MySQL's family the source's database, SQL Server `dbo`, Oracle the source's user in
   * capitals; where that is not known here, because it is in a secret, say, it must be given.
   */
  schema?: string;
  /**
   * The table's name: one that nothing else uses, in the source and among the DynamoDB tables of the account and
   * region. It is made where it is missing. Default: `rowstream_heartbeat_` and the source's name, in which what is
   * neither a letter nor a digit is an underscore.
   */
  table?: string;
}

/** The bounds of the interval, in minutes. The alarm looks at three intervals, and an hour is long for a log to wait. */
export const HEARTBEAT_MINUTES = { min: 1, max: 60 } as const;

/** A heartbeat with its defaults filled in. */
export interface ResolvedHeartbeat {
  intervalMinutes: number;
  schema: string;
  table: string;
}

/** Fills in the schema and the table's name. Call it on checked options. */
export function resolveHeartbeat(options: HeartbeatOptions, source: SourceArgs): ResolvedHeartbeat {
  return {
    intervalMinutes: options.intervalMinutes,
    schema: options.schema ?? defaultSchema(source) ?? "",
    table: options.table ?? defaultTable(source),
  };
}

/** What the heartbeat is checked against. */
export interface HeartbeatSurroundings {
  source: SourceArgs | undefined;
  tables: TableSelection | undefined;
  events: EventOptions | undefined;
}

/** Checks the heartbeat's options for the source that it is written to, and the tables that are replicated. */
export function checkHeartbeat(
  options: HeartbeatOptions,
  { source, tables, events }: HeartbeatSurroundings,
  prefix = "",
): Faults {
  const faults = new Faults(prefix);
  if (options.intervalMinutes === undefined) {
    faults.add("intervalMinutes", "is missing; give a whole number of minutes from 1 to 60");
  }
  checkWhole(faults, "intervalMinutes", options.intervalMinutes, { ...HEARTBEAT_MINUTES, unit: "minutes" });
  checkName(faults, "schema", options.schema);
  checkName(faults, "table", options.table);
  if (faults.found.length > 0 || source?.engine === undefined) return faults;
  const engine = HEARTBEAT_ENGINES[source.engine];
  if (engine === undefined) {
    const engines = Object.keys(HEARTBEAT_ENGINES).join(", ");
    faults.add(
      "",
      `is not possible with ${source.engine}, which there is no driver for; it is with ${engines}`,
    );
    return faults;
  }
  const { schema, table } = resolveHeartbeat(options, source);
  if (schema === "") {
    faults.add("schema", `is missing; ${SCHEMA_REMEDIES[engine.family] ?? "give the schema of its table"}`);
  }
  if (table.length > engine.longestName) {
    faults.add(
      "table",
      `${shown(table)} has ${table.length} characters, and a name of ${source.engine} has up to ${engine.longestName}; give a shorter one`,
    );
  }
  if (/^awsdms_/i.test(table)) {
    faults.add(
      "table",
      `${shown(table)} begins like DMS's own tables, which are not replicated; give another name`,
    );
  }
  checkReplicated(faults, { schema, table }, tables, events);
  return faults;
}

/** Why the schema may be missing, by the engine's family. */
const SCHEMA_REMEDIES: Readonly<Record<string, string>> = {
  mysql: "give the database that its table is in: source.database, which is it otherwise, is not given",
  oracle: "give the schema that its table is in: source.username, which is it otherwise, is not known here",
};

/** A name as it can stand in a table pattern, which is cut at its first dot, and be no wildcard there. */
function checkName(faults: Faults, path: string, name: unknown): void {
  if (name === undefined) return;
  if (typeof name !== "string" || !/^[^\s.%[\]"'`;\\]+$/.test(name)) {
    faults.add(path, `${shown(name)} is no name; give one without spaces, dots, quotes, brackets and %`);
  }
}

/** Left out by a pattern it would be written, and never come out. */
function checkReplicated(
  faults: Faults,
  table: { schema: string; table: string },
  tables: TableSelection | undefined,
  events: EventOptions | undefined,
): void {
  const name = `${table.schema}.${table.table}`;
  for (const [key, exclude] of [
    ["tables.exclude", tables?.exclude],
    ["events.tables.exclude", events?.tables?.exclude],
  ] as const) {
    const pattern = (Array.isArray(exclude) ? exclude : []).find((one) => selectedBy([one], table));
    if (pattern !== undefined) {
      faults.add(
        "table",
        `${name} is left out by ${key} ${shown(pattern)}; give another name, or narrow the pattern`,
      );
    }
  }
}

function defaultSchema({ engine, database, username }: SourceArgs): string | undefined {
  switch (HEARTBEAT_ENGINES[engine]?.family) {
    case "postgres":
      return "public";
    case "sqlserver":
      return "dbo";
    case "mysql":
      return known(database);
    case "oracle":
      // As Oracle spells the name of a user that was made without quotes.
      return known(username)?.toUpperCase();
    default:
      return undefined;
  }
}

function defaultTable({ name }: SourceArgs): string {
  return `rowstream_heartbeat_${name.replace(/[^A-Za-z0-9]/g, "_")}`;
}

function known(value: unknown): string | undefined {
  return typeof value === "string" && !isLater(value) && value !== "" ? value : undefined;
}

/**
 * The tables that are replicated, the heartbeat's among them: a rule is added where no pattern selects it.
 */
export function withHeartbeatTable(
  selection: TableSelection,
  { schema, table }: ResolvedHeartbeat,
): TableSelection {
  if (selectedBy(selection.include, { schema, table })) return selection;
  // An underscore alone stands for any character.
  const pattern = `${schema}.${table}`.replaceAll("_", "[_]");
  return { ...selection, include: [...selection.include, pattern] };
}
