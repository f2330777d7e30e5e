import assert from "node:assert/strict";
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { type PostgresServer, startPostgres } from "../../sandbox/database/postgres";
import { temporaryFolder } from "../helpers/temporaryFolder";
import { postgresBin } from "../helpers/tools";

async function query(server: PostgresServer, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: server.url("postgres") });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe("startPostgres", function () {
  this.timeout(60_000);
  let stateDir: string;
  let server: PostgresServer;

  before(async () => {
    stateDir = temporaryFolder();
    server = await startPostgres({ bin: postgresBin(), stateDir });
  });

  after(async () => {
    await server.stop();
    server.remove();
    rmSync(stateDir, { recursive: true, force: true });
  });

  it("serves logical replication on the loopback address alone", async () => {
    const [settings] = await query(
      server,
      `SELECT current_setting('wal_level') AS wal, current_setting('listen_addresses') AS addresses,
              current_setting('unix_socket_directories') AS sockets, current_setting('server_encoding') AS encoding`,
    );
    assert.deepEqual(settings, { wal: "logical", addresses: "127.0.0.1", sockets: "", encoding: "UTF8" });
  });

  it("lets nobody in without the password", async () => {
    const client = new Client({ host: server.host, port: server.port, user: server.user, password: "wrong" });
    await assert.rejects(client.connect(), /password authentication failed/);
  });

  it("keeps the password in a file that only its owner reads, and out of the server's arguments", () => {
    const file = join(stateDir, "postgres.json");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(JSON.parse(readFileSync(file, "utf8")).password, server.password);
  });

  it("serves the data of the last run again, on the same port and after a crash", async () => {
    await query(server, "CREATE TABLE kept (id int PRIMARY KEY)");
    await query(server, "INSERT INTO kept VALUES (7)");
    const { port } = server;
    await server.stop("immediate");
    server = await startPostgres({ bin: postgresBin(), stateDir });
    assert.equal(server.port, port);
    assert.deepEqual(await query(server, "SELECT id FROM kept"), [{ id: 7 }]);
  });

  it("starts anew where making the cluster was interrupted", async () => {
    const other = temporaryFolder();
    const first = await startPostgres({ bin: postgresBin(), stateDir: other });
    await first.stop();
    rmSync(join(other, "postgres.json"));
    const second = await startPostgres({ bin: postgresBin(), stateDir: other });
    try {
      assert.notEqual(second.password, first.password);
      assert.deepEqual(await query(second, "SELECT 1 AS one"), [{ one: 1 }]);
    } finally {
      await second.stop();
      second.remove();
      rmSync(other, { recursive: true, force: true });
    }
  });

  it("names the folder when it holds no PostgreSQL", async () => {
    const other = temporaryFolder();
    await assert.rejects(
      startPostgres({ bin: "/nowhere/bin", stateDir: other }),
      /no PostgreSQL in \/nowhere\/bin: run `npm run setup`/,
    );
    rmSync(other, { recursive: true, force: true });
  });
});
