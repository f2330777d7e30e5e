import { createConnection, type ResultSetHeader } from "mysql2/promise";
import { Client } from "pg";
import type { DatabaseServer } from "../../sandbox/database/databaseServer";
import { startMariadb } from "../../sandbox/database/mariadb";
import { startPostgres } from "../../sandbox/database/postgres";
import { mariadbProgram } from "./mariadb";
import { postgresBin } from "./tools";

/** The engines that tests have a source of, in DMS's names. */
export type TestEngine = "postgres" | "mariadb";

/** What a statement gives. */
export interface TestResult {
  rows: Record<string, unknown>[];
  /** Rows that it found or changed. */
  rowCount: number | null;
}

/** A connection to a database of either engine; its later failures show in its queries. */
export interface TestClient {
  /** Runs a statement, its values in the places of `$1`, `$2` …; without values several. MariaDB's come as text. */
  query(text: string, values?: unknown[]): Promise<TestResult>;
  end(): Promise<void>;
}

/** Starts a server whose data is in a folder. On MariaDB in {@link describeOnMariadb} alone. */
export function startSourceServer(engine: TestEngine, stateDir: string): Promise<DatabaseServer> {
  return engine === "postgres"
    ? startPostgres({ bin: postgresBin(), stateDir })
    : startMariadb({ program: mariadbProgram(), stateDir });
}

/** Makes an empty database. */
export async function createDatabase(server: DatabaseServer, name: string): Promise<void> {
  const url = server.url("");
  const client = await openClient(url.startsWith("postgres:") ? server.url("postgres") : url);
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
}

/** @param url as {@link DatabaseServer} has it */
export async function openClient(url: string): Promise<TestClient> {
  if (!url.startsWith("postgres:")) {
    return openMysqlClient(url);
  }
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

async function openMysqlClient(uri: string): Promise<TestClient> {
  const connection = await createConnection({
    uri,
    multipleStatements: true,
    charset: "UTF8MB4_GENERAL_CI",
    typeCast: (field) => field.string("utf8"),
  });
  connection.on("error", () => undefined);
  return {
    async query(text, values = []) {
      const ordered: unknown[] = [];
      const sql = text.replaceAll(/\$(\d+)/g, (_place, number) => {
        ordered.push(values[Number(number) - 1]);
        return "?";
      });
      const [result] = await connection.query(sql, ordered);
      return Array.isArray(result)
        ? { rows: result as Record<string, unknown>[], rowCount: result.length }
        : { rows: [], rowCount: (result as ResultSetHeader).affectedRows };
    },
    end: async () => connection.destroy(),
  };
}

/** Codes of MariaDB's that say that the server is going away; its other codes that begin with ER_ are of statements. */
const LEAVING = new Set([
  "ER_SERVER_SHUTDOWN",
  "ER_NORMAL_SHUTDOWN",
  "ER_CONNECTION_KILLED",
  "ER_QUERY_INTERRUPTED",
]);

/** Whether an error says that the server is away: of PostgreSQL's codes those of the classes 57 and 08. */
export function isOutage(error: unknown): boolean {
  const { code = "" } = error as { code?: string };
  if (code.startsWith("ER_")) {
    return LEAVING.has(code);
  }
  return !/^[0-9A-Z]{5}$/.test(code) || /^(57|08|EPIPE$)/.test(code);
}
