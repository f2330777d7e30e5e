import assert from "node:assert/strict";
import { connect, rowsOf } from "../../sandbox/dms/source/mysql/connection";
import { parseVersion } from "../../sandbox/dms/source/mysql/server";
import { openSnapshot } from "../../sandbox/dms/source/mysql/snapshot";
import { DmsBench, SETTINGS, withKey } from "../helpers/dmsBench";
import { createLater, dropped, LATER_ROWS, loaded } from "../helpers/laterTable";
import { describeOnMariadb } from "../helpers/mariadb";
import { poll } from "../helpers/poll";
import { seededRandom } from "../helpers/seededRandom";
import { assertStockConverges, createStock, StockWorkload } from "../helpers/stockWorkload";

describeOnMariadb("the DMS stand-in's replication of MariaDB", function () {
  this.timeout(180_000);
  let bench: DmsBench;

  before(async () => {
    bench = await DmsBench.startServers("mariadb");
    // What the source has, as it has it: the other choices are the same code as PostgreSQL's.
    await bench.startDms({ ROWSTREAM_DMS_BEHAVIOUR: JSON.stringify({ nullOnUpdate: "remove" }) });
  });

  after(() => bench.stop());

  it("loads, stops before the cached changes, resumes with them and goes on with later ones", async () => {
    await bench.newDatabase();
    await bench.query("CREATE TABLE narrow (id int PRIMARY KEY, name varchar(40), price decimal(10,2))");
    await bench.query("INSERT INTO narrow SELECT seq, concat('row ', seq), seq / 4 FROM seq_1_to_3000");
    await bench.query("CREATE TABLE keyless (v int)");
    const task = await bench.createTask("narrow");
    await bench.startTask(task);
    const stopped = await bench.waitForTask(task, "stopped");
    assert.equal(stopped.StopReason, "Stop Reason STOPPED_AFTER_FULL_LOAD");
    const { narrow, keyless } = await bench.statistics(task);
    assert.deepEqual([narrow?.TableState, narrow?.FullLoadRows], ["Table completed", 3000]);
    assert.equal(keyless?.TableState, "Table error");

    await bench.query("UPDATE narrow SET name = 'while stopped' WHERE id = 7");
    await bench.query("DELETE FROM narrow WHERE id = 8");
    await bench.query("BEGIN; DELETE FROM narrow; ROLLBACK");
    await bench.query("FLUSH BINARY LOGS");
    assert.equal((await bench.items("narrow"))[6]?.name, "row 7");

    await bench.startTask(task, "resume-processing");
    await bench.query("INSERT INTO narrow VALUES (5000, 'after', 1.5)");
    await bench.query("UPDATE narrow SET name = NULL WHERE id = 9");
    await poll("the changes", async () => {
      const items = new Map((await bench.items("narrow")).map((item) => [item.id, item]));
      return items.get("5000")?.name === "after" && items.get("9")?.name === undefined;
    });
    const items = new Map((await bench.items("narrow")).map((item) => [item.id, item]));
    assert.equal(items.size, 3000);
    assert.deepEqual(items.get("7"), { id: "7", name: "while stopped", price: "1.75" });
    assert.equal(items.has("8"), false);
    const after = await bench.stopTask(task);
    assert.equal(after.StopReason, "Stop Reason NORMAL");
    const { narrow: counted } = await bench.statistics(task);
    assert.deepEqual([counted?.AppliedInserts, counted?.AppliedUpdates, counted?.AppliedDeletes], [1, 2, 1]);
  });

  it("replicates a composite key by its object mapping, with updates and deletes", async () => {
    await bench.newDatabase();
    await bench.query(
      "CREATE TABLE order_lines (order_id int, line_no int, sku text, qty int, PRIMARY KEY (order_id, line_no))",
    );
    await bench.query("INSERT INTO order_lines VALUES (1, 1, 'a', 2), (1, 2, 'b', 3), (2, 1, 'c', 4)");
    const mappings = withKey(bench.schema, "order_lines", "mysql_order_lines", ["order_id", "line_no"]);
    const task = await bench.createTask("composite", { mappings });
    await bench.loadAndResume(task);
    await bench.query("UPDATE order_lines SET qty = 30 WHERE line_no = 2");
    await bench.query("DELETE FROM order_lines WHERE order_id = 2");
    const items = await poll("the changes", async () => {
      const found = await bench.items("mysql_order_lines", "line_no_key");
      return found.length === 2 && found[1]?.qty === "30" && found;
    });
    assert.deepEqual(items, [
      { line_no: "1", line_no_key: "1", order_id: "1", qty: "2", sku: "a" },
      { line_no: "2", line_no_key: "2", order_id: "1", qty: "30", sku: "b" },
    ]);
    await bench.stopTask(task);
  });

  it("lets added, dropped and renamed columns flow through, each change with the columns of its time", async () => {
    await bench.newDatabase();
    await bench.query("CREATE TABLE shape (id int PRIMARY KEY, a text, b text)");
    await bench.query("INSERT INTO shape VALUES (1, 'a1', 'b1')");
    const task = await bench.createTask("shape");
    await bench.startTask(task);
    await bench.waitForTask(task, "stopped");
    await bench.query("ALTER TABLE shape ADD COLUMN c int AFTER id");
    await bench.query("INSERT INTO shape (id, c, a, b) VALUES (2, 3, 'a2', 'b2')");
    await bench.query("ALTER TABLE shape DROP COLUMN b");
    await bench.query("INSERT INTO shape (id, c, a) VALUES (3, 4, 'a3')");
    await bench.query("ALTER TABLE shape RENAME COLUMN a TO z, ADD COLUMN u uuid");
    await bench.query("UPDATE shape SET c = 9 WHERE id = 1");
    await bench.query("INSERT INTO shape VALUES (4, 5, 'z4', '00000000-0000-0000-0000-00000000000a')");
    // The table has its last shape when the first change of it is read.
    await bench.startTask(task, "resume-processing");
    await poll("the last row", async () => (await bench.items("shape")).length === 4);
    assert.deepEqual(await bench.items("shape"), [
      { a: "a1", b: "b1", c: "9", id: "1", z: "a1" },
      { a: "a2", b: "b2", c: "3", id: "2" },
      { a: "a3", c: "4", id: "3" },
      { c: "5", id: "4", u: "00000000-0000-0000-0000-00000000000a", z: "z4" },
    ]);
    await bench.stopTask(task);
  });

  it("takes up a table that is created while changes flow, lets go of a dropped one, and takes its successor", async () => {
    await bench.newDatabase();
    await bench.query("CREATE TABLE before_all (id int PRIMARY KEY, v int)");
    const task = await bench.createTask("appearing");
    await bench.loadAndResume(task);
    await createLater(bench, task);

    await bench.query("TRUNCATE TABLE later");
    await bench.query("DROP TABLE later");
    await dropped(bench, task, "later");
    assert.equal(
      (await bench.items("later")).length,
      LATER_ROWS,
      "neither TRUNCATE nor DROP takes items away",
    );
    assert.ok(
      (await bench.taskLog(task)).some((line) =>
        /TRUNCATE of table '.*'\.'later' is not captured/.test(line),
      ),
    );
    await bench.query("CREATE TABLE later (id int PRIMARY KEY, w int)");
    await bench.query("INSERT INTO later VALUES (1000, 7)");
    await loaded(bench, task, "later");
    await bench.query("UPDATE later SET w = 8");
    await poll("its row", async () =>
      (await bench.items("later")).some(({ id, w }) => id === "1000" && w === "8"),
    );
    await bench.stopTask(task);
  });

  it("fails where the server no longer has its log, and says what to do", async () => {
    await bench.newDatabase();
    await bench.query("CREATE TABLE purged (id int PRIMARY KEY)");
    const task = await bench.createTask("purged");
    await bench.startTask(task);
    await bench.waitForTask(task, "stopped");
    await bench.query("RESET MASTER");
    await bench.startTask(task, "resume-processing");
    const failed = await bench.waitForTask(task, "failed");
    assert.match(
      failed.LastFailureMessage ?? "",
      /no longer has the log .* start the task with reload-target/,
    );
    await bench.startTask(task, "reload-target");
    await bench.waitForTask(task, "stopped");
  });

  it("names what a server lacks, each with what mends it", async () => {
    await bench.newDatabase();
    await bench.query("SET GLOBAL binlog_format = 'MIXED', GLOBAL binlog_row_metadata = 'MINIMAL'");
    try {
      const task = await bench.createTask("lacking", { settings: SETTINGS });
      await bench.startTask(task);
      const { LastFailureMessage: message = "" } = await bench.waitForTask(task, "failed");
      assert.match(message, /binlog_format is MIXED: SET GLOBAL binlog_format = 'ROW'/);
      assert.match(message, /binlog_row_metadata is MINIMAL .*: SET GLOBAL binlog_row_metadata = 'FULL'/);
    } finally {
      await bench.query("SET GLOBAL binlog_format = 'ROW', GLOBAL binlog_row_metadata = 'FULL'");
    }
  });

  it("begins the load of MySQL, which does not tell a snapshot's place in the log, under a short lock", async () => {
    await bench.newDatabase();
    await createStock(bench);
    const workload = new StockWorkload(bench, seededRandom(1));
    workload.start();
    try {
      await poll("some changes", async () => workload.changes > 20);
      const { host, port, user, password } = bench.server;
      const client = await connect({ host, port, user, password, database: undefined, sslMode: "none" });
      const snapshot = await openSnapshot(client, parseVersion("8.0.36"));
      // MariaDB does tell it.
      const told = await rowsOf(client, "SHOW STATUS LIKE 'binlog_snapshot_%'");
      assert.equal(snapshot.position, told.map((row) => row.Value).join("/"));
      await snapshot.close();
      const { changes } = workload;
      await poll("changes after it", async () => workload.changes > changes);
    } finally {
      await workload.stop();
    }
  });

  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));
  it(`goes on by itself after kill -9 of itself, and a restart and a crash of the server (SEED=${seed})`, async () => {
    await bench.newDatabase();
    await createStock(bench);
    const task = await bench.createTask("faults");
    const workload = new StockWorkload(bench, seededRandom(seed));
    const more = async (count: number) => {
      const { changes } = workload;
      await poll("some changes", async () => workload.changes > changes + count);
    };
    const kill = async () => {
      await bench.endDms("SIGKILL");
      await bench.startDms();
    };
    workload.start();
    try {
      await bench.startTask(task);
      await bench.waitForTask(task, "running");
      await kill();
      await bench.waitForTask(task, "stopped");
      await bench.startTask(task, "resume-processing");
      for (const strike of [kill, "fast", kill, "immediate", "immediate"] as const) {
        await more(150);
        if (typeof strike === "string") {
          await bench.server.stop(strike);
          await bench.server.start();
        } else {
          await strike();
        }
      }
      await more(100);
    } finally {
      await workload.stop();
    }
    await assertStockConverges(bench);
    assert.equal((await bench.describeTask(task)).Status, "running");
    await bench.stopTask(task);
  });
});
