import { openMysql } from "../../source/mysqlConnection";
import type { SourceConnection } from "../../source/sourceConnection";
import type { CatalogueClient, CatalogueRow, DoctorEngine } from "../engine";
import { largestRow, type MysqlServer, readServer, readTables, readWrites } from "./mysqlFacts";
import { mysqlPrerequisites } from "./mysqlRules";
import { mysqlFate } from "./mysqlTypes";

const CONNECT_TIMEOUT_MS = 5000;
const STATEMENT_TIMEOUT_S = 30;

/** MySQL, MariaDB and Aurora MySQL. */
export const mysqlEngine: DoctorEngine<MysqlServer> = {
  open,
  readServer,
  readTables,
  readWrites,
  largestRow,
  prerequisites: mysqlPrerequisites,
  columnFate: mysqlFate,
};

/** Each is of MySQL or of MariaDB alone. */
const SESSION = [
  `SET SESSION max_execution_time = ${STATEMENT_TIMEOUT_S * 1000}`,
  `SET SESSION max_statement_time = ${STATEMENT_TIMEOUT_S}`,
  // MySQL's catalogue shows sizes that are up to a day old unless it is told otherwise.
  "SET SESSION information_schema_stats_expiry = 0",
];

async function open(connection: SourceConnection): Promise<CatalogueClient> {
  const client = await openMysql(connection, CONNECT_TIMEOUT_MS);
  for (const statement of SESSION) {
    await client.query(statement).catch(() => undefined);
  }
  return {
    query: async <Row extends CatalogueRow>(text: string, values: readonly unknown[] = []) =>
      (await client.query(text, [...values]))[0] as unknown as Row[],
    close: () => client.end(),
  };
}
