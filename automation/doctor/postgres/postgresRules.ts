import { qualifiedName } from "../../tableMatch";
import { type Finding, finding } from "../finding";
import { configCommand, type Plan } from "../plan";
import type { SourceFacts } from "../sourceFacts";
import type { PostgresServer, PostgresTable } from "./postgresFacts";

/** Logical decoding began with 9.4; DMS wants it in this form (AWS DMS user guide, CHAP_Source.PostgreSQL). */
const OLDEST_VERSION = 90_400;
/** Read replicas decode logically from here on. */
const DECODING_ON_REPLICAS = 160_000;

/** DMS's own range for wal_sender_timeout; 0 turns it off. */
const SENDER_TIMEOUT_MS = { least: 10_000, most: 300_000 };

const GIB = 1024 ** 3;

/** What a PostgreSQL server and its tables lack for change data capture. Pure. */
export function postgresPrerequisites(facts: SourceFacts<PostgresServer>, plan: Plan): Finding[] {
  const { server } = facts;
  return [
    ...version(server, plan),
    ...log(server),
    ...readers(server),
    ...timeouts(server),
    ...leftOverSlots(server),
    ...rights(server, plan),
    ...(facts.tables as PostgresTable[]).flatMap((table) => tableFindings(table, server, plan)),
  ];
}

function version(server: PostgresServer, plan: Plan): Finding[] {
  const old = server.versionNumber < OLDEST_VERSION;
  const replica = server.inRecovery && server.versionNumber < DECODING_ON_REPLICAS;
  return [
    ...(old
      ? [
          finding(
            "server-version",
            "server_version",
            `is ${server.version}; logical replication needs 9.4 or later`,
            "upgrade the server",
          ),
        ]
      : []),
    ...(replica
      ? [
          finding(
            "read-replica",
            "pg_is_in_recovery()",
            `the server is a replica of version ${server.version}, and replicas before 16 give no changes`,
            configCommand(plan, "rowstream:source.host", "THE_PRIMARY"),
          ),
        ]
      : []),
  ];
}

function log({ walLevel, rdsLogicalReplication, slotKeepMb = -1 }: PostgresServer): Finding[] {
  return [
    ...(walLevel === "logical"
      ? []
      : [
          finding(
            "log-mode",
            "wal_level",
            `is ${walLevel}; it must be logical`,
            rdsLogicalReplication === undefined
              ? "ALTER SYSTEM SET wal_level = 'logical'; then restart the server"
              : "set rds.logical_replication = 1 in the parameter group, then reboot the instance",
          ),
        ]),
    ...(slotKeepMb < 0
      ? []
      : [
          finding(
            "log-retention",
            "max_slot_wal_keep_size",
            `is ${slotKeepMb} MB: a slot that falls further behind (through the full load, say) is invalid, and the load must begin anew`,
            "ALTER SYSTEM SET max_slot_wal_keep_size = -1; SELECT pg_reload_conf(); or see that it holds a day's log",
          ),
        ]),
  ];
}

function readers(server: PostgresServer): Finding[] {
  const full = (what: string, used: number, most: number, other: string) =>
    used < most
      ? []
      : [
          finding(
            "log-readers",
            what,
            most === 0 ? "is 0: nobody can read changes" : `is ${most}, and ${used} are in use`,
            `ALTER SYSTEM SET ${what} = ${most + 10}; then restart the server${most === 0 ? "" : other}`,
          ),
        ];
  return [
    ...full(
      "max_replication_slots",
      server.usedSlots,
      server.maxSlots,
      "; or drop a slot that nobody reads: SELECT pg_drop_replication_slot('…')",
    ),
    ...full("max_wal_senders", server.usedSenders, server.maxSenders, ""),
  ];
}

function timeouts({ walSenderTimeoutMs }: PostgresServer): Finding[] {
  const { least, most } = SENDER_TIMEOUT_MS;
  return walSenderTimeoutMs === 0 || (walSenderTimeoutMs >= least && walSenderTimeoutMs < most)
    ? []
    : [
        finding(
          "log-timeout",
          "wal_sender_timeout",
          `is ${walSenderTimeoutMs} ms; DMS works with 0 or 10 s to less than 5 minutes`,
          "ALTER SYSTEM SET wal_sender_timeout = '60s'; SELECT pg_reload_conf()",
        ),
      ];
}

function leftOverSlots({ idleSlots }: PostgresServer): Finding[] {
  return idleSlots.map(({ slot, bytes }) =>
    finding(
      "slot-left-over",
      slot,
      `a replication slot that nobody reads; it keeps ${(bytes / GIB).toFixed(2)} GiB of log`,
      `if nothing of yours will read it again: SELECT pg_drop_replication_slot('${slot.replaceAll("'", "''")}')`,
    ),
  );
}

function rights(server: PostgresServer, plan: Plan): Finding[] {
  const { role, superuser, mayReplicate, rdsSuperuser, rdsLogicalReplication, artifacts } = server;
  const rds = rdsLogicalReplication !== undefined;
  const findings: Finding[] = [];
  if (!mayReplicate) {
    findings.push(
      finding(
        "privilege-replication",
        role,
        "the user may not replicate",
        rds ? `GRANT rds_replication TO ${quoted(role)}` : `ALTER ROLE ${quoted(role)} REPLICATION`,
      ),
    );
  }
  if (plan.settings.captureDdls === true && !superuser && !rdsSuperuser) {
    findings.push(
      finding(
        "privilege-ddl",
        role,
        "only a superuser may make the event trigger with which DMS sees changes of the schema (captureDdls)",
        `make it as a superuser (AWS DMS user guide, "Using a PostgreSQL database as a source"), or do without: ${configCommand(plan, "rowstream:source.settings.captureDdls", "false")}`,
      ),
    );
  }
  const writes = plan.settings.captureDdls === true || plan.settings.heartbeatEnable === true;
  if (writes && !superuser && artifacts.mayCreate !== true) {
    const { schema, mayCreate } = artifacts;
    findings.push(
      finding(
        "privilege-ddl",
        `schema ${schema}`,
        mayCreate === undefined
          ? "does not exist, and DMS keeps its heartbeat and its DDL audit there"
          : `the user ${role} may make no table there, and DMS keeps its heartbeat and its DDL audit in it`,
        `${mayCreate === undefined ? `CREATE SCHEMA ${quoted(schema)}; ` : ""}GRANT CREATE ON SCHEMA ${quoted(schema)} TO ${quoted(role)}`,
      ),
    );
  }
  return findings;
}

function tableFindings(table: PostgresTable, { role }: PostgresServer, plan: Plan): Finding[] {
  const name = qualifiedName(table);
  const sql = `${quoted(table.schema)}.${quoted(table.table)}`;
  const findings: Finding[] = [];
  if (!table.readable) {
    findings.push(
      finding(
        "privilege-tables",
        name,
        `the user ${role} may not read it`,
        `GRANT USAGE ON SCHEMA ${quoted(table.schema)} TO ${quoted(role)}; GRANT SELECT ON ${sql} TO ${quoted(role)}`,
      ),
    );
  }
  if (table.kind === "p") {
    findings.push(
      finding(
        "partitioned-table",
        name,
        "is partitioned: DMS makes a table of each partition",
        "have consumers take the partitions together, or leave them out with rowstream:tables.exclude",
      ),
    );
  }
  if (table.persistence === "u") {
    findings.push(
      finding(
        "table-logging",
        name,
        "is UNLOGGED: no change of it is in the log",
        `ALTER TABLE ${sql} SET LOGGED`,
      ),
    );
  }
  if (table.identity === "n") {
    findings.push(
      finding(
        "table-logging",
        name,
        "has REPLICA IDENTITY NOTHING: updates and deletes come without a key",
        `ALTER TABLE ${sql} REPLICA IDENTITY DEFAULT`,
      ),
    );
  }
  if (table.identity === "f" && plan.settings.pluginName === "pglogical") {
    findings.push(
      finding(
        "table-logging",
        name,
        "has REPLICA IDENTITY FULL, which DMS does not support with pglogical",
        `ALTER TABLE ${sql} REPLICA IDENTITY DEFAULT, or ${configCommand(plan, "rowstream:source.settings.pluginName", "test_decoding")}`,
      ),
    );
  }
  return findings;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
