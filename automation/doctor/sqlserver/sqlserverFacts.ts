import type { CatalogueClient, WriteReading } from "../engine";
import { groupBy } from "../groupBy";
import type { ColumnFacts, TableFacts } from "../sourceFacts";
import { whereAllowed } from "../whereAllowed";
import {
  ACCELERATED_RECOVERY,
  CAPTURE_JOB,
  COLUMNS,
  KEYS,
  LAST_BACKUP,
  SERVER,
  TABLES,
  UPTIME,
  WRITES,
} from "./queries";

/** What a SQL Server says of itself, its database and the login. */
export interface SqlServer {
  /** `15.0.4322.2`. */
  version: string;
  /** The first number of the version: 13 is 2016, 15 is 2019. */
  major: number;
  /** `EngineEdition`: 2 Standard, 3 Enterprise, 4 Express, 5 Azure SQL Database, 8 managed instance. */
  engineEdition: number;
  edition: string;
  /** Amazon RDS. */
  rds: boolean;
  database: string;
  /** FULL, BULK_LOGGED or SIMPLE. */
  recoveryModel: string;
  cdcEnabled: boolean;
  readOnly: boolean;
  /** A distributor for MS-Replication is configured. */
  distributor: boolean;
  login: string;
  sysadmin: boolean;
  dbOwner: boolean;
  viewServerState: boolean;
  acceleratedRecovery: boolean;
  /** Whether there is a full backup; undefined where the login may not see. */
  backedUp?: boolean;
  /** How often the capture job looks, in seconds; undefined where there is none, or the login may not see. */
  pollingSeconds?: number;
}

/** A table, with what only SQL Server has. */
export interface SqlServerTable extends TableFacts {
  trackedByCdc: boolean;
  /** Published by MS-Replication. */
  replicated: boolean;
  temporal: boolean;
  memoryOptimized: boolean;
  columnstore: boolean;
  /** The index of each of `uniqueKeys`. */
  uniqueIndexes: string[];
}

/** A column, with what only SQL Server has. */
export interface SqlServerColumn extends ColumnFacts {
  sparse: boolean;
  /** Declared with `max`: a LOB. */
  max: boolean;
}

type ServerRow = {
  version: string;
  engine_edition: number;
  edition: string;
  rds: boolean;
  database: string;
  recovery_model: string;
  is_cdc_enabled: boolean;
  is_read_only: boolean;
  distributors: number;
  login: string;
  sysadmin: boolean;
  db_owner: boolean;
  view_server_state: boolean;
};

/** The first version that has accelerated database recovery: 2019. */
const VERSION_2019 = 15;

/** Reads what the server says of itself and of the login. */
export async function readServer(client: CatalogueClient): Promise<SqlServer> {
  const [row] = await client.query<ServerRow>(SERVER);
  if (row === undefined) {
    throw new Error("the database is in no row of sys.databases");
  }
  const major = Number(row.version.split(".")[0]);
  const [recovery] = major < VERSION_2019 ? [] : await client.query<{ is_on: boolean }>(ACCELERATED_RECOVERY);
  const [backup] = await whereAllowed<{ finished: Date | null }>(client, LAST_BACKUP);
  const [job] = row.is_cdc_enabled
    ? await whereAllowed<{ polling_seconds: number }>(client, CAPTURE_JOB)
    : [];
  return {
    version: row.version,
    major,
    engineEdition: row.engine_edition,
    edition: row.edition,
    rds: row.rds,
    database: row.database,
    recoveryModel: row.recovery_model,
    cdcEnabled: row.is_cdc_enabled,
    readOnly: row.is_read_only,
    distributor: row.distributors > 0,
    login: row.login,
    sysadmin: row.sysadmin,
    dbOwner: row.db_owner,
    viewServerState: row.view_server_state,
    acceleratedRecovery: recovery?.is_on ?? false,
    ...(backup !== undefined && { backedUp: backup.finished !== null }),
    ...(job !== undefined && { pollingSeconds: job.polling_seconds }),
  };
}

type TableRow = {
  id: number;
  schema: string;
  table: string;
  is_tracked_by_cdc: boolean;
  is_replicated: boolean;
  temporal_type: number;
  memory_optimized: number;
  columnstore: boolean;
  readable: boolean;
  rows: number | null;
  bytes: number | null;
};

type ColumnRow = {
  id: number;
  column: string;
  type: string;
  max_length: number;
  precision: number;
  scale: number;
  is_nullable: boolean;
  is_computed: boolean;
  is_sparse: boolean;
};

type KeyRow = {
  id: number;
  index: number;
  name: string;
  is_primary_key: boolean;
  column: string;
  is_nullable: boolean;
};

/** Reads every table of the users' own schemas. */
export async function readTables(client: CatalogueClient): Promise<SqlServerTable[]> {
  const tables = await client.query<TableRow>(TABLES);
  const columns = groupBy(await client.query<ColumnRow>(COLUMNS), ({ id }) => id);
  const keys = groupBy(await client.query<KeyRow>(KEYS), ({ id }) => id);
  return tables.map(({ id, rows, bytes, ...table }) => {
    const indexes = [...groupBy(keys.get(id) ?? [], ({ index }) => index).values()];
    const unique = indexes.filter((key) => key.every((one) => !one.is_primary_key && !one.is_nullable));
    const names = (key: KeyRow[]) => key.map(({ column }) => column);
    return {
      schema: table.schema,
      table: table.table,
      readable: table.readable,
      trackedByCdc: table.is_tracked_by_cdc,
      replicated: table.is_replicated,
      temporal: table.temporal_type !== 0,
      memoryOptimized: table.memory_optimized !== 0,
      columnstore: table.columnstore,
      ...(rows !== null && { rows }),
      ...(bytes !== null && { bytes }),
      columns: (columns.get(id) ?? []).map(columnFacts),
      primaryKey: names(indexes.find(([first]) => first?.is_primary_key) ?? []),
      uniqueKeys: unique.map(names),
      uniqueIndexes: unique.map(([first]) => first?.name ?? ""),
    };
  });
}

const EXACT = new Set(["decimal", "numeric"]);
const WIDE = new Set(["nchar", "nvarchar"]);
const SIZED = new Set(["char", "varchar", "binary", "varbinary", ...WIDE]);

function columnFacts(row: ColumnRow): SqlServerColumn {
  const max = row.max_length === -1 && SIZED.has(row.type);
  const exact = EXACT.has(row.type);
  const length = WIDE.has(row.type) ? row.max_length / 2 : row.max_length;
  const size = exact
    ? `(${row.precision},${row.scale})`
    : SIZED.has(row.type)
      ? `(${max ? "max" : length})`
      : "";
  return {
    name: row.column,
    type: row.type,
    declared: `${row.type}${size}`,
    nullable: row.is_nullable,
    ...(exact && { precision: row.precision, scale: row.scale }),
    ...(row.is_computed && { generated: true }),
    sparse: row.is_sparse,
    max,
  };
}

/** Reads the counters of written rows; undefined where the login may not. */
export async function readWrites(client: CatalogueClient): Promise<WriteReading | undefined> {
  const rows = await whereAllowed<{ schema: string; table: string; writes: number }>(client, WRITES);
  const [uptime] = await whereAllowed<{ seconds: number }>(client, UPTIME);
  return rows.length === 0
    ? undefined
    : {
        counts: new Map(rows.map(({ schema, table, writes }) => [`${schema}.${table}`, writes])),
        ...(uptime !== undefined && { seconds: uptime.seconds }),
      };
}
