import assert from "node:assert/strict";
import fc from "fast-check";
import { FAULT_KINDS, type FaultKind } from "../convergence/faultKinds";
import { Play } from "../convergence/play";
import { type World, worlds } from "../convergence/world";
import { describeOnMariadb } from "../helpers/mariadb";
import type { TestEngine } from "../helpers/sourceServer";

/** How long a fault lasts that could last any time, in milliseconds. */
const LASTS_MS = 700;

/**
 * `SEED=… npm test -- test/sandbox/convergence.test.ts` plays the same world again; `SHRINK=1` with it looks for the
 * smallest world that still fails, which takes half a minute for each that it tries. CI plays one world, so that a
 * change is judged by what it changed; everybody else, and `npm run soak`, a new one each time.
 */
const CI_SEED = 1_219_121_639;
const seed = Number(process.env.SEED ?? (process.env.CI ? CI_SEED : Math.floor(Math.random() * 2 ** 31)));
const shrink = process.env.SHRINK === "1";

/** Plays one world and holds it to the promises. */
async function check(world: World): Promise<void> {
  const play = await Play.start(world);
  const survived: string[] = [];
  try {
    const pace = { lastsMs: LASTS_MS, onSurvived: (kind: string) => survived.push(kind) };
    const { events, changes, difference, faults } = await play.act(world.strikes, pace);
    assert.deepEqual(faults, []);
    assert.deepEqual(difference.shown, []);
    assert.ok(changes > 0 && events > 0, "nothing happened");
    assert.deepEqual(survived.sort(), world.strikes.map(({ kind }) => kind).sort());
  } finally {
    await play.stage.stop();
  }
}

/** Those that strike the source and its reader; the rest of the pipeline does not know the engine. */
const SOURCE_FAULTS: FaultKind[] = [
  "the replicator is killed",
  "the database is restarted",
  "the database crashes",
  "the task is stopped for a while",
  "DynamoDB throttles and fails",
];

async function playOne(engine: TestEngine, kinds: readonly FaultKind[], worldSeed: number): Promise<void> {
  const details = await fc.check(fc.asyncProperty(worlds(engine, kinds), check), {
    seed: worldSeed,
    numRuns: 1,
    endOnFailure: !shrink,
  });
  assert.ok(!details.failed, `${fc.defaultReportMessage(details)}\n${details.errorInstance}`);
}

describe("the events of a random database", function () {
  this.timeout(shrink ? 0 : 240_000);

  it(`come to its tables, whatever fails meanwhile: ${FAULT_KINDS.length} faults (SEED=${seed})`, () =>
    playOne("postgres", FAULT_KINDS, seed));
});

describeOnMariadb("the events of a random MariaDB", function () {
  this.timeout(shrink ? 0 : 240_000);
  const mariadbSeed = Number(process.env.SEED ?? CI_SEED);

  it(`come to its tables, whatever fails meanwhile: ${SOURCE_FAULTS.length} faults (SEED=${mariadbSeed})`, () =>
    playOne("mariadb", SOURCE_FAULTS, mariadbSeed));
});
