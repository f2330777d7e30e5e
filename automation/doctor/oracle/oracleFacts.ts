import { qualifiedName } from "../../tableMatch";
import type { CatalogueClient, WriteReading } from "../engine";
import { groupBy } from "../groupBy";
import type { ColumnFacts, TableFacts } from "../sourceFacts";
import { whereAllowed } from "../whereAllowed";
import {
  ALTERABLE,
  ARCHIVED_LOG,
  COLUMNS,
  CONTAINER,
  DATABASE,
  DICTIONARY,
  LOG_GROUPS,
  PRIMARY_KEYS,
  PRIVILEGES,
  PRODUCT,
  RDS,
  RDS_RETENTION,
  TABLES,
  UNIQUE_KEYS,
  WRITES,
} from "./queries";

/** What an Oracle database says of itself and of the user. */
export interface OracleServer {
  /** `Oracle Database 19c Enterprise Edition`. */
  product: string;
  /** `19.0.0.0.0`. */
  version: string;
  /** The first number of the version. */
  major: number;
  user: string;
  /** Amazon RDS. */
  rds: boolean;
  /** What V$DATABASE says; undefined where the user may not see it. */
  log?: {
    mode: string;
    /** YES, IMPLICIT or NO. */
    minimal: string;
    primaryKey: boolean;
    allColumns: boolean;
    /** PRIMARY, or a standby's role. */
    role: string;
  };
  /** The container of a multitenant database; undefined in any other. */
  container?: string;
  /** For how many hours archived logs are kept: what RDS is set to, or what is there. Undefined where nobody says. */
  retentionHours?: number;
  /** The system privileges of the session. */
  privileges: ReadonlySet<string>;
  /** The objects of SYS, of those that DMS reads, that the user may see. */
  dictionary: ReadonlySet<string>;
}

/** A table, with what only Oracle has. */
export interface OracleTable extends TableFacts {
  /** Kept in a table cluster. */
  clustered: boolean;
  /** The types of its supplemental log groups: `PRIMARY KEY LOGGING`, `ALL COLUMN LOGGING`, `USER LOG GROUP`. */
  logGroups: string[];
  /** The user may alter it, by a grant on it. */
  alterable: boolean;
}

/** A column, with what only Oracle has. */
export interface OracleColumn extends ColumnFacts {
  /** The binary digits of FLOAT. */
  binaryDigits?: number;
  /** The type is one of the user's own, or Oracle's object types. */
  object: boolean;
}

type DatabaseRow = {
  log_mode: string;
  minimal: string;
  primary_key: string;
  all_columns: string;
  role: string;
};

/** Reads what the database says of itself and of the user. */
export async function readServer(client: CatalogueClient): Promise<OracleServer> {
  const [product] = await client.query<{ product: string; version: string; user: string }>(PRODUCT);
  if (product === undefined) {
    throw new Error("product_component_version names no Oracle");
  }
  const [database] = await whereAllowed<DatabaseRow>(client, DATABASE);
  const [container] = await whereAllowed<{ multitenant: string; container: string }>(client, CONTAINER);
  const rds = (await client.query(RDS)).length > 0;
  const hours = await retentionHours(client, rds);
  const privileges = await client.query<{ privilege: string }>(PRIVILEGES);
  const dictionary = await client.query<{ object: string }>(DICTIONARY);
  return {
    product: product.product.trim(),
    version: product.version,
    major: Number(product.version.split(".")[0]),
    user: product.user,
    rds,
    ...(database !== undefined && {
      log: {
        mode: database.log_mode,
        minimal: database.minimal,
        primaryKey: database.primary_key === "YES",
        allColumns: database.all_columns === "YES",
        role: database.role,
      },
    }),
    ...(container?.multitenant === "YES" && { container: container.container }),
    ...(hours !== undefined && { retentionHours: hours }),
    privileges: new Set(privileges.map(({ privilege }) => privilege)),
    dictionary: new Set(dictionary.map(({ object }) => object)),
  };
}

/** Logs that were never deleted show no limit. */
async function retentionHours(client: CatalogueClient, rds: boolean): Promise<number | undefined> {
  if (rds) {
    const [set] = await whereAllowed<{ hours: string | null }>(client, RDS_RETENTION);
    return set === undefined ? undefined : Number(set.hours ?? 0);
  }
  const [kept] = await whereAllowed<{ hours: number | null; deleted: number }>(client, ARCHIVED_LOG);
  return kept !== undefined && kept.deleted > 0 ? (kept.hours ?? 0) : undefined;
}

type Place = { schema: string; table: string };

type TableRow = Place & {
  rows: number | null;
  row_bytes: number | null;
  cluster: string | null;
};

type ColumnRow = Place & {
  column: string;
  type: string;
  type_owner: string | null;
  precision: number | null;
  scale: number | null;
  length: number;
  nullable: string;
  virtual: string;
};

/** Reads every table of the users' own schemas that the user may see. */
export async function readTables(client: CatalogueClient): Promise<OracleTable[]> {
  const tables = await client.query<TableRow>(TABLES);
  const columns = groupBy(await client.query<ColumnRow>(COLUMNS), qualifiedName);
  const primary = groupBy(await client.query<Place & { column: string }>(PRIMARY_KEYS), qualifiedName);
  const unique = groupBy(
    await client.query<Place & { index: string; column: string }>(UNIQUE_KEYS),
    qualifiedName,
  );
  const groups = groupBy(await client.query<Place & { type: string }>(LOG_GROUPS), qualifiedName);
  const alterable = new Set((await client.query<Place>(ALTERABLE)).map(qualifiedName));
  return tables.map((row) => {
    const name = qualifiedName(row);
    const described = (columns.get(name) ?? []).map(columnFacts);
    const never = new Set(described.filter(({ nullable }) => !nullable).map((column) => column.name));
    const primaryKey = (primary.get(name) ?? []).map(({ column }) => column);
    const uniqueKeys = [...groupBy(unique.get(name) ?? [], ({ index }) => index).values()]
      .map((key) => key.map(({ column }) => column))
      .filter((key) => key.every((column) => never.has(column)))
      .filter((key) => key.join("\n") !== primaryKey.join("\n"));
    return {
      schema: row.schema,
      table: row.table,
      columns: described,
      primaryKey,
      uniqueKeys,
      // A table that the user may not read is in no view of his.
      readable: true,
      ...(row.rows !== null && { rows: row.rows }),
      ...(row.rows !== null && row.row_bytes !== null && { bytes: row.rows * row.row_bytes }),
      clustered: row.cluster !== null,
      logGroups: (groups.get(name) ?? []).map(({ type }) => type),
      alterable: alterable.has(name),
    };
  });
}

const SIZED = new Set(["CHAR", "NCHAR", "VARCHAR2", "NVARCHAR2", "RAW"]);

/** Oracle writes a length into the name of some types: `TIMESTAMP(6) WITH TIME ZONE`. */
function columnFacts(row: ColumnRow): OracleColumn {
  const type = row.type.replace(/\(\d+\)/g, "");
  const number = type === "NUMBER" && row.precision !== null;
  const size = number
    ? `(${row.precision},${row.scale ?? 0})`
    : SIZED.has(type)
      ? `(${row.length})`
      : type === "FLOAT"
        ? `(${row.precision})`
        : "";
  return {
    name: row.column,
    type,
    declared: `${row.type}${size}`,
    nullable: row.nullable === "Y",
    ...(number && { precision: row.precision ?? 0, scale: row.scale ?? 0 }),
    // NUMBER(*,0), which INTEGER is, has a scale and no precision.
    ...(type === "NUMBER" && row.precision === null && row.scale !== null && { scale: row.scale }),
    ...(type === "FLOAT" && { binaryDigits: row.precision ?? 126 }),
    ...(row.virtual === "YES" && { generated: true }),
    object: row.type_owner !== null && type !== "XMLTYPE",
  };
}

/** Reads the counters of written rows, which Oracle itself brings up to date from time to time. */
export async function readWrites(client: CatalogueClient): Promise<WriteReading> {
  const rows = await client.query<Place & { writes: number; seconds: number | null }>(WRITES);
  return {
    counts: new Map(rows.map((row) => [qualifiedName(row), row.writes])),
    seconds: new Map(rows.map((row) => [qualifiedName(row), row.seconds ?? 0])),
  };
}
