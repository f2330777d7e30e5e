import { type Connection, type ConnectionOptions, createConnection } from "mysql2/promise";
import type { SourceConnection } from "./sourceConnection";

/** The connection as the driver `mysql2` takes it; every value comes as the text that the server prints. */
function mysqlOptions(connection: SourceConnection): ConnectionOptions {
  const { host, port, database, username, password, sslMode } = connection;
  return {
    host,
    port,
    user: username,
    ...(database !== "" && { database }),
    ...(password !== undefined && { password }),
    ...(sslMode !== "none" && {
      ssl: { rejectUnauthorized: sslMode !== "require", verifyIdentity: sslMode === "verify-full" },
    }),
    charset: "utf8mb4",
    // Numbers and times would lose digits as JavaScript values.
    typeCast: (field) => field.string("utf8"),
  };
}

/**
 * Opens a session that reads only, and prints alike whatever the server's settings are: times in UTC, CHAR without the
 * spaces that fill it up.
 *
 * @throws Error of the driver
 */
export async function openMysql(connection: SourceConnection, connectTimeout: number): Promise<Connection> {
  const client = await createConnection({ ...mysqlOptions(connection), connectTimeout });
  // A lost connection shows in the statement that it breaks.
  client.on("error", () => undefined);
  try {
    await client.query("SET SESSION sql_mode = '', SESSION time_zone = '+00:00'");
    await client.query("SET SESSION TRANSACTION READ ONLY");
    return client;
  } catch (error) {
    client.destroy();
    throw error;
  }
}

/** A name as MySQL quotes it. */
export function quotedName(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}
