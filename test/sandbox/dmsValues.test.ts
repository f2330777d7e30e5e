import assert from "node:assert/strict";
import type { Behaviour } from "../../sandbox/dms/behaviour";
import { DmsBench, SETTINGS } from "../helpers/dmsBench";
import { poll } from "../helpers/poll";

/** The values of every type go through the whole pipeline in postgresTypes.test.ts. */
describe("the DMS stand-in's values", function () {
  this.timeout(120_000);
  let bench: DmsBench;

  before(async () => {
    bench = await DmsBench.start();
  });

  after(() => bench?.stop());

  it("cuts large objects off where the settings say so, between two characters", async () => {
    await bench.newDatabase();
    await bench.query("CREATE TABLE lobs (id int PRIMARY KEY, v text)");
    await bench.query("INSERT INTO lobs VALUES (1, repeat('é', 2000))");
    const settings = { ...SETTINGS, TargetMetadata: { LimitedSizeLobMode: true, LobMaxSize: 1 } };
    const task = await bench.createTask("lobs", { settings });
    await bench.startTask(task);
    await bench.waitForTask(task, "stopped");
    assert.equal((await bench.items("lobs"))[0]?.v, "é".repeat(512));
  });

  it("does not capture TRUNCATE, or fails where the settings say so", async () => {
    await bench.newDatabase();
    await bench.query("CREATE TABLE emptied (id int PRIMARY KEY)");
    await bench.query("INSERT INTO emptied VALUES (1)");
    const task = await bench.createTask("emptied");
    await bench.loadAndResume(task);
    await bench.query("TRUNCATE emptied");
    await bench.query("INSERT INTO emptied VALUES (2)");
    await poll("the change behind it", async () => (await bench.items("emptied")).length === 2);
    await bench.stopTask(task);
    const strict = await bench.createTask("emptied-strict", {
      settings: { ...SETTINGS, ErrorBehavior: { ApplyErrorFailOnTruncationDdl: true } },
    });
    await bench.loadAndResume(strict);
    await bench.query("TRUNCATE emptied");
    const failed = await bench.waitForTask(strict, "failed");
    assert.match(failed.LastFailureMessage ?? "", /Truncation DDL detected on table 'public'\.'emptied'/);
  });

  describe("where AWS DMS may act either way", () => {
    /** A task under a behaviour, with two changes made of its table; its tables are looked at through `items`. */
    async function withBehaviour(
      behaviour: Partial<Behaviour>,
      name: string,
      target = name,
    ): Promise<{ task: string; items: Awaited<ReturnType<DmsBench["items"]>> }> {
      await bench.endDms("SIGTERM");
      await bench.startDms({ ROWSTREAM_DMS_BEHAVIOUR: JSON.stringify(behaviour) });
      await bench.newDatabase();
      await bench.query(
        `CREATE TABLE ${name} (id int PRIMARY KEY, a varchar(9), large varchar, at timestamp, t time)`,
      );
      await bench.query(`ALTER TABLE ${name} ALTER COLUMN large SET STORAGE EXTERNAL`);
      await bench.query(
        `INSERT INTO ${name} VALUES (1, 'a', repeat('x', 5000), '2026-11-23 14:15', '14:15'), (2, 'b', NULL, NULL, NULL)`,
      );
      const task = await bench.createTask(name.replaceAll("_", "-"));
      await bench.loadAndResume(task);
      await bench.query(`UPDATE ${name} SET a = NULL WHERE id = 1`);
      await bench.query(`UPDATE ${name} SET a = 'behind' WHERE id = 2`);
      const items = await poll("the changes", async () => {
        const found = await bench.items(target);
        return found[1]?.a === "behind" && found;
      });
      return { task, items };
    }

    const LARGE = "x".repeat(5_000);
    const ROW = { id: "1", at: "2026-11-23T14:15:00.000000", t: "14:15:00.000000" };
    const CASES: [name: string, behaviour: Partial<Behaviour>, row: Record<string, string>][] = [
      ["keeps an attribute that an update sets to NULL (the default)", {}, { ...ROW, a: "a", large: LARGE }],
      ["takes it away (nullOnUpdate remove)", { nullOnUpdate: "remove" }, { ...ROW, large: LARGE }],
      ["loses what the log does not carry (update replace)", { update: "replace" }, ROW],
      [
        "writes dates and times as SQL does (timeText sql)",
        { timeText: "sql" },
        { ...ROW, a: "a", large: LARGE, at: "2026-11-23 14:15:00.000000" },
      ],
      [
        "carries no TIME (unlistedTypes lost)",
        { unlistedTypes: "lost" },
        { id: ROW.id, a: "a", at: ROW.at, large: LARGE },
      ],
    ];
    for (const [index, [title, behaviour, row]] of CASES.entries()) {
      it(title, async () => {
        const { task, items } = await withBehaviour(behaviour, `either_${index}`);
        assert.deepEqual(items[0], row);
        await bench.stopTask(task);
      });
    }

    it("names tables with their schema, and makes string keys (tableName schema_table, numericKey S)", async () => {
      const behaviour: Partial<Behaviour> = { tableName: "schema_table", numericKey: "S" };
      const { task } = await withBehaviour(behaviour, "named", "public_named");
      await bench.stopTask(task);
    });

    it("leaves out a table that is created later, until all are loaded again (newTables ignore)", async () => {
      const { task } = await withBehaviour({ newTables: "ignore" }, "earlier");
      await bench.query("CREATE TABLE later (id int PRIMARY KEY)");
      await bench.query("INSERT INTO later VALUES (1)");
      await bench.query("ALTER TABLE earlier ADD COLUMN b int");
      await bench.query("UPDATE earlier SET b = 1");
      await poll("a look at the tables", async () => (await bench.statistics(task)).earlier?.Ddls === 1);
      await bench.stopTask(task);
      await bench.startTask(task, "resume-processing");
      await bench.waitForTask(task, "running");
      assert.deepEqual(Object.keys(await bench.statistics(task)), ["earlier"]);
      await bench.stopTask(task);
      await bench.startTask(task, "reload-target");
      await bench.waitForTask(task, "stopped");
      assert.equal((await bench.items("later")).length, 1);
    });
  });
});
