import assert from "node:assert/strict";
import { ReloadTablesCommand, StartReplicationTaskCommand } from "@aws-sdk/client-database-migration-service";
import { DeleteItemCommand, DescribeTableCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { DmsBench, SETTINGS, withKey } from "../helpers/dmsBench";
import { createLater, dropped, LATER_ROWS } from "../helpers/laterTable";
import { poll } from "../helpers/poll";

describe("the DMS stand-in's tables", function () {
  this.timeout(120_000);
  let bench: DmsBench;

  before(async () => {
    bench = await DmsBench.start();
  });

  after(() => bench?.stop());

  it("replicates a composite key by its object mapping, with updates and deletes", async () => {
    await bench.newDatabase();
    await bench.query(
      "CREATE TABLE order_lines (order_id int, line_no int, sku text, qty int, note text, PRIMARY KEY (order_id, line_no))",
    );
    await bench.query(
      "INSERT INTO order_lines VALUES (1, 1, 'a', 2, 'x'), (1, 2, 'b', 3, 'y'), (2, 1, 'c', 4, 'z')",
    );
    const mappings = withKey(
      "public",
      "order_lines",
      "public_order_lines",
      ["order_id", "line_no"],
      ["note"],
    );
    const task = await bench.createTask("composite", { mappings });
    await bench.loadAndResume(task);
    await bench.query("UPDATE order_lines SET qty = 30 WHERE order_id = 1 AND line_no = 2");
    await bench.query("DELETE FROM order_lines WHERE order_id = 2");
    const items = await poll("the changes", async () => {
      const found = await bench.items("public_order_lines", "line_no_key");
      return found.length === 2 && found[1]?.qty === "30" && found;
    });
    assert.deepEqual(items, [
      { line_no: "1", line_no_key: "1", order_id: "1", qty: "2", sku: "a" },
      { line_no: "2", line_no_key: "2", order_id: "1", qty: "30", sku: "b" },
    ]);
    const { Table } = await bench.dynamodb.send(
      new DescribeTableCommand({ TableName: "public_order_lines" }),
    );
    assert.deepEqual(Table?.KeySchema, [
      { AttributeName: "order_id", KeyType: "HASH" },
      { AttributeName: "line_no_key", KeyType: "RANGE" },
    ]);
    assert.ok(Table?.AttributeDefinitions?.every((attribute) => attribute.AttributeType === "S"));
    await bench.stopTask(task);
  });

  it("refuses tables without a primary key or with a composite one, says why, and leaves them writable", async () => {
    await bench.newDatabase();
    await bench.query("CREATE TABLE history (at timestamptz, what text)");
    await bench.query("CREATE TABLE pairs (a int, b int, v int, PRIMARY KEY (a, b))");
    await bench.query("CREATE TABLE good (id int PRIMARY KEY)");
    await bench.query("INSERT INTO history VALUES (now(), 'x')");
    const task = await bench.createTask("refused");
    await bench.loadAndResume(task);
    const statistics = await bench.statistics(task);
    assert.equal(statistics.history?.TableState, "Table error");
    assert.equal(statistics.pairs?.TableState, "Table error");
    assert.equal(statistics.good?.TableState, "Table completed");
    assert.equal((await bench.describeTask(task)).ReplicationTaskStats?.TablesErrored, 2);
    const log = await bench.taskLog(task);
    assert.ok(
      log.some((line) =>
        /^\d{4}-\S+ \[TARGET_LOAD +\]E: {2}Table 'public'\.'history' has no primary key/.test(line),
      ),
    );
    assert.ok(log.some((line) => /Table 'public'\.'pairs' has a composite primary key \(a, b\)/.test(line)));
    // A publication of a table without a replica identity would make PostgreSQL refuse these.
    await bench.query("UPDATE history SET what = 'y'");
    await bench.query("DELETE FROM history");
    await bench.stopTask(task);
  });

  it("takes up a table that is created while changes flow, with every row, and lets go of a dropped one", async () => {
    await bench.newDatabase();
    await bench.query("CREATE TABLE before_all (id int PRIMARY KEY, v int)");
    const task = await bench.createTask("appearing");
    await bench.loadAndResume(task);
    await createLater(bench, task);
    const { Table } = await bench.dynamodb.send(new DescribeTableCommand({ TableName: "later" }));
    assert.equal(Table?.ProvisionedThroughput?.WriteCapacityUnits, 200);
    assert.equal(Table?.StreamSpecification?.StreamEnabled ?? false, false);

    await bench.query("DROP TABLE later");
    await dropped(bench, task, "later");
    assert.equal(
      (await bench.items("later")).length,
      LATER_ROWS,
      "HandleSourceTableDropped is false: the items stay",
    );
    await bench.stopTask(task);
  });

  it("drops the target of a dropped table where HandleSourceTableDropped says so", async () => {
    await bench.newDatabase();
    await bench.query("CREATE TABLE doomed (id int PRIMARY KEY)");
    await bench.query("INSERT INTO doomed VALUES (1)");
    const task = await bench.createTask("dropping", {
      settings: { ...SETTINGS, ChangeProcessingDdlHandlingPolicy: { HandleSourceTableDropped: true } },
    });
    await bench.loadAndResume(task);
    await bench.query("DROP TABLE doomed");
    await dropped(bench, task, "doomed");
    await assert.rejects(bench.items("doomed"), { name: "ResourceNotFoundException" });
    await bench.stopTask(task);
  });

  it("lets added, dropped and renamed columns flow through", async () => {
    await bench.newDatabase();
    await bench.query("CREATE TABLE shape (id int PRIMARY KEY, a text, b text)");
    await bench.query("INSERT INTO shape VALUES (1, 'a1', 'b1')");
    const task = await bench.createTask("shape");
    await bench.loadAndResume(task);
    await bench.query("ALTER TABLE shape ADD COLUMN c int");
    await bench.query("INSERT INTO shape VALUES (2, 'a2', 'b2', 3)");
    await bench.query("ALTER TABLE shape DROP COLUMN b");
    await bench.query("INSERT INTO shape VALUES (3, 'a3', 4)");
    await bench.query("ALTER TABLE shape RENAME COLUMN a TO z");
    await bench.query("UPDATE shape SET c = 9 WHERE id = 1");
    await bench.query("INSERT INTO shape VALUES (4, 'z4', 5)");
    await poll("the last row", async () => (await bench.items("shape")).length === 4);
    assert.deepEqual(await bench.items("shape"), [
      { a: "a1", b: "b1", c: "9", id: "1", z: "a1" },
      { a: "a2", b: "b2", c: "3", id: "2" },
      { a: "a3", c: "4", id: "3" },
      { c: "5", id: "4", z: "z4" },
    ]);
    await bench.stopTask(task);
  });

  it("reloads a table on request, and keeps a target that exists when it is told to do nothing", async () => {
    await bench.newDatabase();
    await bench.query("CREATE TABLE mended (id int PRIMARY KEY, v text)");
    await bench.query("INSERT INTO mended SELECT i, 'v' || i FROM generate_series(1, 60) AS i");
    const task = await bench.createTask("reload");
    await bench.loadAndResume(task);
    await bench.dynamodb.send(new DeleteItemCommand({ TableName: "mended", Key: { id: { N: "3" } } }));
    await bench.dynamodb.send(new PutItemCommand({ TableName: "mended", Item: { id: { N: "999" } } }));
    await bench.dms.send(
      new ReloadTablesCommand({
        ReplicationTaskArn: task,
        TablesToReload: [{ SchemaName: "public", TableName: "mended" }],
      }),
    );
    await poll("the reload", async () => {
      const { mended } = await bench.statistics(task);
      return mended?.TableState === "Table completed" && mended.FullLoadReloaded === true;
    });
    const ids = (await bench.items("mended")).map((item) => item.id);
    assert.equal(ids.length, 61);
    assert.ok(ids.includes("3") && ids.includes("999"));
    await bench.stopTask(task);
    await assert.rejects(
      bench.dms.send(
        new ReloadTablesCommand({
          ReplicationTaskArn: task,
          TablesToReload: [{ SchemaName: "public", TableName: "mended" }],
        }),
      ),
      { name: "InvalidResourceStateFault" },
    );
  });

  it("empties or remakes existing targets where the settings say so", async () => {
    for (const mode of ["TRUNCATE_BEFORE_LOAD", "DROP_AND_CREATE"]) {
      await bench.newDatabase();
      const name = `prep_${mode.slice(0, 4).toLowerCase()}`;
      await bench.query(`CREATE TABLE ${name} (id int PRIMARY KEY)`);
      await bench.query(`INSERT INTO ${name} VALUES (1), (2)`);
      const settings = {
        ...SETTINGS,
        FullLoadSettings: { TargetTablePrepMode: mode, StopTaskCachedChangesNotApplied: true },
      };
      const task = await bench.createTask(name.replace("_", "-"), { settings });
      await bench.startTask(task);
      await bench.waitForTask(task, "stopped");
      await bench.dynamodb.send(new PutItemCommand({ TableName: name, Item: { id: { N: "77" } } }));
      await bench.dms.send(
        new StartReplicationTaskCommand({
          ReplicationTaskArn: task,
          StartReplicationTaskType: "reload-target",
        }),
      );
      await bench.waitForTask(task, "stopped");
      assert.deepEqual(await bench.items(name), [{ id: "1" }, { id: "2" }], mode);
    }
  });

  it("puts a row that is too large into the exceptions table and goes on", async () => {
    await bench.newDatabase();
    await bench.query("CREATE TABLE wide (id int PRIMARY KEY, a text, b text)");
    await bench.query(
      "INSERT INTO wide VALUES (1, repeat('x', 300000), repeat('y', 200000)), (2, 'ok', 'ok')",
    );
    const task = await bench.createTask("wide");
    await bench.loadAndResume(task);
    assert.equal((await bench.statistics(task)).wide?.FullLoadErrorRows, 1);
    await bench.query(
      "INSERT INTO wide VALUES (3, repeat('x', 300000), repeat('y', 200000)), (4, 'ok', 'ok')",
    );
    await poll("the row behind", async () => (await bench.items("wide")).length === 2);
    assert.deepEqual(
      (await bench.items("wide")).map((item) => item.id),
      ["2", "4"],
    );
    const exceptions = await poll("the exceptions", async () => {
      const found = (await bench.items("awsdms_apply_exceptions", "ERROR_TIME")).filter(
        (item) => item.TASK_NAME === task.split(":").pop(),
      );
      return found.length === 2 && found;
    });
    assert.ok(
      exceptions.every((item) => item.TABLE_NAME === "wide" && /500\d+ bytes/.test(String(item.ERROR))),
    );
    await bench.stopTask(task);
  });

  it("suspends a table at its first failed row where the policy says so", async () => {
    await bench.newDatabase();
    await bench.query("CREATE TABLE strict (id int PRIMARY KEY, a text, b text)");
    const task = await bench.createTask("strict", {
      settings: { ...SETTINGS, ErrorBehavior: { ApplyErrorInsertPolicy: "SUSPEND_TABLE" } },
    });
    await bench.loadAndResume(task);
    await bench.query("INSERT INTO strict VALUES (1, repeat('x', 300000), repeat('y', 200000))");
    await poll(
      "the suspension",
      async () => (await bench.statistics(task)).strict?.TableState === "Table error",
    );
    await bench.query("INSERT INTO strict VALUES (2, 'ok', 'ok')");
    await bench.stopTask(task);
    assert.deepEqual(await bench.items("strict"), []);
  });
});
