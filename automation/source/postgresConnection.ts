import type { ClientConfig } from "pg";
import type { SourceConnection } from "./sourceConnection";

/** The connection as the driver `pg` takes it. */
export function postgresConfig(connection: SourceConnection): ClientConfig {
  const { host, port, database, username, password, sslMode } = connection;
  return {
    host,
    port,
    database,
    user: username,
    ...(password !== undefined && { password }),
    ssl: sslMode === "none" ? false : { rejectUnauthorized: sslMode !== "require" },
  };
}
