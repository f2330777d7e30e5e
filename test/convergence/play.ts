import { setTimeout as sleep } from "node:timers/promises";
import type { TestClient } from "../helpers/sourceServer";
import { Comparison, type Difference } from "./converge";
import type { FaultKind } from "./faultKinds";
import { Replica } from "./replica";
import { Stage } from "./stage";
import { STRIKES } from "./strikes";
import type { Strike, World } from "./world";
import { comparedTables, creation } from "./worldSource";
import { WorldWorkload } from "./worldWorkload";

/** How long the events may stop before they are taken for complete, in milliseconds. */
const SETTLE_MS = 45_000;

/** Changes without faults, before the first and after the last. */
const CALM_CHANGES = 60;

/** What came of a world so far. */
export interface Outcome {
  changes: number;
  events: number;
  duplicates: number;
  difference: Difference;
  /** The first of the promises of the events that were broken. */
  faults: readonly string[];
}

/** How faults strike. */
export interface Pace {
  /** How long a fault lasts that could last any time, in milliseconds. */
  lastsMs: number;
  /** The rest after each, in milliseconds. Default: none. */
  restMs?: number;
  /** Told of each fault that is over. */
  onSurvived(kind: FaultKind): void;
}

/** A world on its stage, with the pipeline deployed. */
export class Play {
  private readonly replica = new Replica();
  private readonly comparison: Comparison;
  private readonly workload: WorldWorkload;

  private constructor(
    readonly stage: Stage,
    world: World,
  ) {
    this.comparison = new Comparison(stage, this.replica, comparedTables(world), world.initialLoad);
    this.workload = new WorldWorkload(stage, world);
  }

  static async start(world: World): Promise<Play> {
    const { engine, seed, behaviour } = world;
    const stage = await Stage.start(engine, (client) => create(world, client), seed, behaviour);
    try {
      await stage.deploy(world.initialLoad);
      return new Play(stage, world);
    } catch (error) {
      await stage.stop();
      throw error;
    }
  }

  /** Lets the workload run while faults strike, and then waits for the events. */
  async act(strikes: readonly Strike[], { lastsMs, restMs = 0, onSurvived }: Pace): Promise<Outcome> {
    const { stage, workload, replica, comparison } = this;
    const strike = async (kind: FaultKind) => {
      await STRIKES[kind]({ stage, lastsMs, changes: (count) => workload.more(count) });
      onSurvived(kind);
      await comparison.read();
      await sleep(restMs);
    };
    workload.start();
    try {
      await workload.more(CALM_CHANGES);
      let underWay: Promise<void>[] = [];
      for (const { kind, together } of strikes) {
        underWay.push(strike(kind));
        if (!together) {
          await Promise.all(underWay);
          underWay = [];
        }
      }
      await Promise.all(underWay);
      await workload.more(CALM_CHANGES);
    } finally {
      await workload.stop();
    }
    const difference = await comparison.settle(SETTLE_MS);
    const { events, duplicates, faults } = replica;
    return { changes: workload.changes, events, duplicates, difference, faults };
  }
}

/** Makes a world's tables and the rows that are there before the pipeline is. */
export async function create(world: World, client: TestClient): Promise<void> {
  for (const { text, values } of creation(world)) {
    await client.query(text, values);
  }
}
