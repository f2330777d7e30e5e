import assert from "node:assert/strict";
import { join } from "node:path";
import type { RowstreamEvent } from "../../automation/events";
import { parseBehaviour } from "../../sandbox/dms/behaviour";
import { Comparison } from "../convergence/converge";
import { deployAndKill } from "../convergence/mortalDriver";
import { create } from "../convergence/play";
import { Replica } from "../convergence/replica";
import { Stage } from "../convergence/stage";
import type { World } from "../convergence/world";
import { comparedTables } from "../convergence/worldSource";
import { WorldWorkload } from "../convergence/worldWorkload";

/**
 * Where the driver is killed, run by run: each begins with what the one before has left. In the middle of an update
 * the engine is cut off as well, while it creates resources whose names AWS would refuse a second time.
 */
const STEPS: [code: RowstreamEvent["code"], type?: string][] = [
  ["ResourceStarted", "aws:kms/alias:Alias"],
  ["ResourceStarted", "aws:dms/endpoint:Endpoint"],
  ["ResourceStarted", "aws:dms/replicationTask:ReplicationTask"],
  ["ConnectionTestPassed"],
  ["FullLoadStarted"],
  ["TablesDiscovered"],
  ["ResourceFinished", "aws:dynamodb/table:Table"],
  ["InitialLoadStarted"],
  ["InitialLoadProgress"],
  ["ReplicationResuming"],
];

const WORLD: World = {
  engine: "postgres",
  seed: 1,
  // The other choice in everything that a world may choose.
  behaviour: parseBehaviour(
    '{"nullOnUpdate": "remove", "update": "replace", "tableName": "schema_table", "numericKey": "S", "timeText": "sql"}',
  ),
  initialLoad: true,
  tables: [
    { key: ["integer"], columns: ["text", "numeric(38,10)"], rows: 40 },
    { key: ["text", "uuid"], columns: ["jsonb"], rows: 20 },
  ],
  transactions: Array.from({ length: 40 }, (_, place) => [
    { table: place, row: (place * 7) % 40, kind: place % 9 === 0 ? "delete" : "put", value: place },
    { table: place + 1, row: (place * 3) % 40, kind: "change", value: place * 5 },
  ]),
  strikes: [],
};

describe("a deployment that is killed at one step after the other, under load", function () {
  this.timeout(240_000);
  const directoryBefore = process.cwd();
  let stage: Stage;
  let workload: WorldWorkload;

  before(async () => {
    process.chdir(join(__dirname, "..", "..", ".."));
    const { engine, seed, behaviour } = WORLD;
    stage = await Stage.start(engine, (client) => create(WORLD, client), seed, behaviour);
    workload = new WorldWorkload(stage, WORLD);
    workload.start();
  });

  after(async () => {
    await workload?.stop();
    await stage?.stop();
    process.chdir(directoryBefore);
  });

  it("is completed by running it again, and the events from the first row on come to the tables", async () => {
    const missed: string[] = [];
    for (const step of STEPS) {
      const killed = await deployAndKill(stage, ...step);
      if (!killed) {
        missed.push(step.join(" "));
      }
    }
    assert.deepEqual(missed, []);
    await stage.deploy(true);
    await workload.more(100);
    await workload.stop();
    const replica = new Replica();
    const difference = await new Comparison(stage, replica, comparedTables(WORLD), true).settle(45_000);
    assert.deepEqual(difference.shown, []);
    assert.deepEqual(replica.faults, []);
  });
});
