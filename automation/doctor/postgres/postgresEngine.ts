import { Client } from "pg";
import { postgresConfig } from "../../source/postgresConnection";
import type { SourceConnection } from "../../source/sourceConnection";
import type { CatalogueClient, CatalogueRow, DoctorEngine } from "../engine";
import {
  largestRow,
  type PostgresServer,
  type PostgresTable,
  readServer,
  readTables,
  readWrites,
} from "./postgresFacts";
import { postgresPrerequisites } from "./postgresRules";
import { postgresFate } from "./postgresTypes";

const CONNECT_TIMEOUT_MS = 5000;
const STATEMENT_TIMEOUT_MS = 30_000;

/** PostgreSQL and its Aurora edition. */
export const postgresEngine: DoctorEngine<PostgresServer> = {
  open,
  readServer,
  readTables,
  readWrites,
  largestRow: (client, table) => largestRow(client, table as PostgresTable),
  prerequisites: postgresPrerequisites,
  columnFate: postgresFate,
};

async function open(connection: SourceConnection): Promise<CatalogueClient> {
  const client = new Client({
    ...postgresConfig(connection),
    application_name: "rowstream doctor",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    options: `-c default_transaction_read_only=on -c statement_timeout=${STATEMENT_TIMEOUT_MS}`,
  });
  // A lost connection shows in the statement that it breaks.
  client.on("error", () => undefined);
  await client.connect();
  return {
    query: async <Row extends CatalogueRow>(text: string, values: readonly unknown[] = []) =>
      (await client.query<Row>(text, [...values])).rows,
    close: () => client.end(),
  };
}
