import { setTimeout as sleep } from "node:timers/promises";
import type { FaultKind } from "./faultKinds";
import type { MiniStackFaults } from "./miniStackFaults";
import type { Stage } from "./stage";

/** What a fault strikes. */
export interface Target {
  stage: Stage;
  /** How long a fault lasts that could last any time, in milliseconds. */
  lastsMs: number;
  /** Waits until so many rows more have been changed in the source. */
  changes(count: number): Promise<void>;
}

/** Faults of MiniStack for a while, and until they have struck. */
async function faulty(
  { stage, lastsMs }: Target,
  faults: Partial<MiniStackFaults>,
  healed: Partial<MiniStackFaults>,
): Promise<void> {
  const [fault] = Object.keys(faults) as [keyof MiniStackFaults];
  await stage.setFaults(faults);
  await Promise.all([stage.struck(fault, 2), sleep(lastsMs)]);
  await stage.setFaults(healed);
}

/** How long the mappings may take to go on after a restart of the Lambda stand-in, in milliseconds. */
const TRIM_PATIENCE_MS = 10_000;

/** How each fault strikes; resolves when it is over. What it did to the events shows only later. */
export const STRIKES: Record<FaultKind, (target: Target) => Promise<void>> = {
  async "the fan-in is killed while its call is under way"({ stage }) {
    await Promise.all([stage.struck("hold", 1), stage.setFaults({ hold: true })]);
    await stage.kill("fan-in").finally(() => stage.setFaults({ hold: false }));
  },
  "entries of PutRecords fail": (target) => faulty(target, { entry: 0.4 }, { entry: 0 }),
  "PutRecords is throttled": (target) => faulty(target, { call: 0.6 }, { call: 0 }),
  "answers of PutRecords are lost": (target) => faulty(target, { answer: 0.5 }, { answer: 0 }),
  "calls of PutRecords land late": (target) => faulty(target, { late: 0.5 }, { late: 0 }),
  "Kinesis is down": (target) => faulty(target, { down: true }, { down: false }),
  "MiniStack is slow": (target) => faulty(target, { slowMs: 200 }, { slowMs: 0 }),
  "DynamoDB throttles and fails": (target) => faulty(target, { items: 0.25 }, { items: 0 }),
  "the replicator is killed": ({ stage }) => stage.kill("replicator"),
  "the Lambda stand-in is killed": ({ stage }) => stage.kill("Lambda stand-in"),
  async "batches are delivered again"({ stage, changes }) {
    const deliverAgain = stage.rememberCheckpoints();
    await changes(50);
    await deliverAgain();
  },
  async "the record read last is trimmed"({ stage }) {
    await stage.setFaults({ trimmed: true });
    // It strikes where a mapping goes on behind a record; where none has read one yet, there is nothing to trim.
    const strike = stage.struck("trimmed", 1, TRIM_PATIENCE_MS).catch(() => undefined);
    await Promise.all([strike, stage.kill("Lambda stand-in")]);
    await stage.setFaults({ trimmed: false });
  },
  "the database is restarted": ({ stage }) => stage.restartDatabase("fast"),
  "the database crashes": ({ stage }) => stage.restartDatabase("immediate"),
  async "the task is stopped for a while"({ stage, changes, lastsMs }) {
    await stage.stopTask();
    await Promise.all([changes(50), sleep(lastsMs)]);
    await stage.resumeTask();
  },
};
