/**
 * The convergence test for as long as one likes: `npm run soak -- --minutes 10 [--seed N] [--pgbench] [--engine mariadb]`. Plays one
 * random world after another, each for a few minutes, while every fault strikes again and again. Exit code 1 when
 * rows differ or a promise was broken.
 */
import { parseArgs } from "node:util";
import fc from "fast-check";
import type { TestEngine } from "../helpers/sourceServer";
import { FAULT_KINDS, type FaultKind } from "./faultKinds";
import { findPgbench, playPgbench } from "./pgbenchPlay";
import { type Outcome, Play } from "./play";
import { worlds } from "./world";

/** How long a world is played: after that a new sandbox begins, with new tables. */
const WORLD_MS = 3 * 60_000;

/** A stand-in that crashes five times in a minute is given up by the sandbox; a round has three for one of them. */
const PACE = { lastsMs: 3_000, restMs: 3_500 };

const PGBENCH = { seconds: 120, rate: 60, accounts: 100_000, restMs: 8_000 };

/** What came of everything so far. */
class Tally {
  private changes = 0;
  private events = 0;
  private duplicates = 0;
  private worlds = 0;
  private rows = 0;
  private readonly broken: string[] = [];
  private readonly survived = new Map<FaultKind, number>();

  readonly onSurvived = (kind: FaultKind): void => {
    this.survived.set(kind, (this.survived.get(kind) ?? 0) + 1);
  };

  add({ changes, events, duplicates, difference, faults }: Outcome): void {
    this.worlds++;
    this.changes += changes;
    this.events += events;
    this.duplicates += duplicates;
    this.rows += difference.rows;
    this.broken.push(...difference.shown, ...faults);
  }

  get failed(): boolean {
    return this.rows > 0 || this.broken.length > 0;
  }

  print(): void {
    const lines = [
      ["changes made", this.changes],
      ["events out", this.events],
      ["of them duplicates", this.duplicates],
      ["worlds", this.worlds],
      ["faults survived", [...this.survived.values()].reduce((sum, count) => sum + count, 0)],
      ...[...this.survived].sort().map(([kind, count]) => [`  ${kind}`, count]),
      ["rows that differ", this.rows],
      ["promises broken", this.broken.length],
    ];
    for (const [what, count] of lines) {
      say(`${String(what).padEnd(52)} ${String(count).padStart(8)}`);
    }
    for (const text of this.broken) {
      say(text);
    }
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function playWorld(engine: TestEngine, seed: number, until: number, tally: Tally): Promise<void> {
  const [world] = fc.sample(worlds(engine), { seed, numRuns: 1 });
  if (world === undefined) {
    return;
  }
  const play = await Play.start(world);
  let outcome: Outcome | undefined;
  try {
    const end = Math.min(until, Date.now() + WORLD_MS);
    for (let round = 0; round === 0 || Date.now() < end; round++) {
      const [{ strikes } = world] = fc.sample(worlds(engine), { seed: seed + round, numRuns: 1 });
      outcome = await play.act(strikes, { ...PACE, onSurvived: tally.onSurvived });
      const { changes, events, difference } = outcome;
      say(
        `world ${seed}, round ${round + 1}: ${changes} changes, ${events} events, ${difference.rows} rows differ`,
      );
      if (difference.rows > 0 || outcome.faults.length > 0) {
        break;
      }
    }
  } finally {
    await play.stage.stop();
  }
  if (outcome !== undefined) {
    tally.add(outcome);
  }
}

async function playPgbenchOnce(tally: Tally): Promise<void> {
  const program = findPgbench();
  if (program === undefined) {
    say("pgbench is left out: it does not come with this PostgreSQL; install PostgreSQL's contrib programs");
    return;
  }
  const outcome = await playPgbench(program, { ...PGBENCH, onSurvived: tally.onSurvived });
  say(
    `pgbench: ${outcome.changes} changes, ${outcome.events} events, ${outcome.difference.rows} rows differ`,
  );
  tally.add(outcome);
}

function engineOf(name = "postgres"): TestEngine {
  if (name !== "postgres" && name !== "mariadb") {
    throw new Error(`--engine ${name}: give postgres or mariadb`);
  }
  return name;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string" },
      seed: { type: "string" },
      pgbench: { type: "boolean" },
      engine: { type: "string" },
    },
  });
  const engine = engineOf(values.engine);
  const minutes = Number(values.minutes ?? 10);
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  if (!(minutes > 0) || !Number.isInteger(seed)) {
    throw new Error(
      `--minutes ${values.minutes} --seed ${values.seed}: give a number of minutes above 0 and a whole number`,
    );
  }
  const tally = new Tally();
  if (values.pgbench) {
    await playPgbenchOnce(tally);
  } else {
    say(`${minutes} minutes, ${FAULT_KINDS.length} kinds of faults, on ${engine}; again with --seed ${seed}`);
    const until = Date.now() + minutes * 60_000;
    for (let world = 0; Date.now() < until && !tally.failed; world++) {
      await playWorld(engine, seed + 1_000 * world, until, tally);
    }
  }
  tally.print();
  process.exitCode = tally.failed ? 1 : 0;
}

main().catch((error: Error) => {
  process.stderr.write(`error: ${error.stack}\n`);
  process.exitCode = 1;
});
