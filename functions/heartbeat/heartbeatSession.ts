import type { HeartbeatFamily } from "./heartbeatSql";

/** How a session with the source is opened. It holds the password: it never goes into a message or a log. */
export interface HeartbeatConnection {
  host: string;
  port: number;
  /** The database; empty where the engine needs none. Oracle: the service or the SID. */
  database: string;
  username: string;
  password: string;
  /** As DMS has it: `require` encrypts and checks no certificate. */
  sslMode: "none" | "require" | "verify-ca" | "verify-full";
}

/** A session with the source. */
export interface HeartbeatSession {
  /** Runs a statement, and commits it. */
  execute(sql: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens a session. Rejects with the driver's error. */
export type OpenSession = (connection: HeartbeatConnection) => Promise<HeartbeatSession>;

/** How long a connection may take, and how long a statement, which may wait for a lock. */
const CONNECT_TIMEOUT_MS = 8_000;
const STATEMENT_TIMEOUT_MS = 8_000;

/**
 * Opens sessions, by family. The driver is loaded when it is needed, from the packages in the function's zip, which
 * holds that of its engine alone.
 */
export const OPEN_SESSION: Readonly<Record<HeartbeatFamily, OpenSession>> = {
  postgres: openPostgres,
  mysql: openMysql,
  sqlserver: openSqlServer,
  oracle: openOracle,
};

async function openPostgres(connection: HeartbeatConnection): Promise<HeartbeatSession> {
  const { Client } = require("pg") as typeof import("pg");
  const { host, port, database, username, password, sslMode } = connection;
  const client = new Client({
    host,
    port,
    database,
    user: username,
    password,
    ssl: sslMode !== "none" && {
      rejectUnauthorized: sslMode !== "require",
      ...(sslMode === "verify-ca" && { checkServerIdentity: () => undefined }),
    },
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
    application_name: "rowstream heartbeat",
  });
  // A lost connection shows in the statement that it breaks.
  client.on("error", () => undefined);
  await client.connect();
  return {
    execute: async (sql) => {
      await client.query(sql);
    },
    close: () => client.end(),
  };
}

async function openMysql(connection: HeartbeatConnection): Promise<HeartbeatSession> {
  const { createConnection } = require("mysql2/promise") as typeof import("mysql2/promise");
  const { host, port, database, username, password, sslMode } = connection;
  const client = await createConnection({
    host,
    port,
    user: username,
    password,
    ...(database !== "" && { database }),
    ...(sslMode !== "none" && {
      ssl: { rejectUnauthorized: sslMode !== "require", verifyIdentity: sslMode === "verify-full" },
    }),
    connectTimeout: CONNECT_TIMEOUT_MS,
  });
  client.on("error", () => undefined);
  return {
    execute: async (sql) => {
      await client.query({ sql, timeout: STATEMENT_TIMEOUT_MS });
    },
    close: () => client.end(),
  };
}

async function openSqlServer(connection: HeartbeatConnection): Promise<HeartbeatSession> {
  const { Connection, Request } = require("tedious") as typeof import("tedious");
  const { host, port, database, username, password, sslMode } = connection;
  const client = new Connection({
    server: host,
    authentication: { type: "default", options: { userName: username, password } },
    options: {
      port,
      database,
      // It encrypts the login alone.
      encrypt: sslMode !== "none",
      trustServerCertificate: sslMode === "none" || sslMode === "require",
      appName: "rowstream heartbeat",
      connectTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: STATEMENT_TIMEOUT_MS,
    },
  });
  client.on("error", () => undefined);
  await new Promise<void>((resolve, reject) => {
    client.connect((error) => (error ? reject(error) : resolve()));
  });
  return {
    execute: (sql) =>
      new Promise((resolve, reject) => {
        client.execSqlBatch(new Request(sql, (error) => (error ? reject(error) : resolve())));
      }),
    close: async () => client.close(),
  };
}

/** The listener knows no service of the name: ORA-12514, and its name in thin mode. */
const NO_SUCH_SERVICE = /ORA-12514|NJS-518/;

async function openOracle(connection: HeartbeatConnection): Promise<HeartbeatSession> {
  const { getConnection } = require("oracledb") as typeof import("oracledb");
  const { host, port, database, username, password, sslMode } = connection;
  const open = (named: "SERVICE_NAME" | "SID") => {
    const protocol = sslMode === "none" ? "TCP" : "TCPS";
    const security = protocol === "TCPS" ? "(SECURITY=(SSL_SERVER_DN_MATCH=OFF))" : "";
    return getConnection({
      user: username,
      password,
      connectString: `(DESCRIPTION=(ADDRESS=(PROTOCOL=${protocol})(HOST=${host})(PORT=${port}))(CONNECT_DATA=(${named}=${database}))${security})`,
      connectTimeout: CONNECT_TIMEOUT_MS / 1000,
      transportConnectTimeout: CONNECT_TIMEOUT_MS / 1000,
    });
  };
  // What DMS calls the database's name is a service's name, or a SID.
  const client = await open("SERVICE_NAME").catch((error: Error) => {
    if (NO_SUCH_SERVICE.test(error.message)) return open("SID");
    throw error;
  });
  client.callTimeout = STATEMENT_TIMEOUT_MS;
  return {
    execute: async (sql) => {
      await client.execute(sql, [], { autoCommit: true });
    },
    close: () => client.close(),
  };
}
