import { qualifiedName } from "../../tableMatch";
import { type Finding, finding } from "../finding";
import type { Plan } from "../plan";
import type { SourceFacts } from "../sourceFacts";
import type { SqlServer, SqlServerColumn, SqlServerTable } from "./sqlserverFacts";

/** EngineEdition of the editions that give DMS no changes, or only from a version on. */
const STANDARD = 2;
const EXPRESS = 4;
const AZURE_SQL_DATABASE = 5;
const VERSION_2008 = 10;
const VERSION_2016 = 13;

/** A capture job that looks more often lets the log go before DMS has read it. */
const LEAST_POLLING_SECONDS = 3600;
const POLLING_SECONDS = 86_399;

/** Characters in names that DMS does not replicate from SQL Server; two hyphens are among them. */
const REFUSED_IN_NAMES = ["\\", "--", "\n", '"', "\b", "\r", "'", "\t", ";"];

/**
 * What a SQL Server and its tables lack for change data capture (AWS DMS user guide, CHAP_Source.SQLServer). Pure.
 */
export function sqlserverPrerequisites(facts: SourceFacts<SqlServer>, plan: Plan): Finding[] {
  const { server } = facts;
  return [
    ...edition(server),
    ...log(server),
    ...retention(server),
    ...rights(server, plan),
    ...(facts.tables as SqlServerTable[]).flatMap((table) => [
      ...unsupported(table),
      ...names(table),
      ...tracking(table, server, plan),
      ...readable(table, server),
    ]),
  ];
}

function edition(server: SqlServer): Finding[] {
  const { engineEdition, major, version } = server;
  const standard = engineEdition === STANDARD && major < VERSION_2016;
  const none = engineEdition === EXPRESS || engineEdition === AZURE_SQL_DATABASE || major < VERSION_2008;
  const findings: Finding[] = [];
  if (standard || none) {
    findings.push(
      finding(
        "server-version",
        "edition",
        `is ${server.edition}, version ${version}: DMS reads changes from Enterprise and Developer, and from Standard of 2016 SP1 or later`,
        "move the database to an edition that has change data capture",
      ),
    );
  }
  if (server.readOnly) {
    findings.push(
      finding(
        "read-replica",
        server.database,
        "the database is read-only here: DMS reads changes from the primary replica alone",
        "name the primary, or the availability group's listener, as the source",
      ),
    );
  }
  if (server.acceleratedRecovery) {
    findings.push(
      finding(
        "log-mode",
        "accelerated database recovery",
        "is on, and DMS replicates no database with it",
        `ALTER DATABASE ${quoted(server.database)} SET ACCELERATED_DATABASE_RECOVERY = OFF`,
      ),
    );
  }
  return findings;
}

function log(server: SqlServer): Finding[] {
  const { database, rds, cdcEnabled, distributor, recoveryModel } = server;
  const findings: Finding[] = [];
  if (recoveryModel !== "FULL" && recoveryModel !== "BULK_LOGGED") {
    findings.push(
      finding(
        "log-mode",
        "recovery model",
        `is ${recoveryModel}; it must be FULL or BULK_LOGGED`,
        rds
          ? "turn on the instance's automatic backups: RDS then sets the model to FULL"
          : `ALTER DATABASE ${quoted(database)} SET RECOVERY FULL; then take a full backup`,
      ),
    );
  }
  if (server.backedUp === false && !rds) {
    findings.push(
      finding(
        "log-mode",
        "full backup",
        "there is none of this database, and DMS needs one to read its log",
        `BACKUP DATABASE ${quoted(database)} TO DISK = N'…'`,
      ),
    );
  }
  if (!cdcEnabled && (rds || !distributor)) {
    findings.push(
      finding(
        "log-mode",
        "change data capture",
        rds
          ? `is not enabled in the database ${database}`
          : `is not enabled in the database ${database}, and no distributor is configured for MS-Replication`,
        rds
          ? `EXEC msdb.dbo.rds_cdc_enable_db N'${text(database)}'`
          : `USE ${quoted(database)}; EXEC sys.sp_cdc_enable_db`,
      ),
    );
  }
  return findings;
}

function retention({ pollingSeconds, rds }: SqlServer): Finding[] {
  if (pollingSeconds === undefined || pollingSeconds >= LEAST_POLLING_SECONDS) {
    return [];
  }
  const standby = rds
    ? `; with Multi-AZ also EXEC rdsadmin..rds_set_configuration 'cdc_capture_pollinginterval', ${POLLING_SECONDS}`
    : "";
  return [
    finding(
      "log-retention",
      "capture job",
      `reads the log every ${pollingSeconds} s, and lets go of it then, read by DMS or not`,
      `EXEC sys.sp_cdc_change_job @job_type = 'capture', @pollinginterval = ${POLLING_SECONDS}; EXEC sp_cdc_stop_job 'capture'; EXEC sp_cdc_start_job 'capture'${standby}. Some versions reset more than 3599 to 5 s: look again afterwards`,
    ),
  ];
}

function rights(server: SqlServer, plan: Plan): Finding[] {
  const findings: Finding[] = [];
  if (!server.viewServerState && !server.sysadmin) {
    findings.push(
      finding(
        "privilege-replication",
        server.login,
        "the login may not see the server's state",
        `USE master; GRANT VIEW SERVER STATE TO ${quoted(server.login)}`,
      ),
    );
  }
  if (!server.dbOwner && !server.sysadmin) {
    findings.push(
      finding(
        setsUpTables(plan) ? "privilege-replication" : "privilege-ddl",
        server.login,
        "the login is no db_owner: it may not enable CDC for a table (SetUpMsCdcForTables)",
        `ALTER ROLE db_owner ADD MEMBER ${quoted(server.login)}`,
      ),
    );
  }
  return findings;
}

function unsupported(table: SqlServerTable): Finding[] {
  const kinds = [
    ...(table.temporal ? ["temporal"] : []),
    ...(table.memoryOptimized ? ["memory-optimized"] : []),
    ...(table.columnstore ? ["stored by columns (columnstore)"] : []),
  ];
  const named = (wrong: (column: SqlServerColumn) => boolean) =>
    (table.columns as SqlServerColumn[]).filter(wrong).map(({ name }) => name);
  const sparse = named((column) => column.sparse);
  const variant = named(({ type }) => type === "sql_variant");
  const reasons = [
    ...(kinds.length > 0 ? [`is ${kinds.join(" and ")}`] : []),
    ...(sparse.length > 0 ? [`has sparse columns (${sparse.join(", ")})`] : []),
    ...(variant.length > 0 ? [`has columns of type sql_variant (${variant.join(", ")})`] : []),
  ];
  return reasons.map((reason) =>
    finding(
      "table-unsupported",
      qualifiedName(table),
      `${reason}: DMS does not support it`,
      "leave it out with rowstream:tables.exclude",
    ),
  );
}

function names(table: SqlServerTable): Finding[] {
  return REFUSED_IN_NAMES.some((part) => table.schema.includes(part) || table.table.includes(part))
    ? [
        finding(
          "source-name",
          qualifiedName(table),
          "its name holds a character that DMS does not replicate from SQL Server (\\ \" ' ; -- or a control character)",
          "leave it out with rowstream:tables.exclude",
        ),
      ]
    : [];
}

/** A table's changes are in the log in full where it is published, or tracked by CDC. */
function tracking(table: SqlServerTable, server: SqlServer, plan: Plan): Finding[] {
  const published = server.distributor && !server.rds && table.primaryKey.length > 0;
  if (table.trackedByCdc || table.replicated || published || setsUpTables(plan)) {
    return [];
  }
  const [index] = table.uniqueIndexes;
  const key =
    table.primaryKey.length > 0
      ? ", @supports_net_changes = 1"
      : index === undefined
        ? ""
        : `, @index_name = N'${text(index)}', @supports_net_changes = 1`;
  return [
    finding(
      "table-logging",
      qualifiedName(table),
      "is not tracked by change data capture",
      `EXEC sys.sp_cdc_enable_table @source_schema = N'${text(table.schema)}', @source_name = N'${text(table.table)}', @role_name = NULL${key}`,
    ),
  ];
}

function readable(table: SqlServerTable, { login }: SqlServer): Finding[] {
  return table.readable
    ? []
    : [
        finding(
          "privilege-tables",
          qualifiedName(table),
          `the login ${login} may not read it`,
          `GRANT SELECT ON ${quoted(table.schema)}.${quoted(table.table)} TO ${quoted(login)}`,
        ),
      ];
}

/** DMS enables CDC for the tables itself (extra connection attribute, from DMS 3.4.7 on). */
function setsUpTables({ settings }: Plan): boolean {
  return String(settings.SetUpMsCdcForTables) === "true";
}

function quoted(name: string): string {
  return `[${name.replaceAll("]", "]]")}]`;
}

function text(name: string): string {
  return name.replaceAll("'", "''");
}
