import { type Connection, getConnection, OUT_FORMAT_OBJECT } from "oracledb";
import type { SourceConnection } from "../../source/sourceConnection";
import type { CatalogueClient, CatalogueRow, DoctorEngine } from "../engine";
import { type OracleServer, readServer, readTables, readWrites } from "./oracleFacts";
import { oraclePrerequisites } from "./oracleRules";
import { oracleFate } from "./oracleTypes";

const CONNECT_TIMEOUT_SECONDS = 5;
const STATEMENT_TIMEOUT_MS = 30_000;

/** Oracle, by the driver's thin mode: no client libraries. It knows servers of 12.1 or later. */
export const oracleEngine: DoctorEngine<OracleServer> = {
  open,
  readServer,
  readTables,
  readWrites,
  prerequisites: oraclePrerequisites,
  columnFate: oracleFate,
};

/** The listener knows no service of the name: ORA-12514 and its name in thin mode. */
const NO_SUCH_SERVICE = /ORA-12514|NJS-518/;

async function open(source: SourceConnection): Promise<CatalogueClient> {
  const connection = await connect(source);
  connection.callTimeout = STATEMENT_TIMEOUT_MS;
  return {
    query: async <Row extends CatalogueRow>(text: string, values: readonly unknown[] = []) =>
      (await connection.execute<Row>(text, values, { outFormat: OUT_FORMAT_OBJECT, maxRows: 0 })).rows ?? [],
    close: () => connection.close(),
  };
}

/** What DMS calls the database's name is a service's name, or a SID. */
async function connect(source: SourceConnection): Promise<Connection> {
  try {
    return await connectTo(source, "SERVICE_NAME");
  } catch (error) {
    if (NO_SUCH_SERVICE.test((error as Error).message)) {
      return connectTo(source, "SID");
    }
    throw error;
  }
}

function connectTo(source: SourceConnection, named: "SERVICE_NAME" | "SID"): Promise<Connection> {
  const { host, port, database, username, password = "", sslMode } = source;
  const protocol = sslMode === "none" ? "TCP" : "TCPS";
  const match = sslMode === "verify-full" ? "ON" : "OFF";
  const security = protocol === "TCPS" ? `(SECURITY=(SSL_SERVER_DN_MATCH=${match}))` : "";
  return getConnection({
    user: username,
    password,
    connectString: `(DESCRIPTION=(ADDRESS=(PROTOCOL=${protocol})(HOST=${host})(PORT=${port}))(CONNECT_DATA=(${named}=${database}))${security})`,
    connectTimeout: CONNECT_TIMEOUT_SECONDS,
    transportConnectTimeout: CONNECT_TIMEOUT_SECONDS,
  });
}
