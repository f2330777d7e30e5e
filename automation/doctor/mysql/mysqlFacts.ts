import { isBinary } from "../../source/mysqlBinary";
import { quotedName } from "../../source/mysqlConnection";
import type { CatalogueClient, WriteReading } from "../engine";
import { groupBy } from "../groupBy";
import { ITEM_LIMIT_BYTES } from "../rules/sizes";
import type { ColumnFacts, TableFacts } from "../sourceFacts";
import { type Grants, parseGrants } from "./grants";
import {
  ACCOUNT,
  COLUMNS,
  GRANTS,
  KEYS,
  LOG_STATUS,
  LOG_STATUS_NEW,
  RDS_RETENTION,
  REPLICA_STATUS,
  REPLICA_STATUS_NEW,
  TABLES,
  UPTIME,
  VARIABLES,
  WRITES,
  WRITES_USERSTAT,
} from "./queries";

/** What a MySQL or MariaDB server says of itself. */
export interface MysqlServer {
  /** As the server prints it: `8.0.36`, `10.11.6-MariaDB-log`. */
  version: string;
  flavour: "mysql" | "mariadb";
  /** Who runs it: `rds` for Amazon RDS, `aurora` for Aurora MySQL. */
  host: "own" | "rds" | "aurora";
  /** The server's variables by name, as far as the version has them. */
  variables: Readonly<Record<string, string>>;
  /** The account that the server took the user for: `dms@%`. */
  account: string;
  grants: Grants;
  /** Whether it takes its changes over from another server; undefined where the user may not ask. */
  replica?: boolean;
  /** The databases that alone are in the log, and those that are not; undefined where the user may not ask. */
  filter?: { only: string[]; without: string[] };
  /** For how many hours RDS keeps the log: null for as short as it can, undefined where that is not known. */
  retentionHours?: number | null;
}

/** A row as the driver gives it: every value as text. */
type TextRow = Record<string, string | null>;

/** Reads what the server says of itself and of the user. */
export async function readServer(client: CatalogueClient): Promise<MysqlServer> {
  const variables = Object.fromEntries(
    (await client.query<TextRow>(VARIABLES)).map((row) => [row.Variable_name ?? "", row.Value ?? ""]),
  );
  const [account] = await client.query<TextRow>(ACCOUNT);
  const grants = (await client.query<TextRow>(GRANTS)).map((row) => Object.values(row)[0] ?? "");
  const replica = await ifAllowed(client, REPLICA_STATUS_NEW, REPLICA_STATUS);
  const log = await ifAllowed(client, LOG_STATUS_NEW, LOG_STATUS);
  const host = hostOf(variables);
  const retention = host === "own" ? undefined : await ifAllowed(client, RDS_RETENTION);
  const { version = "" } = variables;
  return {
    version,
    flavour: version.includes("MariaDB") ? "mariadb" : "mysql",
    host,
    variables,
    account: account?.account ?? "",
    grants: parseGrants(grants),
    ...(replica !== undefined && { replica: replica.length > 0 }),
    ...(log?.[0] !== undefined && {
      filter: { only: names(log[0].Binlog_Do_DB), without: names(log[0].Binlog_Ignore_DB) },
    }),
    ...(retention !== undefined && { retentionHours: numberOf(retention[0]?.value) ?? null }),
  };
}

/** RDS keeps its programs in /rdsdbbin. */
function hostOf(variables: Readonly<Record<string, string>>): MysqlServer["host"] {
  if (variables.aurora_version !== undefined) {
    return "aurora";
  }
  return variables.basedir?.startsWith("/rdsdbbin") ? "rds" : "own";
}

/** The rows of the first query that the server's version knows and the user may put; undefined where it is none. */
async function ifAllowed(client: CatalogueClient, ...queries: string[]): Promise<TextRow[] | undefined> {
  for (const query of queries) {
    try {
      return await client.query<TextRow>(query);
    } catch {
      // An older or a newer version, or no privilege for it: said where it matters.
    }
  }
  return undefined;
}

function names(list: string | null | undefined): string[] {
  return (list ?? "").split(",").filter((name) => name !== "");
}

function numberOf(text: string | null | undefined): number | undefined {
  return text === null || text === undefined || text === "" ? undefined : Number(text);
}

/** Reads every table of the users' own databases. */
export async function readTables(client: CatalogueClient, { grants }: MysqlServer): Promise<TableFacts[]> {
  const nameOf = (row: TextRow) => JSON.stringify([row.schema, row.table]);
  const tables = await client.query<TextRow>(TABLES);
  const columns = groupBy(await client.query<TextRow>(COLUMNS), nameOf);
  const keys = groupBy(await client.query<TextRow>(KEYS), nameOf);
  return tables.map((row) => {
    const [schema, table] = [row.schema ?? "", row.table ?? ""];
    const indexes = groupBy(keys.get(nameOf(row)) ?? [], ({ index }) => index);
    const rows = numberOf(row.rows);
    const bytes = numberOf(row.bytes);
    const columnsOf = (parts: readonly TextRow[]) => parts.map(({ column }) => column ?? "");
    return {
      schema,
      table,
      columns: (columns.get(nameOf(row)) ?? []).map(columnFacts),
      primaryKey: columnsOf(indexes.get("PRIMARY") ?? []),
      uniqueKeys: [...indexes]
        .filter(([index, parts]) => index !== "PRIMARY" && parts.every(isFirm))
        .map(([, parts]) => columnsOf(parts)),
      readable: grants.mayRead(schema, table),
      ...(rows !== undefined && { rows }),
      ...(bytes !== undefined && { bytes }),
    };
  });
}

/** A part of a key that is a column and never NULL. */
function isFirm({ column, nullable }: TextRow): boolean {
  return column !== null && nullable !== "YES";
}

/** A whole number's precision says nothing: all of its values fit. */
function columnFacts(row: TextRow): ColumnFacts {
  const type = row.type ?? "";
  const [precision, scale] = [numberOf(row.precision), numberOf(row.scale)];
  return {
    name: row.column ?? "",
    type,
    declared: row.declared ?? "",
    nullable: row.nullable === "YES",
    ...(type === "decimal" && precision !== undefined && { precision }),
    ...(type === "decimal" && scale !== undefined && { scale }),
    // MySQL's `DEFAULT_GENERATED` is a default that is an expression.
    ...(/\b(VIRTUAL|STORED|PERSISTENT) GENERATED|^(VIRTUAL|PERSISTENT)$/i.test(row.extra ?? "") && {
      generated: true,
    }),
  };
}

/** Reads the counters of written rows, where the server keeps any and the user may see them. */
export async function readWrites(client: CatalogueClient): Promise<WriteReading | undefined> {
  const rows = [
    ...((await ifAllowed(client, WRITES)) ?? []),
    ...((await ifAllowed(client, WRITES_USERSTAT)) ?? []),
  ];
  if (rows.length === 0) {
    return undefined;
  }
  const [uptime] = await client.query<TextRow>(UPTIME);
  const seconds = numberOf(uptime?.Value);
  return {
    counts: new Map(rows.map(({ schema, table, writes }) => [`${schema}.${table}`, Number(writes)])),
    ...(seconds !== undefined && { seconds }),
  };
}

/** Types whose values are small, or the same in every row. */
const SMALL = /int|decimal|float|double|bit|year|date|time|enum|set|uuid|inet/;

const SAMPLED_ROWS = 10_000;

/**
 * The bytes of the largest of a table's rows, of a sample, without the columns that DMS loses. Asked only of tables that
 * may have large ones: a value outside the pages must be read to be measured.
 */
export async function largestRow(client: CatalogueClient, table: TableFacts): Promise<number | undefined> {
  const { bytes = 0 } = table;
  const lengths = table.columns
    .filter(({ type, declared }) => !SMALL.test(type) && !isBinary(type, declared))
    .map(({ name }) => `COALESCE(OCTET_LENGTH(${quotedName(name)}), 0)`);
  if (bytes < ITEM_LIMIT_BYTES / 8 || lengths.length === 0) {
    return undefined;
  }
  const name = `${quotedName(table.schema)}.${quotedName(table.table)}`;
  const [row] =
    (await ifAllowed(
      client,
      `SELECT MAX(bytes) AS bytes FROM (SELECT ${lengths.join(" + ")} AS bytes FROM ${name} LIMIT ${SAMPLED_ROWS}) AS sample`,
    )) ?? [];
  return numberOf(row?.bytes);
}
