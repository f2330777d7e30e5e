import type { Client } from "pg";
import { SourceFault } from "../source";

interface Facts {
  version: number;
  wal_level: string;
  max_slots: number;
  used_slots: number;
  has_slot: boolean;
  max_senders: number;
  used_senders: number;
  role: string;
  superuser: boolean;
  replication: boolean;
  rds_replication: boolean;
  may_create: boolean;
  database: string;
}

const FACTS = `
  SELECT current_setting('server_version_num')::int AS version,
         current_setting('wal_level') AS wal_level,
         current_setting('max_replication_slots')::int AS max_slots,
         (SELECT count(*)::int FROM pg_replication_slots) AS used_slots,
         EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1) AS has_slot,
         current_setting('max_wal_senders')::int AS max_senders,
         (SELECT count(*)::int FROM pg_stat_replication) AS used_senders,
         current_user AS role, r.rolsuper AS superuser, r.rolreplication AS replication,
         EXISTS (SELECT FROM pg_roles g WHERE g.rolname = 'rds_replication'
                 AND pg_has_role(current_user, g.oid, 'member')) AS rds_replication,
         has_database_privilege(current_database(), 'CREATE') AS may_create,
         current_database() AS database
  FROM pg_roles r WHERE r.rolname = current_user`;

/** The oldest version whose catalogue and pgoutput the stand-in reads. */
const OLDEST_VERSION = 120_000;

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** What is missing, each with the statement that mends it; empty where everything is there. */
export function missingPrerequisites(facts: Facts): string[] {
  const faults: string[] = [];
  if (facts.version < OLDEST_VERSION) {
    faults.push(`the server's version is ${Math.floor(facts.version / 10_000)}; 12 or later is needed`);
  }
  if (facts.wal_level !== "logical") {
    faults.push(
      `wal_level is ${facts.wal_level}; it must be logical: ALTER SYSTEM SET wal_level = 'logical'; then restart the server`,
    );
  }
  if (!facts.has_slot && facts.used_slots >= facts.max_slots) {
    faults.push(
      `max_replication_slots is ${facts.max_slots} and all are taken: ALTER SYSTEM SET max_replication_slots = ${facts.max_slots + 5}; then restart the server, or drop a slot that nobody reads: SELECT pg_drop_replication_slot(slot_name)`,
    );
  }
  // One sender makes the snapshot, and then reads the log.
  if (facts.used_senders >= facts.max_senders) {
    faults.push(
      `max_wal_senders is ${facts.max_senders} and all are taken: ALTER SYSTEM SET max_wal_senders = ${facts.max_senders + 5}; then restart the server`,
    );
  }
  if (!facts.superuser && !facts.replication && !facts.rds_replication) {
    faults.push(`the user ${facts.role} may not replicate: ALTER ROLE ${quoted(facts.role)} REPLICATION`);
  }
  if (!facts.superuser && !facts.may_create) {
    faults.push(
      `the user ${facts.role} may not create a publication: GRANT CREATE ON DATABASE ${quoted(facts.database)} TO ${quoted(facts.role)}`,
    );
  }
  return faults;
}

/** @throws SourceFault that names every prerequisite of change data capture that this server lacks */
export async function checkPrerequisites(client: Client, slot: string): Promise<void> {
  const { rows } = await client.query<Facts>(FACTS, [slot]);
  const faults = rows.slice(0, 1).flatMap(missingPrerequisites);
  if (faults.length > 0) {
    throw new SourceFault(faults.join(". "));
  }
}
