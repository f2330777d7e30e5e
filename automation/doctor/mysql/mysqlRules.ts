import { quotedName } from "../../source/mysqlConnection";
import { qualifiedName } from "../../tableMatch";
import { type Finding, finding } from "../finding";
import { configCommand, type Plan } from "../plan";
import type { SourceFacts, TableFacts } from "../sourceFacts";
import type { MysqlServer } from "./mysqlFacts";

const DAY_S = 86_400;

/** The last version of DMS that reads no log with checksums (AWS DMS user guide, CHAP_Source.MySQL). */
const LAST_WITHOUT_CHECKSUMS = [3, 4, 7];

/** What a MySQL or MariaDB server and its tables lack for change data capture (CHAP_Source.MySQL). Pure. */
export function mysqlPrerequisites(facts: SourceFacts<MysqlServer>, plan: Plan): Finding[] {
  const { server, tables } = facts;
  return [
    ...version(server, plan),
    ...log(server, plan),
    ...retention(server),
    ...serverId(server),
    ...rights(server),
    ...tables.flatMap((table) => [
      ...readable(table, server),
      ...logged(table, server),
      ...cased(table, server),
    ]),
  ];
}

function version({ version: text, flavour, host, variables }: MysqlServer, plan: Plan): Finding[] {
  const oldest = flavour === "mysql" ? (host === "own" ? "5.5" : "5.6") : "10.0";
  const findings: Finding[] = [];
  if (isBefore(text, oldest)) {
    findings.push(
      finding(
        "server-version",
        "version",
        `is ${text}; DMS reads changes from ${oldest} on`,
        "upgrade the server",
      ),
    );
  }
  if (host === "aurora" && isOn(variables.innodb_read_only)) {
    findings.push(
      finding(
        "read-replica",
        "innodb_read_only",
        "is ON: this is a reader of the Aurora cluster, which DMS cannot read changes from",
        configCommand(plan, "rowstream:source.host", "THE_CLUSTER_ENDPOINT"),
      ),
    );
  }
  return findings;
}

/** Whether a version is older than another, of which it has at least as many parts. */
function isBefore(text: string, limit: string): boolean {
  const parts = text.split(/[.-]/).map(Number);
  for (const [index, wanted] of limit.split(".").map(Number).entries()) {
    const part = parts[index] ?? 0;
    if (part !== wanted) {
      return part < wanted;
    }
  }
  return false;
}

/** What a variable must be, and why. */
interface Wanted {
  name: string;
  good(value: string): boolean;
  value: string;
  why: string;
}

const LOG: readonly Wanted[] = [
  {
    name: "binlog_format",
    good: (value) => value === "ROW",
    value: "ROW",
    why: "the log holds statements, and not rows",
  },
  {
    name: "binlog_row_image",
    good: (value) => value === "FULL",
    value: "FULL",
    why: "the log holds parts of the rows",
  },
  {
    name: "binlog_row_value_options",
    good: (value) => value === "",
    value: "",
    why: "the log holds parts of JSON values",
  },
  {
    name: "binlog_transaction_compression",
    good: (value) => !isOn(value),
    value: "OFF",
    why: "DMS reads no compressed log",
  },
  {
    name: "log_bin_compress",
    good: (value) => !isOn(value),
    value: "OFF",
    why: "DMS reads no compressed log",
  },
];

function log(server: MysqlServer, plan: Plan): Finding[] {
  const { variables } = server;
  if (!isOn(variables.log_bin)) {
    return [finding("log-mode", "log_bin", "is OFF: the server keeps no log of changes", turnOn(server))];
  }
  return [
    ...LOG.flatMap(({ name, good, value, why }) => {
      const found = variables[name];
      return found === undefined || good(found)
        ? []
        : [
            finding(
              "log-mode",
              name,
              `is ${found}; it must be ${value === "" ? "empty" : value}: ${why}`,
              setting(server, name, value),
            ),
          ];
    }),
    ...takenOver(server),
    ...checksums(server, plan),
  ];
}

function turnOn(server: MysqlServer): string {
  switch (server.host) {
    case "rds":
      return "turn on automated backups (a retention of at least one day): RDS then keeps a binary log";
    case "aurora":
      return "set binlog_format = ROW in the cluster's parameter group, then reboot the instance";
    default:
      return "put log_bin = binlog and binlog_format = ROW under [mysqld] in the server's configuration, then restart it";
  }
}

/** A replica writes what it takes over into its own log only where it is told to. */
function takenOver(server: MysqlServer): Finding[] {
  const { variables } = server;
  const name = variables.log_replica_updates === undefined ? "log_slave_updates" : "log_replica_updates";
  return server.replica !== true || isOn(variables[name])
    ? []
    : [
        finding(
          "log-mode",
          name,
          "is OFF, and the server is a replica: what it takes over is not in its log",
          server.host === "own"
            ? `put ${name} = ON under [mysqld] in the server's configuration, then restart it`
            : "turn on automated backups of the replica",
        ),
      ];
}

/** Only a version of DMS that somebody has chosen can be so old. */
function checksums(server: MysqlServer, plan: Plan): Finding[] {
  const { binlog_checksum: checksum = "NONE" } = server.variables;
  const chosen = plan.replication?.instance?.engineVersion;
  const reads = chosen === undefined || !isBefore(chosen, nextOf(LAST_WITHOUT_CHECKSUMS));
  return checksum === "NONE" || reads
    ? []
    : [
        finding(
          "log-mode",
          "binlog_checksum",
          `is ${checksum}, which DMS ${chosen} does not read`,
          `${setting(server, "binlog_checksum", "NONE")}; or take a newer DMS: ${configCommand(plan, "rowstream:replication.instance.engineVersion", "3.5.4")}`,
        ),
      ];
}

function nextOf([major = 0, minor = 0, patch = 0]: readonly number[]): string {
  return `${major}.${minor}.${patch + 1}`;
}

function retention(server: MysqlServer): Finding[] {
  const kept = server.host === "own" ? ownRetention(server) : amazonsRetention(server);
  return kept === undefined ? [] : [finding("log-retention", ...kept)];
}

type Complaint = [subject: string, what: string, remedy: string];

function amazonsRetention({ retentionHours, account }: MysqlServer): Complaint | undefined {
  const subject = "binlog retention hours";
  const remedy = "CALL mysql.rds_set_configuration('binlog retention hours', 24)";
  if (retentionHours === undefined) {
    return [
      subject,
      `cannot be read by ${account}; unless it is set, RDS throws the log away as soon as it can`,
      `see it with CALL mysql.rds_show_configuration; ${remedy}`,
    ];
  }
  if (retentionHours === null) {
    return [subject, "is not set: RDS throws the log away as soon as it can", remedy];
  }
  return retentionHours * 3600 < DAY_S ? [subject, `is ${retentionHours}`, remedy] : undefined;
}

/** 0 keeps the log for ever; the seconds go before the days where a version has both. */
function ownRetention(server: MysqlServer): Complaint | undefined {
  const { variables } = server;
  if (
    variables.binlog_expire_logs_auto_purge !== undefined &&
    !isOn(variables.binlog_expire_logs_auto_purge)
  ) {
    return undefined;
  }
  const seconds = Number(variables.binlog_expire_logs_seconds ?? 0);
  const days = Number(variables.expire_logs_days ?? 0);
  const kept = seconds || days * DAY_S;
  const name = seconds > 0 ? "binlog_expire_logs_seconds" : "expire_logs_days";
  return kept === 0 || kept >= DAY_S
    ? undefined
    : [
        name,
        `is ${variables[name]}: the log is thrown away after less than a day`,
        setting(server, name, seconds > 0 ? String(DAY_S) : "1"),
      ];
}

function serverId(server: MysqlServer): Finding[] {
  return server.variables.server_id === "0"
    ? [
        finding(
          "log-readers",
          "server_id",
          "is 0: the server gives its log to nobody",
          setting(server, "server_id", "1"),
        ),
      ]
    : [];
}

/** What DMS asks for, and each name that a server has for it. */
const REPLICATION = [
  { name: "REPLICATION CLIENT", names: ["REPLICATION CLIENT", "BINLOG MONITOR"] },
  { name: "REPLICATION SLAVE", names: ["REPLICATION SLAVE", "REPLICATION REPLICA"] },
];

function rights({ account, grants }: MysqlServer): Finding[] {
  const { global } = grants;
  if (global.has("ALL PRIVILEGES")) {
    return [];
  }
  const missing = REPLICATION.filter(({ names }) => !names.some((name) => global.has(name)));
  const list = missing.map(({ name }) => name);
  return missing.length === 0
    ? []
    : [
        finding(
          "privilege-replication",
          account,
          `the user lacks ${list.join(" and ")}`,
          `GRANT ${list.join(", ")} ON *.* TO ${sqlAccount(account)}`,
        ),
      ];
}

function readable(table: TableFacts, { account }: MysqlServer): Finding[] {
  return table.readable
    ? []
    : [
        finding(
          "privilege-tables",
          qualifiedName(table),
          `the user ${account} may not read it`,
          `GRANT SELECT ON ${quotedName(table.schema)}.${quotedName(table.table)} TO ${sqlAccount(account)}`,
        ),
      ];
}

/** With rows in the log, a filter goes by the table's own database. */
function logged(table: TableFacts, { filter }: MysqlServer): Finding[] {
  const { only = [], without = [] } = filter ?? {};
  const kept = only.length > 0 ? only.includes(table.schema) : !without.includes(table.schema);
  const name = only.length > 0 ? "binlog_do_db" : "binlog_ignore_db";
  return kept
    ? []
    : [
        finding(
          "table-logging",
          qualifiedName(table),
          `the server's ${name} keeps the database "${table.schema}" out of its log`,
          `take ${name} out of the server's configuration, then restart it`,
        ),
      ];
}

/** On a file system that takes `Orders` for `orders`; with 1 the server has small letters alone. */
function cased(table: TableFacts, { variables }: MysqlServer): Finding[] {
  return variables.lower_case_table_names !== "2" || table.table === table.table.toLowerCase()
    ? []
    : [
        finding(
          "source-name",
          qualifiedName(table),
          "has capital letters, and the server's file system does not tell them apart (lower_case_table_names = 2): DMS captures no changes of it",
          `RENAME TABLE ${quotedName(table.schema)}.${quotedName(table.table)} TO ${quotedName(table.schema)}.${quotedName(table.table.toLowerCase())}`,
        ),
      ];
}

/** How a variable is set so that it outlasts a restart. */
function setting({ host, flavour, version: text }: MysqlServer, name: string, value: string): string {
  if (host !== "own") {
    return `set ${name} = ${value} in the ${host === "aurora" ? "cluster's " : ""}parameter group, then reboot the instance`;
  }
  const literal = /^\d+$/.test(value) ? value : `'${value}'`;
  return flavour === "mysql" && !isBefore(text, "8.0")
    ? `SET PERSIST ${name} = ${literal}`
    : `SET GLOBAL ${name} = ${literal}; and ${name} = ${value} under [mysqld] in the server's configuration, so that it outlasts a restart`;
}

function isOn(value: string | undefined): boolean {
  return value === "ON" || value === "1" || value === "YES";
}

/** An account as a statement names it. */
function sqlAccount(account: string): string {
  const at = account.lastIndexOf("@");
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  return `${quoted(account.slice(0, at))}@${quoted(account.slice(at + 1))}`;
}
