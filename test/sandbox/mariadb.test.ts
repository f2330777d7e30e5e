import assert from "node:assert/strict";
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { type MariadbServer, startMariadb } from "../../sandbox/database/mariadb";
import { describeOnMariadb, mariadbProgram } from "../helpers/mariadb";
import { temporaryFolder } from "../helpers/temporaryFolder";

async function query(server: MariadbServer, sql: string): Promise<RowDataPacket[]> {
  const connection = await createConnection(server.url(""));
  try {
    return (await connection.query<RowDataPacket[]>(sql))[0];
  } finally {
    await connection.end();
  }
}

describeOnMariadb("startMariadb", function () {
  this.timeout(60_000);
  let stateDir: string;
  let server: MariadbServer;

  before(async () => {
    stateDir = temporaryFolder();
    server = await startMariadb({ program: mariadbProgram(), stateDir });
  });

  after(async () => {
    await server.stop();
    server.remove();
    rmSync(stateDir, { recursive: true, force: true });
  });

  it("logs whole rows, and serves the loopback address alone", async () => {
    const [settings] = await query(
      server,
      `SELECT @@log_bin AS log, @@binlog_format AS format, @@binlog_row_image AS image,
              @@binlog_row_metadata AS metadata, @@bind_address AS address, @@socket AS socket, @@time_zone AS zone`,
    );
    assert.deepEqual(
      { ...settings },
      {
        log: 1,
        format: "ROW",
        image: "FULL",
        metadata: "FULL",
        address: "127.0.0.1",
        socket: "server.sock",
        zone: "+00:00",
      },
    );
  });

  it("lets nobody in without the password", async () => {
    const { host, port, user } = server;
    await assert.rejects(createConnection({ host, port, user, password: "wrong" }), /Access denied/);
    await assert.rejects(createConnection({ host, port, user: "" }), /Access denied/);
  });

  it("keeps the password in a file that only its owner reads", () => {
    const file = join(stateDir, "mariadb.json");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(JSON.parse(readFileSync(file, "utf8")).password, server.password);
  });

  it("serves the data of the last run again, on the same port and after a crash", async () => {
    await query(server, "CREATE DATABASE shop");
    await query(server, "CREATE TABLE shop.kept (id int PRIMARY KEY)");
    await query(server, "INSERT INTO shop.kept VALUES (7)");
    const { port } = server;
    await server.stop("immediate");
    server = await startMariadb({ program: mariadbProgram(), stateDir });
    assert.equal(server.port, port);
    const rows = await query(server, "SELECT id FROM shop.kept");
    assert.deepEqual(
      rows.map(({ id }) => id),
      [7],
    );
  });

  it("starts anew where making the data was interrupted, with settings of the caller's", async () => {
    const { password } = server;
    await server.stop();
    rmSync(join(stateDir, "mariadb.json"));
    const settings = { "binlog-row-image": "MINIMAL" };
    server = await startMariadb({ program: mariadbProgram(), stateDir, settings });
    assert.notEqual(server.password, password);
    const [row] = await query(server, "SELECT @@binlog_row_image AS image");
    assert.equal(row?.image, "MINIMAL");
  });
});
