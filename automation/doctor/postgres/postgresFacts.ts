import type { CatalogueClient, WriteReading } from "../engine";
import { groupBy } from "../groupBy";
import type { Plan } from "../plan";
import { ITEM_LIMIT_BYTES } from "../rules/sizes";
import type { ColumnFacts, TableFacts } from "../sourceFacts";
import { whereAllowed } from "../whereAllowed";
import { COLUMNS, COUNTING_SINCE, IDLE_SLOTS, KEYS, MAY_CREATE, SERVER, TABLES, WRITES } from "./queries";

/** What a PostgreSQL server says of itself. */
export interface PostgresServer {
  /** As the server prints it: `16.3`. */
  version: string;
  /** `server_version_num`: 160003. */
  versionNumber: number;
  inRecovery: boolean;
  walLevel: string;
  maxSlots: number;
  usedSlots: number;
  maxSenders: number;
  usedSenders: number;
  /** 0 for none. */
  walSenderTimeoutMs: number;
  /** `max_slot_wal_keep_size` in MB; -1 for no limit; undefined before version 13. */
  slotKeepMb?: number;
  /** `rds.logical_replication`; undefined where the server is no RDS. */
  rdsLogicalReplication?: string;
  database: string;
  role: string;
  superuser: boolean;
  /** The role may replicate, by its attribute or as a member of rds_replication. */
  mayReplicate: boolean;
  rdsSuperuser: boolean;
  /** The schema for DMS's own objects: undefined where it does not exist. */
  artifacts: { schema: string; mayCreate: boolean | undefined };
  /** Slots that nobody reads, with the bytes of log that each keeps. */
  idleSlots: { slot: string; bytes: number }[];
}

/** A table, with what only PostgreSQL has. */
export interface PostgresTable extends TableFacts {
  /** `relkind`: r, or p for a partitioned table. */
  kind: string;
  /** `relpersistence`: p, or u for an unlogged table. */
  persistence: string;
  /** `relreplident`: d for the primary key, n for nothing, f for all columns, i for an index. */
  identity: string;
  /** The bytes of its values that do not fit into its pages. */
  toastBytes: number;
}

type ServerRow = {
  version: string;
  version_number: number;
  in_recovery: boolean;
  wal_level: string;
  max_slots: number;
  used_slots: number;
  max_senders: number;
  used_senders: number;
  wal_sender_timeout_ms: number;
  slot_keep_mb: number | null;
  rds_logical_replication: string | null;
  database: string;
  role: string;
  superuser: boolean;
  replication: boolean;
  rds_replication: boolean;
  rds_superuser: boolean;
};

/** Reads what the server says of itself and of the user. */
export async function readServer(client: CatalogueClient, plan: Plan): Promise<PostgresServer> {
  const [row] = await client.query<ServerRow>(SERVER);
  if (row === undefined) {
    throw new Error("the user is in no row of pg_roles");
  }
  const schema = String(plan.settings.ddlArtifactsSchema ?? plan.settings.heartbeatSchema ?? "public");
  const [place] = await client.query<{ may_create: boolean }>(MAY_CREATE, [schema]);
  return {
    version: row.version,
    versionNumber: row.version_number,
    inRecovery: row.in_recovery,
    walLevel: row.wal_level,
    maxSlots: row.max_slots,
    usedSlots: row.used_slots,
    maxSenders: row.max_senders,
    usedSenders: row.used_senders,
    walSenderTimeoutMs: row.wal_sender_timeout_ms,
    ...(row.slot_keep_mb !== null && { slotKeepMb: row.slot_keep_mb }),
    ...(row.rds_logical_replication !== null && { rdsLogicalReplication: row.rds_logical_replication }),
    database: row.database,
    role: row.role,
    superuser: row.superuser,
    mayReplicate: row.superuser || row.replication || row.rds_replication,
    rdsSuperuser: row.rds_superuser,
    artifacts: { schema, mayCreate: place?.may_create },
    idleSlots: await whereAllowed<{ slot: string; bytes: number }>(client, IDLE_SLOTS),
  };
}

type TableRow = {
  oid: string;
  schema: string;
  table: string;
  kind: string;
  persistence: string;
  identity: string;
  rows: number;
  bytes: number;
  toast_bytes: number;
  readable: boolean;
};

type ColumnRow = {
  oid: string;
  column: string;
  nullable: boolean;
  generated: boolean;
  declared: string;
  type: string;
  kind: string;
  category: string;
  modifier: number;
  built_in: boolean;
};

type KeyRow = { oid: string; index: string; primary: boolean; column: string; not_null: boolean };

/** Reads every table of the users' own schemas. */
export async function readTables(client: CatalogueClient): Promise<PostgresTable[]> {
  const tables = await client.query<TableRow>(TABLES);
  const columns = groupBy(await client.query<ColumnRow>(COLUMNS), ({ oid }) => oid);
  const keys = groupBy(await client.query<KeyRow>(KEYS), ({ oid }) => oid);
  return tables.map(({ oid, toast_bytes, rows, ...table }) => {
    const indexes = [...groupBy(keys.get(oid) ?? [], ({ index }) => index).values()];
    const names = (key: KeyRow[]) => key.map(({ column }) => column);
    return {
      schema: table.schema,
      table: table.table,
      kind: table.kind,
      persistence: table.persistence,
      identity: table.identity,
      readable: table.readable,
      bytes: table.bytes,
      toastBytes: toast_bytes,
      ...(rows >= 0 && { rows }),
      columns: (columns.get(oid) ?? []).map(columnFacts),
      primaryKey: names(indexes.find(([first]) => first?.primary) ?? []),
      uniqueKeys: indexes
        .filter((key) => key.every(({ primary, not_null }) => !primary && not_null))
        .map(names),
    };
  });
}

/** What NUMERIC keeps in its modifier: precision and scale, behind 4 bytes of header. */
function columnFacts(row: ColumnRow): PostgresColumn {
  const { column, type, declared, nullable, generated, modifier } = row;
  const numeric = type === "numeric" && modifier >= 4;
  return {
    name: column,
    type,
    declared,
    nullable,
    kind: row.kind,
    category: row.category,
    builtIn: row.built_in,
    ...(numeric && { precision: ((modifier - 4) >> 16) & 0xffff, scale: (modifier - 4) & 0x7ff }),
    ...(generated && { generated }),
  };
}

/** A column, with what only PostgreSQL has. */
export interface PostgresColumn extends ColumnFacts {
  /** `typtype`: b base, c composite, e enum, r range, m multirange. */
  kind: string;
  /** `typcategory`: A for arrays. */
  category: string;
  /** The type is one of PostgreSQL's own, and not an extension's. */
  builtIn: boolean;
}

/** Reads the counters of written rows. */
export async function readWrites(client: CatalogueClient): Promise<WriteReading> {
  const rows = await client.query<{ schema: string; table: string; writes: number }>(WRITES);
  const [since] = await client.query<{ seconds: number }>(COUNTING_SINCE);
  return {
    counts: new Map(rows.map(({ schema, table, writes }) => [`${schema}.${table}`, writes])),
    ...(since !== undefined && { seconds: since.seconds }),
  };
}

/** A row of more than 2 KB begins to be kept outside its page, so that only tables with such values have large rows. */
const SAMPLED_ROWS = 10_000;

/**
 * The bytes of the largest of a table's rows, of a sample. Lengths are read from the pages alone: no value outside them
 * is fetched.
 */
export async function largestRow(client: CatalogueClient, table: PostgresTable): Promise<number | undefined> {
  if (table.toastBytes < ITEM_LIMIT_BYTES / 8 || table.kind !== "r") {
    return undefined;
  }
  const lengths = (table.columns as PostgresColumn[])
    .filter(({ generated }) => generated !== true)
    .map(({ name, type }) => {
      const column = quoted(name);
      const length = OCTETS.has(type) ? `octet_length(${column})` : `pg_column_size(${column})`;
      return `coalesce(${length}, 0)`;
    });
  if (lengths.length === 0) {
    return undefined;
  }
  const [row] = await client.query<{ bytes: number | null }>(
    `SELECT max(${lengths.join(" + ")})::float8 AS bytes FROM (SELECT * FROM ONLY ${quoted(table.schema)}.${quoted(table.table)} LIMIT ${SAMPLED_ROWS}) AS sample`,
  );
  return row?.bytes ?? undefined;
}

/** Types whose length is known without their value: it stands in the page. */
const OCTETS = new Set(["text", "varchar", "bpchar"]);

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
