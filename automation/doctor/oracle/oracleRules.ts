import { qualifiedName } from "../../tableMatch";
import { type Finding, finding } from "../finding";
import { configCommand, type Plan } from "../plan";
import type { SourceFacts, TableFacts } from "../sourceFacts";
import type { OracleServer, OracleTable } from "./oracleFacts";
import { readsWithLogMiner } from "./oracleTypes";

const OLDEST_VERSION = 10;
/** From here on Express Edition gives no changes; LOGMINING is a privilege. */
const VERSION_18 = 18;
const VERSION_12 = 12;

const NAME_LIMIT_BYTES = 30;
const LEAST_RETENTION_HOURS = 24;

/** What DMS reads of the dictionary; LogMiner's own only where it is used. */
const VIEWS = [
  "V_$ARCHIVED_LOG",
  "V_$LOG",
  "V_$LOGFILE",
  "V_$DATABASE",
  "V_$THREAD",
  "V_$PARAMETER",
  "V_$NLS_PARAMETERS",
  "V_$TIMEZONE_NAMES",
  "V_$TRANSACTION",
  "DBA_TABLESPACES",
];
const LOGMINER_VIEWS = ["V_$LOGMNR_LOGS", "V_$LOGMNR_CONTENTS"];
const LOGMINER_PACKAGE = "DBMS_LOGMNR";

/** What an Oracle database and its tables lack for change data capture (AWS DMS user guide, CHAP_Source.Oracle). Pure. */
export function oraclePrerequisites(facts: SourceFacts<OracleServer>, plan: Plan): Finding[] {
  const { server } = facts;
  return [
    ...version(server, plan),
    ...log(server),
    ...retention(server),
    ...rights(server, plan),
    ...(facts.tables as OracleTable[]).flatMap((table) => [
      ...names(table),
      ...clustered(table, plan),
      ...supplementalLogging(table, server, plan),
    ]),
  ];
}

function version(server: OracleServer, plan: Plan): Finding[] {
  const { major, product, container, log: facts } = server;
  const findings: Finding[] = [];
  if (major < OLDEST_VERSION || (major >= VERSION_18 && /express/i.test(product))) {
    findings.push(
      finding(
        "server-version",
        "edition",
        `is ${product} ${server.version}: DMS reads no changes from before 10.2, nor from Express Edition of 18c or later`,
        "move the database to another edition or version",
      ),
    );
  }
  if (container === "CDB$ROOT") {
    findings.push(
      finding(
        "log-mode",
        "container",
        "is CDB$ROOT, which DMS does not replicate",
        configCommand(plan, "rowstream:source.database", "THE_PLUGGABLE_DATABASE"),
      ),
    );
  } else if (container !== undefined && readsWithLogMiner(plan)) {
    findings.push(
      finding(
        "log-mode",
        "container",
        `is the pluggable database ${container}, and DMS's LogMiner cannot connect to one`,
        binaryReader(plan),
      ),
    );
  }
  if (facts !== undefined && facts.role !== "PRIMARY" && readsWithLogMiner(plan)) {
    findings.push(
      finding(
        "read-replica",
        "database_role",
        `is ${facts.role}: DMS reads a standby with Binary Reader alone`,
        `name the primary as the source, or: ${binaryReader(plan)}`,
      ),
    );
  }
  return findings;
}

function log({ log: facts, rds }: OracleServer): Finding[] {
  const findings: Finding[] = [];
  if (facts !== undefined && facts.mode !== "ARCHIVELOG") {
    findings.push(
      finding(
        "log-mode",
        "log_mode",
        `is ${facts.mode}; it must be ARCHIVELOG`,
        rds
          ? "turn on the instance's automatic backups"
          : "SHUTDOWN IMMEDIATE; STARTUP MOUNT; ALTER DATABASE ARCHIVELOG; ALTER DATABASE OPEN",
      ),
    );
  }
  if (facts !== undefined && facts.minimal !== "YES" && facts.minimal !== "IMPLICIT") {
    findings.push(
      finding(
        "log-mode",
        "supplemental_log_data_min",
        `is ${facts.minimal}; it must be YES or IMPLICIT`,
        rds
          ? "EXEC rdsadmin.rdsadmin_util.alter_supplemental_logging('ADD')"
          : "ALTER DATABASE ADD SUPPLEMENTAL LOG DATA",
      ),
    );
  }
  return findings;
}

function retention({ retentionHours, rds }: OracleServer): Finding[] {
  return retentionHours === undefined || retentionHours >= LEAST_RETENTION_HOURS
    ? []
    : [
        finding(
          "log-retention",
          "archived logs",
          rds
            ? `are kept for ${retentionHours} hours`
            : `reach back ${retentionHours} hours, and older ones are gone`,
          rds
            ? "EXEC rdsadmin.rdsadmin_util.set_configuration('archivelog retention hours', 24); COMMIT"
            : "have RMAN keep archived logs for 24 hours at least (CONFIGURE ARCHIVELOG DELETION POLICY)",
        ),
      ];
}

function rights(server: OracleServer, plan: Plan): Finding[] {
  const { privileges, dictionary, user } = server;
  const logMiner = readsWithLogMiner(plan);
  const views = [...VIEWS, ...(logMiner ? LOGMINER_VIEWS : [])].filter((name) => !dictionary.has(name));
  const system = [
    "SELECT ANY TRANSACTION",
    ...(logMiner && server.major >= VERSION_12 ? ["LOGMINING"] : []),
  ].filter((privilege) => !privileges.has(privilege));
  const packages = logMiner && !dictionary.has(LOGMINER_PACKAGE) ? [LOGMINER_PACKAGE] : [];
  const grants = [
    ...system.map((privilege) => `GRANT ${privilege} TO ${user}`),
    ...views.map((view) => grantOf(server, "SELECT", view)),
    ...packages.map((name) => grantOf(server, "EXECUTE", name)),
  ];
  return grants.length === 0
    ? []
    : [
        finding(
          "privilege-replication",
          user,
          `the user lacks ${[...system, ...views, ...packages].join(", ")}, which DMS needs`,
          grants.join("; "),
        ),
      ];
}

/** RDS lets nobody grant what SYS owns but by its own procedure. */
function grantOf({ rds, user }: OracleServer, privilege: string, object: string): string {
  return rds
    ? `EXEC rdsadmin.rdsadmin_util.grant_sys_object('${object}', '${user}', '${privilege}')`
    : `GRANT ${privilege} ON SYS.${object} TO ${user}`;
}

function names(table: TableFacts): Finding[] {
  const long = [table.table, ...table.columns.map(({ name }) => name)].filter(
    (name) => Buffer.byteLength(name) > NAME_LIMIT_BYTES,
  );
  const reasons = [
    ...(long.length > 0
      ? [`${long.join(", ")} has more than ${NAME_LIMIT_BYTES} bytes, which DMS does not support`]
      : []),
    ...(table.table.includes("'")
      ? ["its name holds an apostrophe, and DMS does not replicate such tables"]
      : []),
  ];
  return reasons.map((reason) =>
    finding(
      "source-name",
      qualifiedName(table),
      reason,
      "rename it, or leave the table out with rowstream:tables.exclude",
    ),
  );
}

function clustered(table: OracleTable, plan: Plan): Finding[] {
  return table.clustered && !readsWithLogMiner(plan)
    ? [
        finding(
          "table-unsupported",
          qualifiedName(table),
          "is in a table cluster, which Binary Reader does not support",
          "leave it out with rowstream:tables.exclude",
        ),
      ]
    : [];
}

/** The redo log has a row's key with an update only where supplemental logging says so. */
function supplementalLogging(table: OracleTable, server: OracleServer, plan: Plan): Finding[] {
  const { log: facts, privileges, user } = server;
  const keyed = table.primaryKey.length > 0;
  const logged =
    facts?.allColumns ||
    (keyed && facts?.primaryKey) ||
    table.logGroups.includes("ALL COLUMN LOGGING") ||
    table.logGroups.includes("USER LOG GROUP") ||
    (keyed && table.logGroups.includes("PRIMARY KEY LOGGING"));
  if (logged) {
    return [];
  }
  const may = table.schema === user || table.alterable || privileges.has("ALTER ANY TABLE");
  const adds = keyed && plan.settings.addSupplementalLogging === true;
  if (adds && may) {
    return [];
  }
  const sql = `"${table.schema}"."${table.table}"`;
  const [unique] = table.uniqueKeys;
  const what = keyed
    ? "DATA (PRIMARY KEY) COLUMNS"
    : unique === undefined
      ? "DATA (ALL) COLUMNS"
      : `GROUP ${`DMS_${table.table}`.slice(0, NAME_LIMIT_BYTES)} (${unique.map((name) => `"${name}"`).join(", ")}) ALWAYS`;
  const add = `ALTER TABLE ${sql} ADD SUPPLEMENTAL LOG ${what}`;
  return [
    finding(
      "table-logging",
      qualifiedName(table),
      adds
        ? `has no supplemental logging, and the user ${user} may not add it`
        : "has no supplemental logging of its key: updates come without it",
      adds ? `${add}; or GRANT ALTER ON ${sql} TO ${user}` : add,
    ),
  ];
}

function binaryReader(plan: Plan): string {
  return [
    configCommand(plan, "rowstream:source.settings.useLogminerReader", "false"),
    configCommand(plan, "rowstream:source.settings.useBfile", "true"),
  ].join(" && ");
}
