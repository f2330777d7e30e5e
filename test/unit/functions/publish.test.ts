import assert from "node:assert/strict";
import fc from "fast-check";
import { backOff, type PutRecords, publish } from "../../../functions/publish";
import type { OutgoingRecord } from "../../../functions/rowQueue";
import { FakeKinesis } from "../../helpers/fakeKinesis";
import { VirtualTime } from "../../helpers/virtualTime";

/** One record a letter, the letter being its row and its number its content. */
function rows(letters: string): OutgoingRecord[] {
  return [...letters].map((partitionKey, index) => ({ partitionKey, data: Buffer.from(String(index)) }));
}

function contents(records: readonly OutgoingRecord[]): number[] {
  return records.map(({ data }) => Number(Buffer.from(data).toString()));
}

/** A sink that answers each call by a script, and notes what it was given. */
function scripted(...answers: ((records: readonly OutgoingRecord[]) => (string | null)[] | Error)[]) {
  const calls: number[][] = [];
  const putRecords: PutRecords = async (records) => {
    const answer = answers[calls.length] ?? ((all) => all.map(() => null));
    calls.push(contents(records));
    const result = answer(records);
    if (result instanceof Error) {
      throw result;
    }
    return result;
  };
  return { calls, putRecords };
}

function failing(...positions: number[]) {
  return (records: readonly OutgoingRecord[]) =>
    records.map((_, position) => (positions.includes(position) ? "InternalFailure" : null));
}

function awsError(name: string, $fault: "client" | "server", httpStatusCode = 400): Error {
  return Object.assign(new Error(name), { name, $fault, $metadata: { httpStatusCode } });
}

const INVOCATION_MS = 60_000;

function options(putRecords: PutRecords, milliseconds = INVOCATION_MS) {
  const time = new VirtualTime();
  return { putRecords, wait: time.wait, random: () => 0.5, deadline: time.deadline(milliseconds), time };
}

describe("publishing", () => {
  it("sends a batch of different rows in one call", async () => {
    const { calls, putRecords } = scripted();
    const report = await publish(rows("abc"), options(putRecords));
    assert.deepEqual(calls, [[0, 1, 2]]);
    assert.deepEqual(report, { firstUnpublished: undefined, calls: 1, failures: 0, lastError: undefined });
  });

  it("makes no call for an empty batch", async () => {
    const { calls, putRecords } = scripted();
    assert.equal((await publish([], options(putRecords))).firstUnpublished, undefined);
    assert.deepEqual(calls, []);
  });

  it("sends the records of one row in calls one after the other", async () => {
    const { calls, putRecords } = scripted();
    await publish(rows("aabaa"), options(putRecords));
    assert.deepEqual(calls, [[0, 2], [1], [3], [4]]);
  });

  it("sends again only what failed, and meanwhile nothing behind it in its row", async () => {
    const { calls, putRecords } = scripted(failing(0));
    const report = await publish(rows("aba"), options(putRecords));
    assert.deepEqual(calls, [[0, 1], [0], [2]]);
    assert.deepEqual(report, {
      firstUnpublished: undefined,
      calls: 3,
      failures: 1,
      lastError: "InternalFailure",
    });
  });

  it("goes on with other rows while one is held up", async () => {
    const { calls, putRecords } = scripted(failing(0));
    await publish(rows("abb"), options(putRecords));
    assert.deepEqual(
      calls,
      [
        [0, 1],
        [0, 2],
      ].sort(),
      "b's second record goes with a's second try",
    );
  });

  it("takes a record without an answer for one that failed", async () => {
    const { calls, putRecords } = scripted((records) => records.slice(1).map(() => null));
    await publish(rows("ab"), options(putRecords));
    assert.deepEqual(calls, [[0, 1], [1]]);
  });

  for (const [what, error] of [
    ["the network", new Error("socket hang up")],
    ["throttling of the call", awsError("ProvisionedThroughputExceededException", "client")],
    ["throttling by the key", awsError("KMSThrottlingException", "client")],
    ["too many requests", awsError("SlowDown", "client", 429)],
    ["the service", awsError("InternalFailure", "server", 500)],
  ] as const) {
    it(`sends a whole call again that failed by ${what}`, async () => {
      const { calls, putRecords } = scripted(() => error);
      const report = await publish(rows("aba"), options(putRecords));
      assert.deepEqual(calls, [[0, 1], [0, 1], [2]]);
      assert.equal(report.firstUnpublished, undefined);
      assert.equal(report.lastError, error.name);
    });
  }

  it("gives up at once when the stream refuses the call for good", async () => {
    const { calls, putRecords } = scripted(() => awsError("AccessDeniedException", "client"));
    const report = await publish(rows("ab"), options(putRecords));
    assert.deepEqual(calls, [[0, 1]]);
    assert.deepEqual(report, {
      firstUnpublished: 0,
      calls: 1,
      failures: 2,
      lastError: "AccessDeniedException",
    });
  });

  it("names the lowest record that failed until the time was up", async () => {
    const always: PutRecords = async (records) =>
      records.map(({ partitionKey }) => (partitionKey === "a" ? null : "InternalFailure"));
    const report = await publish(rows("aabcab"), options(always, 500));
    assert.equal(report.firstUnpublished, 2);
  });

  it("does not wait for a moment that lies behind its deadline", async () => {
    const { time, ...rest } = options(async (records) => records.map(() => "InternalFailure"), 5_000);
    await publish(rows("a"), rest);
    assert.ok(time.now < 5_000, `it is ${time.now}`);
  });

  it("returns when the time is up although a call is under way, and counts it as failed", async () => {
    const { time, ...rest } = options(() => new Promise(() => undefined), 5_000);
    const publishing = publish(rows("ab"), rest);
    time.advance(5_000);
    assert.equal((await publishing).firstUnpublished, 0);
  });

  it("hands the deadline's signal to every call", async () => {
    const signals: AbortSignal[] = [];
    const { time: _, ...rest } = options(async (records, signal) => {
      signals.push(signal);
      return records.map(() => null);
    });
    await publish(rows("aa"), rest);
    assert.deepEqual(signals, [rest.deadline.signal, rest.deadline.signal]);
  });

  it("sends nothing when the time is up before it begins", async () => {
    const { calls, putRecords } = scripted();
    const { time, ...rest } = options(putRecords, 10);
    time.advance(10);
    assert.equal((await publish(rows("a"), rest)).firstUnpublished, 0);
    assert.deepEqual(calls, []);
  });

  it("keeps up to four calls in flight when the batch is larger than one", async () => {
    let inFlight = 0;
    let most = 0;
    const putRecords: PutRecords = async (records) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight -= 1;
      return records.map(() => null);
    };
    const many = Array.from({ length: 5_000 }, (_, index) => ({
      partitionKey: String(index),
      data: new Uint8Array(1),
    }));
    const report = await publish(many, options(putRecords));
    assert.equal(most, 4);
    assert.equal(report.calls, 10);
  });

  it("waits longer after each failure of a record, by the doubled bound", async () => {
    const { time, ...rest } = options(async (records) => records.map(() => "InternalFailure"), INVOCATION_MS);
    const waits: number[] = [];
    const wait = async (milliseconds: number) => {
      waits.push(milliseconds);
      time.advance(milliseconds);
    };
    await publish(rows("a"), { ...rest, wait });
    assert.deepEqual(waits.slice(0, 8), [50, 100, 200, 400, 800, 1_000, 1_000, 1_000]);
  });

  it("really waits, and stops waiting when the time is up", async () => {
    const controller = new AbortController();
    const { putRecords } = scripted(failing(0));
    const report = await publish(rows("a"), {
      putRecords: async (records, signal) => {
        setImmediate(() => controller.abort());
        return putRecords(records, signal);
      },
      random: () => 0.99,
      deadline: { signal: controller.signal, remaining: () => INVOCATION_MS },
    });
    assert.deepEqual(report, { firstUnpublished: 0, calls: 1, failures: 1, lastError: "InternalFailure" });
  });

  it("puts every record into the stream once, and the rows in order, when nothing fails", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(..."abcde")), async (letters) => {
        const time = new VirtualTime();
        const kinesis = new FakeKinesis(() => 0.5, time);
        const records = rows(letters.join(""));
        await publish(records, {
          putRecords: kinesis.putRecords,
          wait: time.wait,
          deadline: time.deadline(1_000_000),
        });
        assert.deepEqual(kinesis.violations, []);
        for (const letter of "abcde") {
          const ofRow = (all: readonly OutgoingRecord[]) =>
            contents(all.filter((r) => r.partitionKey === letter));
          assert.deepEqual(ofRow(kinesis.stream), ofRow(records));
        }
      }),
    );
  });
});

describe("the back-off", () => {
  it("is anything from nothing to a bound that doubles up to two seconds", () => {
    const bounds = [1, 2, 3, 4, 5, 6, 7, 40].map((failures) => backOff(failures, () => 1));
    assert.deepEqual(bounds, [100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000]);
    assert.equal(
      backOff(7, () => 0),
      0,
    );
  });
});
