import assert from "node:assert/strict";
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { type PostgresServer, startPostgres } from "../../sandbox/database/postgres";
import { Store } from "../../sandbox/dms/store";
import { releaseSource, rememberSource } from "../../sandbox/releaseSource";
import { parseSource } from "../../sandbox/source";
import { StateFolder } from "../../sandbox/stateFolder";
import { temporaryFolder } from "../helpers/temporaryFolder";
import { postgresBin } from "../helpers/tools";

describe("releaseSource", function () {
  this.timeout(60_000);
  let path: string;
  let server: PostgresServer;
  let client: Client;
  let folder: StateFolder;

  before(async () => {
    path = temporaryFolder();
    server = await startPostgres({ bin: postgresBin(), stateDir: join(path, "postgres") });
    client = new Client({ connectionString: server.url("postgres") });
    await client.connect();
  });

  after(async () => {
    await client.end();
    await server.stop();
    server.remove();
    rmSync(path, { recursive: true, force: true });
  });

  beforeEach(() => {
    folder = new StateFolder(join(path, "sandbox"));
  });

  afterEach(() => folder.remove());

  /** State as a DMS stand-in leaves it that has run this task. */
  function leaveTask(resourceId: string): void {
    const store = new Store(folder.at("dms"));
    const arn = `arn:aws:dms:us-east-1:000000000000:task:${resourceId}`;
    store.state.tasks[arn] = {
      ReplicationTaskArn: arn,
      ReplicationTaskIdentifier: "task",
      ReplicationInstanceArn: "",
      SourceEndpointArn: "",
      TargetEndpointArn: "",
      TableMappings: "{}",
      ReplicationTaskSettings: "{}",
      Status: "running",
    };
    store.save();
  }

  async function column(sql: string): Promise<unknown[]> {
    const { rows } = await client.query({ text: sql, rowMode: "array" });
    return rows.map(([value]) => value);
  }

  it("drops what the sandbox's tasks made in the user's database, and nothing of others", async () => {
    for (const slot of ["awsdms_abc", "awsdms_of_another"]) {
      await client.query("SELECT pg_create_logical_replication_slot($1, 'pgoutput')", [slot]);
      await client.query(`CREATE PUBLICATION ${slot}`);
    }
    rememberSource(folder, parseSource(server.url("postgres")));
    leaveTask("ABC");
    assert.equal(await releaseSource(folder), undefined);
    assert.deepEqual(await column("SELECT slot_name FROM pg_replication_slots"), ["awsdms_of_another"]);
    assert.deepEqual(await column("SELECT pubname FROM pg_publication"), ["awsdms_of_another"]);
  });

  it("tells how to drop a slot that it cannot reach", async () => {
    rememberSource(folder, parseSource("postgres://me:secret@127.0.0.1:1/shop"));
    leaveTask("ABC");
    const warning = String(await releaseSource(folder));
    assert.match(
      warning,
      /the database shop of me@127.0.0.1:1 may still have the replication slot awsdms_abc/,
    );
    assert.match(warning, /SELECT pg_drop_replication_slot\('awsdms_abc'\)/);
    assert.ok(!warning.includes("secret"));
  });

  it("keeps the source for that in a file that its owner alone reads", () => {
    rememberSource(folder, parseSource("postgres://me:secret@127.0.0.1:1/shop"));
    assert.equal(statSync(folder.at("source.json")).mode & 0o777, 0o600);
  });

  it("has nothing to do after a sandbox with the sample", async () => {
    assert.equal(await releaseSource(folder), undefined);
  });
});
