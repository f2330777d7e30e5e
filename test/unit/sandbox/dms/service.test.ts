import assert from "node:assert/strict";
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseBehaviour } from "../../../../sandbox/dms/behaviour";
import { newTable, type Progress, replicationStats } from "../../../../sandbox/dms/replicator/progress";
import { loadOperations } from "../../../../sandbox/dms/server";
import { missingPrerequisites } from "../../../../sandbox/dms/source/postgres/prerequisites";
import { Store } from "../../../../sandbox/dms/store";
import { mergeTaskSettings } from "../../../../sandbox/dms/taskSettings";
import { temporaryFolder } from "../../../helpers/temporaryFolder";

describe("loadOperations", () => {
  it("finds an operation in every file of actions/", () => {
    const names = [...loadOperations().keys()];
    assert.equal(
      names.length,
      readdirSync(join(__dirname, "../../../../sandbox/dms/actions")).filter((file) => file.endsWith(".js"))
        .length,
    );
    assert.ok(names.includes("DescribeTableStatistics") && names.includes("StartReplication"));
  });
});

describe("parseBehaviour", () => {
  it("has a default for everything, and names what it does not know", () => {
    assert.deepEqual(parseBehaviour(undefined), {
      nullOnUpdate: "keep",
      update: "merge",
      tableName: "table",
      numericKey: "N",
      timeText: "iso",
      unlistedTypes: "text",
      newTables: "create",
    });
    assert.throws(
      () => parseBehaviour('{"nullOnUpdate": "drop"}'),
      /ROWSTREAM_DMS_BEHAVIOUR: .*"keep"\|"remove"/s,
    );
    assert.throws(() => parseBehaviour('{"nulls": "keep"}'), /nulls/);
    assert.throws(() => parseBehaviour("{"), /not JSON/);
  });
});

describe("mergeTaskSettings", () => {
  it("keeps what is not sent, and fills in the service's defaults", () => {
    const first = mergeTaskSettings(
      undefined,
      '{"FullLoadSettings": {"CommitRate": 5000}, "Other": {"a": 1}}',
    );
    const second = JSON.parse(mergeTaskSettings(first, '{"FullLoadSettings": {"MaxFullLoadSubTasks": 2}}'));
    assert.equal(second.FullLoadSettings.CommitRate, 5000);
    assert.equal(second.FullLoadSettings.MaxFullLoadSubTasks, 2);
    assert.equal(second.FullLoadSettings.TargetTablePrepMode, "DROP_AND_CREATE");
    assert.equal(second.ChangeProcessingDdlHandlingPolicy.HandleSourceTableDropped, true);
    assert.deepEqual(second.Other, { a: 1 });
  });
});

describe("missingPrerequisites", () => {
  const fine = {
    version: 150_000,
    wal_level: "logical",
    max_slots: 10,
    used_slots: 0,
    has_slot: false,
    max_senders: 10,
    used_senders: 0,
    role: "reader",
    superuser: false,
    replication: true,
    rds_replication: false,
    may_create: true,
    database: "shop",
  };

  it("finds nothing where everything is there", () => {
    assert.deepEqual(missingPrerequisites(fine), []);
    assert.deepEqual(missingPrerequisites({ ...fine, used_slots: 10, has_slot: true }), []);
    assert.deepEqual(missingPrerequisites({ ...fine, replication: false, rds_replication: true }), []);
  });

  it("names each setting that is wrong and the statement that mends it", () => {
    const cases: [fault: Partial<typeof fine>, message: RegExp][] = [
      [{ version: 110_000 }, /version is 11; 12 or later/],
      [{ wal_level: "replica" }, /wal_level is replica.*ALTER SYSTEM SET wal_level = 'logical'/],
      [{ used_slots: 10 }, /max_replication_slots is 10.*ALTER SYSTEM SET max_replication_slots = 15/],
      [{ used_senders: 10 }, /max_wal_senders is 10.*ALTER SYSTEM SET max_wal_senders = 15/],
      [{ replication: false }, /ALTER ROLE "reader" REPLICATION/],
      [{ may_create: false }, /GRANT CREATE ON DATABASE "shop" TO "reader"/],
    ];
    for (const [fault, message] of cases) {
      const faults = missingPrerequisites({ ...fine, ...fault });
      assert.equal(faults.length, 1);
      assert.match(faults[0] ?? "", message);
    }
  });
});

describe("replicationStats", () => {
  it("counts tables by their states", () => {
    const progress: Progress = { phase: "load", start: 100, stop: 102.5, tables: {} };
    const states = ["Before load", "Full load", "Table completed", "Table error"] as const;
    for (const [index, state] of states.entries()) {
      const table = newTable(String(index), "public", `t${index}`);
      table.statistics.TableState = state;
      progress.tables[`t${index}`] = table;
    }
    assert.deepEqual(replicationStats(progress), {
      FullLoadProgressPercent: 50,
      ElapsedTimeMillis: 2500,
      TablesLoaded: 1,
      TablesLoading: 1,
      TablesQueued: 1,
      TablesErrored: 1,
      StartDate: 100,
      StopDate: 102.5,
    });
  });
});

describe("Store", () => {
  it("has on disk what was saved, for its owner alone", () => {
    const folder = temporaryFolder();
    try {
      const store = new Store(folder);
      store.state.tags["arn:x"] = { a: "b" };
      store.save();
      store.writeProgress("ID", { phase: "load" });
      assert.equal(statSync(join(folder, "resources.json")).mode & 0o777, 0o600);
      const again = new Store(folder);
      assert.deepEqual(again.state.tags, { "arn:x": { a: "b" } });
      assert.deepEqual(again.readProgress("ID"), { phase: "load" });
      again.removeProgress("ID");
      assert.equal(again.readProgress("ID"), undefined);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
