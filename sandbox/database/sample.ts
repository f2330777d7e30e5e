import { Client } from "pg";
import type { PostgresServer } from "./postgres";
import { SAMPLE_SIZE, sampleRows } from "./sampleData";
import { SAMPLE_SCHEMA } from "./sampleSchema";

/** The sample's database; its tables are in the schema `public`. */
export const SAMPLE_DATABASE = "shop";

/** The columns that PostgreSQL numbers; their sequences go on behind the sample's rows. */
const IDENTITIES = { customers: "customer_id", products: "product_id", orders: "order_id" };

async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

async function exists(client: Client): Promise<boolean> {
  const found = await client.query("SELECT FROM pg_database WHERE datname = $1", [SAMPLE_DATABASE]);
  return found.rowCount !== 0;
}

/** Fills one table by one statement: the server takes the rows apart itself. */
async function fill(client: Client, table: string, rows: Record<string, unknown>[]): Promise<void> {
  await client.query(`INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(NULL::${table}, $1)`, [
    JSON.stringify(rows),
  ]);
}

/**
 * Makes the sample database on a server, unless a kept server has it already. An interruption leaves no database
 * of that name: it is made under another one and renamed when it is complete.
 * @returns how many rows it was filled with; undefined where it was there
 */
export async function createSample(server: PostgresServer): Promise<number | undefined> {
  const partial = `${SAMPLE_DATABASE}_partial`;
  if (await withClient(server.url("postgres"), exists)) {
    return undefined;
  }
  await withClient(server.url("postgres"), async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${partial}`);
    await client.query(`CREATE DATABASE ${partial}`);
  });
  const tables = sampleRows(SAMPLE_SIZE);
  await withClient(server.url(partial), async (client) => {
    await client.query(SAMPLE_SCHEMA);
    for (const [table, rows] of Object.entries(tables)) {
      await fill(client, table, rows);
    }
    for (const [table, column] of Object.entries(IDENTITIES)) {
      await client.query(
        `SELECT setval(pg_get_serial_sequence('${table}', '${column}'), max(${column})) FROM ${table}`,
      );
    }
    await client.query("ANALYZE");
  });
  await withClient(server.url("postgres"), (client) =>
    client.query(`ALTER DATABASE ${partial} RENAME TO ${SAMPLE_DATABASE}`),
  );
  return Object.values(tables).reduce((sum, rows) => sum + rows.length, 0);
}
