import assert from "node:assert/strict";
import fc from "fast-check";
import { AwsHttpError } from "../../../../sandbox/awsHttp";
import { ApiError } from "../../../../sandbox/lambda/apiError";
import type { GivenUp } from "../../../../sandbox/lambda/mapping/failureDestination";
import { type ShardOptions, ShardWorker } from "../../../../sandbox/lambda/mapping/shardWorker";
import { FakeCheckpoints, FakeStream, fakeRecord } from "../../../helpers/fakeStream";

interface Seen {
  n: number;
  key: string;
}

function recordsOf(event: string): Seen[] {
  return (JSON.parse(event) as { Records: Seen[] }).Records;
}

function sequence(n: number): string {
  return String(1000 + n);
}

/** One shard "s" of a fake stream, read by a worker whose function the test plays. */
class Rig {
  readonly checkpoints = new FakeCheckpoints();
  readonly reports: string[] = [];
  readonly givenUp: GivenUp[] = [];
  readonly batches: number[][] = [];
  /** Items that were in two invocations at once. */
  readonly overlaps: string[] = [];
  private readonly inFlight = new Set<string>();

  constructor(
    readonly stream: FakeStream,
    readonly options: Partial<ShardOptions> = {},
  ) {}

  /** Works until the shard's end, or until the signal aborts. @param play the function: what it answers, or throws */
  run(
    play: (records: Seen[]) => unknown = () => null,
    signal = new AbortController().signal,
  ): Promise<boolean> {
    const worker = new ShardWorker("s", {
      source: this.stream,
      checkpoints: this.checkpoints,
      start: { type: "TRIM_HORIZON" },
      batchSize: 100,
      windowMs: 0,
      lanes: 1,
      matches: () => true,
      policy: { maximumRetryAttempts: -1, bisect: false },
      maximumAgeSeconds: 86_400,
      reportsFailures: true,
      backoffMs: [0, 0],
      invoke: async (event) => {
        const records = recordsOf(event);
        this.batches.push(records.map(({ n }) => n));
        const keys = new Set(records.map(({ key }) => key));
        this.overlaps.push(...[...keys].filter((key) => this.inFlight.has(key)));
        for (const key of keys) {
          this.inFlight.add(key);
        }
        await new Promise((resolve) => setImmediate(resolve));
        for (const key of keys) {
          this.inFlight.delete(key);
        }
        try {
          return { requestId: "r", payload: JSON.stringify(play(records) ?? null), logTail: "" };
        } catch (error) {
          if (error instanceof ApiError) {
            throw error;
          }
          return { requestId: "r", payload: "{}", logTail: "", functionError: "Unhandled" as const };
        }
      },
      sendAway: async (given) => {
        this.givenUp.push(given);
      },
      report: (result) => this.reports.push(result),
      log: () => undefined,
      ...this.options,
    });
    return worker.run(signal);
  }
}

function streamOf(count: number, keys = 1): FakeStream {
  const stream = new FakeStream(7);
  stream.add(
    "s",
    Array.from({ length: count }, (_, n) => fakeRecord(n, `k${n % keys}`)),
  );
  return stream;
}

/** How the played function treats one record: it fails so often, by throwing or by reporting it. */
interface Trouble {
  failures: number;
  how: "throw" | "report";
}

describe("a shard's worker", () => {
  it("delivers a closed shard to its end and notes that it is finished", async () => {
    const rig = new Rig(streamOf(20), { batchSize: 8 });
    assert.equal(await rig.run(), true);
    assert.deepEqual(
      rig.batches.flat(),
      Array.from({ length: 20 }, (_, n) => n),
    );
    assert.ok(rig.batches.every((batch) => batch.length <= 8));
    assert.deepEqual(rig.checkpoints.read("s"), { sequenceNumber: sequence(19), finished: true });
  });

  it("resumes after its checkpoint", async () => {
    const rig = new Rig(streamOf(10));
    rig.checkpoints.write("s", { sequenceNumber: sequence(6) });
    await rig.run();
    assert.deepEqual(rig.batches.flat(), [7, 8, 9]);
  });

  it("is done with filtered records without delivering them", async () => {
    const rig = new Rig(streamOf(10), { matches: (event) => (event as Seen).n % 5 === 0 });
    await rig.run();
    assert.deepEqual(rig.batches.flat(), [0, 5]);
    assert.equal(rig.checkpoints.read("s").sequenceNumber, sequence(9));
  });

  it("waits out a throttled function without using up retries", async () => {
    let calls = 0;
    const rig = new Rig(streamOf(1), { policy: { maximumRetryAttempts: 0, bisect: false } });
    await rig.run(() => {
      if (++calls < 5) {
        throw new ApiError("TooManyRequestsException", "Rate Exceeded.");
      }
      return null;
    });
    assert.equal(calls, 5);
    assert.deepEqual(rig.givenUp, []);
  });

  it("gives up on records that are too old, and delivers the others", async () => {
    const stream = new FakeStream();
    const now = Date.now();
    stream.add("s", [fakeRecord(0, "k", now - 120_000), fakeRecord(1, "k", now)]);
    const rig = new Rig(stream, { maximumAgeSeconds: 60 });
    await rig.run();
    assert.deepEqual(rig.batches, [[1]]);
    assert.deepEqual(
      rig.givenUp.map(({ condition, records }) => [
        condition,
        records.map((record) => record.sequenceNumber),
      ]),
      [["RecordAgeExceeded", [sequence(0)]]],
    );
  });

  it("keeps what it gives up on until the destination takes it", async () => {
    let refusals = 3;
    const taken: GivenUp[] = [];
    const rig = new Rig(streamOf(1), {
      policy: { maximumRetryAttempts: 1, bisect: false },
      sendAway: async (given) => {
        if (refusals-- > 0) {
          throw new AwsHttpError("ECONNREFUSED", "s3 is not reachable", 0);
        }
        taken.push(given);
      },
    });
    await rig.run(() => {
      throw new Error("poison");
    });
    assert.deepEqual(
      taken.map(({ invocations, condition }) => ({ invocations, condition })),
      [{ invocations: 2, condition: "RetryAttemptsExhausted" }],
    );
    assert.ok(rig.reports.some((report) => report.startsWith("PROBLEM: the on-failure destination")));
  });

  it("goes on at the horizon where its checkpoint is no longer in the stream, without repeating what it knows", async () => {
    const stream = new FakeStream(2);
    stream.add(
      "s",
      [5, 6, 7, 8].map((n) => fakeRecord(n)),
    );
    const rig = new Rig(stream);
    rig.checkpoints.write("s", { sequenceNumber: "1004" });
    await rig.run();
    assert.deepEqual(rig.batches.flat(), [5, 6, 7, 8]);
    assert.deepEqual(
      stream.positions.map(({ position }) => position.type),
      ["AFTER_SEQUENCE_NUMBER", "TRIM_HORIZON"],
    );
  });

  it("reads on after an expired iterator and after an outage, and skips nothing", async () => {
    const stream = streamOf(30);
    stream.faults.push(
      { call: "read", error: new AwsHttpError("ECONNREFUSED", "refused", 0) },
      { call: "read", error: new AwsHttpError("ExpiredIteratorException", "expired", 400) },
    );
    const rig = new Rig(stream);
    await rig.run();
    assert.deepEqual(
      rig.batches.flat(),
      Array.from({ length: 30 }, (_, n) => n),
    );
    assert.match(rig.reports[0] ?? "", /^PROBLEM: DynamoDB stream cannot be read/);
  });

  it("does not begin at LATEST a second time: what came meanwhile is delivered", async () => {
    const stream = new FakeStream();
    const records = [fakeRecord(0, "k", Date.now() - 5_000)];
    stream.add("s", records, { closed: false });
    const rig = new Rig(stream, { start: { type: "LATEST" } });
    const first = new AbortController();
    const run = rig.run(undefined, first.signal);
    while (!rig.checkpoints.begun) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    first.abort();
    await run;
    records.push(fakeRecord(1, "k", Date.now() + 1_000));
    stream.add("s", records, { closed: true });
    await rig.run();
    assert.deepEqual(rig.batches, [[1]]);
  });

  it("keeps every item's order and skips nothing but what it gave up on, whatever fails and whenever it is stopped", async () => {
    const scenario = fc.record({
      keys: fc.array(fc.nat(5), { minLength: 1, maxLength: 60 }),
      troubles: fc.array(
        fc.option(
          fc.record({ failures: fc.integer({ min: 1, max: 9 }), how: fc.constantFrom("throw", "report") }),
          {
            freq: 3,
          },
        ),
        { maxLength: 60 },
      ),
      batchSize: fc.integer({ min: 1, max: 12 }),
      lanes: fc.integer({ min: 1, max: 4 }),
      retries: fc.integer({ min: 0, max: 4 }),
      bisect: fc.boolean(),
      stopAfter: fc.array(fc.integer({ min: 1, max: 15 }), { maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ keys, troubles, batchSize, lanes, retries, bisect, stopAfter }) => {
        const stream = new FakeStream(10);
        stream.add(
          "s",
          keys.map((key, n) => fakeRecord(n, `k${key}`)),
        );
        const left = new Map(troubles.map((trouble, n) => [n, trouble?.failures ?? 0]));
        const settled = new Set<number>();
        const effects: number[] = [];
        const rig = new Rig(stream, {
          batchSize,
          lanes,
          policy: { maximumRetryAttempts: retries, bisect },
          sendAway: async ({ records }) => {
            for (const record of records) {
              settled.add(Number(record.sequenceNumber) - 1000);
            }
          },
        });

        const play = (records: Seen[]): unknown => {
          // The function works through its batch, has its effects, and stops at the first record that fails.
          for (const { n } of records) {
            const trouble = troubles[n] as Trouble | undefined | null;
            const failures = left.get(n) ?? 0;
            if (trouble && failures > 0) {
              left.set(n, failures - 1);
              if (trouble.how === "throw") {
                throw new Error("fails");
              }
              return { batchItemFailures: [{ itemIdentifier: sequence(n) }] };
            }
            effects.push(n);
            settled.add(n);
          }
          return { batchItemFailures: [] };
        };

        const verifyCheckpoints = () => {
          for (const { checkpoint } of rig.checkpoints.written.splice(0)) {
            const reached = Number(checkpoint.sequenceNumber ?? "999") - 1000;
            for (let n = 0; n <= reached; n++) {
              assert.ok(settled.has(n), `the checkpoint passed record ${n}, which nobody got`);
            }
          }
        };

        const runs = [...stopAfter, Number.POSITIVE_INFINITY];
        for (const limit of runs) {
          const controller = new AbortController();
          let invocations = 0;
          const finished = await rig.run((records) => {
            verifyCheckpoints();
            if (++invocations >= limit) {
              controller.abort();
            }
            return play(records);
          }, controller.signal);
          verifyCheckpoints();
          assert.deepEqual(rig.overlaps, []);
          assert.ok(finished || limit !== Number.POSITIVE_INFINITY);
        }

        for (const [n] of keys.entries()) {
          assert.ok(settled.has(n), `record ${n} was neither processed nor given up on`);
        }
        const firsts = [...new Set(effects)];
        for (const key of new Set(keys)) {
          const order = firsts.filter((n) => keys[n] === key);
          assert.deepEqual(
            order,
            [...order].sort((a, b) => a - b),
            `the order of item k${key}`,
          );
        }
      }),
      { numRuns: 300 },
    );
  });
});
