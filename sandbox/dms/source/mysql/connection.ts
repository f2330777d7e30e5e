import { readFileSync } from "node:fs";
import { type Connection, type ConnectionOptions, createConnection } from "mysql2/promise";

/** Where the source is and who reads it. */
export interface MysqlConnection {
  host: string;
  port: number;
  /** The database that a fault's remedy names; DMS reads all that the user may read. */
  database: string | undefined;
  user: string;
  password: string | undefined;
  /** As DMS names it; it has no `require` for MySQL's family. */
  sslMode: "none" | "require" | "verify-ca" | "verify-full";
}

const CONNECT_TIMEOUT_MS = 10_000;

/** How long the server waits for a reader that is held back, or has nothing to ask, in seconds: its longest. */
const PATIENCE_S = 31_536_000;

/** So that a reader that is held back is not cut off. */
export const PATIENT = `SET SESSION net_write_timeout = ${PATIENCE_S}, SESSION wait_timeout = ${PATIENCE_S}`;

/** What a session prints, whatever the server's settings are. */
const OUTPUT = "SET SESSION sql_mode = '', SESSION time_zone = '+00:00'";

function sslOf({ sslMode }: MysqlConnection): ConnectionOptions["ssl"] {
  if (sslMode === "none") {
    return undefined;
  }
  const verify = sslMode !== "require";
  // The certificates that SSL_CERT_FILE names, where it is set; else those that Node trusts.
  const file = verify ? process.env.SSL_CERT_FILE : undefined;
  return {
    rejectUnauthorized: verify,
    verifyIdentity: sslMode === "verify-full",
    ...(file === undefined ? {} : { ca: readFileSync(file, "utf8") }),
  };
}

/** What mysql2 is given. Dates and JSON stay text: JavaScript's own would lose digits. */
export function connectionOptions(connection: MysqlConnection): ConnectionOptions {
  const { host, port, user, password } = connection;
  const ssl = sslOf(connection);
  return {
    host,
    port,
    user,
    ...(password === undefined ? {} : { password }),
    ...(ssl === undefined ? {} : { ssl }),
    charset: "UTF8MB4_GENERAL_CI",
    connectTimeout: CONNECT_TIMEOUT_MS,
    dateStrings: true,
    jsonStrings: true,
    timezone: "Z",
  };
}

/** An open connection that returns every value as MySQL's text; its later failures show in the queries they break. */
export async function connect(connection: MysqlConnection): Promise<Connection> {
  const client = await createConnection({
    ...connectionOptions(connection),
    typeCast: (field) => field.string("utf8"),
  });
  client.on("error", () => undefined);
  try {
    await client.query(OUTPUT);
    await client.query(PATIENT);
    return client;
  } catch (error) {
    client.destroy();
    throw error;
  }
}

/** A row of text by column. */
export type TextRow = Record<string, string | null>;

/** The rows of a statement on a connection of {@link connect}. */
export async function rowsOf(client: Connection, sql: string, values: unknown[] = []): Promise<TextRow[]> {
  const [rows] = await client.query(sql, values);
  return rows as TextRow[];
}
