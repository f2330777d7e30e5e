import { readFileSync } from "node:fs";
import { Client, type ClientConfig } from "pg";

/** Where the source is and who reads it. */
export interface PostgresConnection {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string | undefined;
  /** As DMS names it. */
  sslMode: "none" | "require" | "verify-ca" | "verify-full";
}

const CONNECT_TIMEOUT_MS = 10_000;

/** Text output that does not depend on the server's or the role's settings. */
const OUTPUT_OPTIONS = [
  "DateStyle=ISO,YMD",
  "IntervalStyle=postgres",
  "TimeZone=UTC",
  "extra_float_digits=3",
  "bytea_output=hex",
  "lc_monetary=C",
  "statement_timeout=0",
  "idle_in_transaction_session_timeout=0",
]
  .map((setting) => `-c ${setting}`)
  .join(" ");

/** Values stay the text that PostgreSQL sends: numbers and times would lose digits as JavaScript values. */
const textTypes = { getTypeParser: () => (value: string) => value };

function sslOf(connection: PostgresConnection): ClientConfig["ssl"] {
  switch (connection.sslMode) {
    case "none":
      return false;
    case "require":
      return { rejectUnauthorized: false };
    case "verify-ca":
      return { rejectUnauthorized: true, checkServerIdentity: () => undefined, ...trusted() };
    case "verify-full":
      return { rejectUnauthorized: true, ...trusted() };
  }
}

/** The certificates that SSL_CERT_FILE names, where it is set; else those that Node trusts. */
function trusted(): { ca?: string } {
  const file = process.env.SSL_CERT_FILE;
  return file === undefined ? {} : { ca: readFileSync(file, "utf8") };
}

function configOf(connection: PostgresConnection): ClientConfig {
  return {
    host: connection.host,
    port: connection.port,
    database: connection.database,
    user: connection.user,
    ...(connection.password === undefined ? {} : { password: connection.password }),
    ssl: sslOf(connection),
    application_name: "AWS DMS stand-in",
    options: OUTPUT_OPTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  };
}

/** An open connection whose later failures show in the queries that it breaks. */
async function open(config: ClientConfig): Promise<Client> {
  const client = new Client(config);
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

/** A connection for catalogue queries: values as pg parses them. */
export function connect(connection: PostgresConnection): Promise<Client> {
  return open(configOf(connection));
}

/** A connection that returns every value as PostgreSQL's text. */
export function connectForText(connection: PostgresConnection): Promise<Client> {
  return open({ ...configOf(connection), types: textTypes as ClientConfig["types"] });
}

/** A connection that speaks the replication protocol; simple queries only. */
export function connectForReplication(connection: PostgresConnection): Promise<Client> {
  return open({ ...configOf(connection), replication: "database" } as ClientConfig);
}
