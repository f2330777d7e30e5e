import assert from "node:assert/strict";
import fc from "fast-check";
import type { ChangeEvent } from "../../functions/changeEvent";
import type { AttributeMap, BatchResponse, StreamRecord } from "../../functions/dynamoDbStream";
import type { StoredObject } from "../../functions/failureBucket";
import { type PrepareOptions, prepareBatch } from "../../functions/prepareBatch";
import type { ProcessOptions } from "../../functions/processBatch";
import type { PutRecords } from "../../functions/publish";
import { readSources } from "../../functions/sources";
import { FakeKinesis, type KinesisFaults, NO_FAULTS } from "./fakeKinesis";
import { deliver } from "./fakeMapping";
import { faultsOfOrder, fold } from "./order";
import { seededRandom } from "./seededRandom";
import { StreamRecords, sourcesOf } from "./streamRecords";
import { VirtualTime } from "./virtualTime";

/** A run in which so many invocations failed goes on without faults, so that it ends. */
const FAULTY_INVOCATIONS = 40;

/** Small, so that a few hundred characters make an event too large. */
const MAX_RECORD_BYTES = 700;

/** What happens, and what goes wrong meanwhile. */
export interface World {
  seed: number;
  /** What is done to which row; the row's state makes an insert, an update or a delete of it. */
  actions: { row: number; remove: boolean; large: boolean; broken: boolean }[];
  batchSize: number;
  invocationMs: number;
  faults: KinesisFaults;
  /** How often a write to the failure bucket fails. */
  bucketFault: number;
  /** How often an invocation is killed. */
  kill: number;
}

const rate = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.7, noNaN: true }));

const world: fc.Arbitrary<World> = fc.record({
  seed: fc.integer(),
  actions: fc.array(
    fc.record({
      row: fc.integer({ min: 1, max: 6 }),
      remove: fc.boolean(),
      large: fc.integer({ min: 0, max: 9 }).map((n) => n === 9),
      broken: fc.integer({ min: 0, max: 19 }).map((n) => n === 19),
    }),
    { minLength: 1, maxLength: 60 },
  ),
  batchSize: fc.integer({ min: 1, max: 40 }),
  invocationMs: fc.integer({ min: 20, max: 3_000 }),
  faults: fc.record({ entry: rate, call: rate, answer: rate, late: rate }),
  bucketFault: rate,
  kill: rate,
});

/** The fan-in, as a batch comes to it. */
export type Process = (records: readonly StreamRecord[], options: ProcessOptions) => Promise<BatchResponse>;

interface Outcome {
  /** Events lost or out of order. */
  faults: string[];
  /** Calls that were against the rules, whatever came of them. */
  violations: string[];
  folded: Map<string, unknown>;
  table: Map<string, unknown>;
  /** Records that cannot become events and are not in the bucket. */
  missingObjects: number;
}

/** Runs a function behind the fake mapping until every record is handled, and looks at what came out. */
async function run(given: World, process: Process): Promise<Outcome> {
  const random = seededRandom(given.seed);
  const time = new VirtualTime();
  const kinesis = new FakeKinesis(random, time, given.faults);
  const bucket = new Map<string, Buffer>();
  const { records, table, unprocessable } = changes(given.actions);
  let bucketFault = given.bucketFault;
  const prepareOptions: PrepareOptions = {
    sources: readSources(sourcesOf("shop-orders")),
    bucket: "failures",
    maxRecordBytes: MAX_RECORD_BYTES,
  };
  const putObject = async ({ key, body }: StoredObject) => {
    if (random() < bucketFault) {
      throw new Error("the bucket is not there");
    }
    bucket.set(key, Buffer.from(body));
  };

  await deliver(records, {
    batchSize: () => 1 + Math.floor(random() * given.batchSize),
    invoke: async (batch, invocation) => {
      const healed = invocation > FAULTY_INVOCATIONS;
      kinesis.faults = healed ? NO_FAULTS : given.faults;
      bucketFault = healed ? 0 : given.bucketFault;
      const doomed = !healed && random() < given.kill;
      const { putRecords, killed } = mortal(
        kinesis.putRecords,
        doomed ? random() * 5 : Number.POSITIVE_INFINITY,
      );
      const options: ProcessOptions = {
        ...prepareOptions,
        putRecords,
        putObject,
        random,
        wait: time.wait,
        deadline: time.deadline(healed ? 1_000_000 : given.invocationMs),
      };
      return await Promise.race([process(batch, options), killed]);
    },
  });
  await kinesis.settle();

  const read = (text: string): ChangeEvent => {
    const event: ChangeEvent = JSON.parse(text);
    return event.ref ? JSON.parse(String(bucket.get(event.ref.key))) : event;
  };
  const published = kinesis.stream.map(({ data }) => read(Buffer.from(data).toString()));
  const expected = prepareBatch(records, { ...prepareOptions, maxRecordBytes: 10 ** 9 })
    .flatMap(({ outgoing }) => (outgoing ? [outgoing] : []))
    .map(({ data }) => read(Buffer.from(data).toString()));
  return {
    faults: faultsOfOrder(expected, published),
    violations: kinesis.violations,
    folded: fold(published),
    table,
    missingObjects:
      unprocessable - [...bucket.keys()].filter((key) => key.startsWith("unprocessable/")).length,
  };
}

/** The stream's records of what is done to the rows, and the table as it is in the end. */
function changes(actions: World["actions"]) {
  const factory = new StreamRecords();
  const items = new Map<number, AttributeMap>();
  const records: StreamRecord[] = [];
  let unprocessable = 0;
  for (const [step, { row, remove, large, broken }] of actions.entries()) {
    const before = items.get(row);
    const after = {
      order_id: { N: String(row) },
      step: { N: String(step) },
      note: { S: "x".repeat(large ? 900 : 9) },
    };
    if (broken) {
      // The row stays as it was: what cannot be turned into an event cannot be folded either.
      records.push({ ...factory.insert(after), eventName: "BROKEN" });
      unprocessable += 1;
    } else if (before === undefined) {
      records.push(factory.insert(after));
      items.set(row, after);
    } else if (remove) {
      records.push(factory.remove(before));
      items.delete(row);
    } else {
      records.push(factory.update(before, after));
      items.set(row, after);
    }
  }
  const rows = [...items].map(([row, item]): [string, unknown] => [
    `public.orders {"order_id":${row}}`,
    { order_id: row, step: Number(item.step?.N), note: item.note?.S },
  ]);
  return { records, table: new Map(rows), unprocessable };
}

/** A sink that dies with its invocation after so many calls: those under way may still do their work. */
function mortal(putRecords: PutRecords, calls: number) {
  let left = calls;
  let kill: (reason: Error) => void = () => undefined;
  const killed = new Promise<never>((_, reject) => {
    kill = reject;
  });
  const dying: PutRecords = (records, signal) => {
    left -= 1;
    if (left < 0) {
      kill(new Error("the process was killed"));
      return new Promise(() => undefined);
    }
    return putRecords(records, signal);
  };
  return { putRecords: dying, killed };
}

/**
 * Tries a fan-in in so many random worlds, and stops at the first in which one of its promises is broken: an event
 * lost, one before an earlier one of its row, a record that is nowhere, a call against the rules.
 */
export function checkGuarantee(process: Process, numRuns: number): Promise<fc.RunDetails<[World]>> {
  const property = fc.asyncProperty(world, async (given) => {
    const { faults, violations, folded, table, missingObjects } = await run(given, process);
    assert.deepEqual(faults, []);
    assert.deepEqual(folded, table);
    assert.equal(missingObjects, 0, "a record that was set aside is not in the bucket");
    assert.deepEqual(violations, []);
  });
  return fc.check(property, { numRuns, endOnFailure: true });
}
