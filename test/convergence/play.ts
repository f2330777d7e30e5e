import { Comparison, type Difference } from "./converge";
import type { FaultKind } from "./faultKinds";
import { Replica } from "./replica";
import { Stage } from "./stage";
import { STRIKES } from "./strikes";
import type { World } from "./world";
import { comparedTables, creation } from "./worldSource";
import { WorldWorkload } from "./worldWorkload";

/** How long the events may stop before they are taken for complete, in milliseconds. */
const SETTLE_MS = 45_000;

/** Changes without faults, before the first and after the last. */
const CALM_CHANGES = 60;

/** What came of a world. */
export interface Outcome {
  changes: number;
  events: number;
  duplicates: number;
  /** Faults survived. */
  survived: FaultKind[];
  difference: Difference;
  /** Promises of the events that were broken. */
  faults: readonly string[];
}

/** A world on its stage: the pipeline is deployed and no change has been made. */
export class Play {
  private readonly replica = new Replica();
  private readonly comparison: Comparison;

  private constructor(
    readonly stage: Stage,
    private readonly world: World,
  ) {
    this.comparison = new Comparison(stage, this.replica, comparedTables(world), world.initialLoad);
  }

  static async start(world: World): Promise<Play> {
    const stage = await Stage.start(async (client) => {
      for (const { text, values } of creation(world)) {
        await client.query(text, values);
      }
    }, world.seed);
    try {
      await stage.deploy(world.initialLoad);
    } catch (error) {
      await stage.stop();
      throw error;
    }
    return new Play(stage, world);
  }

  /**
   * Lets the workload run while every fault of the world strikes, and then waits for the events.
   * @param lastsMs how long a fault lasts that could last any time
   */
  async act(lastsMs: number, onStrike: (kind: FaultKind) => void = () => undefined): Promise<Outcome> {
    const { stage, world, replica, comparison } = this;
    const workload = new WorldWorkload(stage, world);
    const survived: FaultKind[] = [];
    const strike = async (kind: FaultKind) => {
      onStrike(kind);
      await STRIKES[kind]({ stage, lastsMs, changes: (count) => workload.more(count) });
      survived.push(kind);
      await comparison.read();
    };
    try {
      await workload.more(CALM_CHANGES);
      let underWay: Promise<void>[] = [];
      for (const { kind, together } of world.strikes) {
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
    return { changes: workload.changes, events, duplicates, survived, difference, faults };
  }
}
