import assert from "node:assert/strict";
import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { DmsBench } from "../helpers/dmsBench";
import { poll } from "../helpers/poll";

describe("the DMS stand-in's replication", function () {
  this.timeout(120_000);
  let bench: DmsBench;

  before(async () => {
    bench = await DmsBench.startServers();
    await bench.startDms({ ROWSTREAM_DMS_BEHAVIOUR: JSON.stringify({ nullOnUpdate: "remove" }) });
  });

  after(() => bench?.stop());

  it("loads, stops before the cached changes, resumes with them and goes on with later ones", async () => {
    await bench.newDatabase();
    await bench.query("CREATE TABLE narrow (id int PRIMARY KEY, name text, price numeric(10,2))");
    await bench.query("INSERT INTO narrow SELECT i, 'row ' || i, i / 4.0 FROM generate_series(1, 3000) AS i");
    const task = await bench.createTask("narrow");
    await bench.startTask(task);
    const stopped = await bench.waitForTask(task, "stopped");
    assert.equal(stopped.StopReason, "Stop Reason STOPPED_AFTER_FULL_LOAD");
    assert.equal(stopped.ReplicationTaskStats?.FullLoadProgressPercent, 100);
    const { narrow } = await bench.statistics(task);
    assert.equal(narrow?.TableState, "Table completed");
    assert.equal(narrow?.FullLoadRows, 3000);
    const { Table } = await bench.dynamodb.send(new DescribeTableCommand({ TableName: "narrow" }));
    assert.equal(Table?.ProvisionedThroughput?.ReadCapacityUnits, 200);
    assert.equal(Table?.ProvisionedThroughput?.WriteCapacityUnits, 200);
    assert.equal(Table?.StreamSpecification?.StreamEnabled ?? false, false);
    assert.deepEqual(Table?.AttributeDefinitions, [{ AttributeName: "id", AttributeType: "N" }]);

    await bench.query("UPDATE narrow SET name = 'while stopped' WHERE id = 7");
    await bench.query("DELETE FROM narrow WHERE id = 8");
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
    assert.deepEqual(items.get("9"), { id: "9", price: "2.25" });
    const after = await bench.stopTask(task);
    assert.equal(after.StopReason, "Stop Reason NORMAL");
    const { narrow: counted } = await bench.statistics(task);
    assert.deepEqual([counted?.AppliedInserts, counted?.AppliedUpdates, counted?.AppliedDeletes], [1, 2, 1]);
  });
});
