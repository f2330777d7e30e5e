import { Connection, type ConnectionConfiguration, Request, TYPES } from "tedious";
import type { SourceConnection } from "../../source/sourceConnection";
import type { CatalogueClient, CatalogueRow, DoctorEngine } from "../engine";
import { readServer, readTables, readWrites, type SqlServer } from "./sqlserverFacts";
import { sqlserverPrerequisites } from "./sqlserverRules";
import { sqlserverFate } from "./sqlserverTypes";

const CONNECT_TIMEOUT_MS = 5000;
const STATEMENT_TIMEOUT_MS = 30_000;

/** Microsoft SQL Server. */
export const sqlserverEngine: DoctorEngine<SqlServer> = {
  open,
  readServer,
  readTables,
  readWrites,
  prerequisites: sqlserverPrerequisites,
  columnFate: sqlserverFate,
};

/** A cell as the driver gives it. */
interface Cell {
  value: unknown;
}

async function open(source: SourceConnection): Promise<CatalogueClient> {
  const connection = new Connection(configuration(source));
  // A lost connection shows in the statement that it breaks.
  connection.on("error", () => undefined);
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
  return {
    query: (text, values = []) => query(connection, text, values),
    close: async () => connection.close(),
  };
}

function configuration(source: SourceConnection): ConnectionConfiguration {
  const { host, port, database, username, password = "", sslMode } = source;
  return {
    server: host,
    authentication: { type: "default", options: { userName: username, password } },
    options: {
      port,
      database,
      // It encrypts the login alone.
      encrypt: sslMode !== "none",
      trustServerCertificate: sslMode === "none" || sslMode === "require",
      appName: "rowstream doctor",
      connectTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: STATEMENT_TIMEOUT_MS,
      useColumnNames: true,
      rowCollectionOnRequestCompletion: true,
    },
  };
}

function query<Row extends CatalogueRow>(
  connection: Connection,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    const request = new Request(text, (error, _count, rows: Record<string, Cell>[]) => {
      if (error) {
        reject(error);
        return;
      }
      resolve(rows.map((row) => plain(row) as Row));
    });
    values.forEach((value, index) => {
      request.addParameter(`p${index + 1}`, TYPES.NVarChar, value);
    });
    connection.execSql(request);
  });
}

function plain(row: Record<string, Cell>): CatalogueRow {
  return Object.fromEntries(Object.entries(row).map(([name, { value }]) => [name, value]));
}
