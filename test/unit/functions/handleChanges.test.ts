import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import type { ChangeEvent } from "../../../functions/changeEvent";
import { type HandleOptions, handleChanges } from "../../../functions/handleChanges";
import type { KinesisRecord } from "../../../functions/kinesisEvent";
import { captureLog } from "../../helpers/captureLog";
import { FakeAppliedRows } from "../../helpers/fakeAppliedRows";
import { KinesisRecords } from "../../helpers/kinesisRecords";
import { turn, VirtualTime } from "../../helpers/virtualTime";

function options(overrides: Partial<HandleOptions> = {}): HandleOptions {
  return {
    onRecord: () => undefined,
    matches: () => true,
    concurrency: 10,
    applied: new FakeAppliedRows(),
    getObject: undefined,
    deadline: new VirtualTime().deadline(60_000),
    ...overrides,
  };
}

/** Records of these rows, in this order. */
function batch(...rows: number[]): KinesisRecord[] {
  const records = new KinesisRecords();
  return rows.map((row) => records.next({ row }));
}

/** What the mapping delivers again after an answer. */
async function again(records: readonly KinesisRecord[], given: HandleOptions): Promise<KinesisRecord[]> {
  const { batchItemFailures } = await handleChanges(records, given);
  const [failed] = batchItemFailures;
  if (failed === undefined) return [];
  return records.slice(records.findIndex(({ kinesis }) => kinesis.sequenceNumber === failed.itemIdentifier));
}

function rowOf(event: ChangeEvent): number {
  return (event.key as { order_id: number }).order_id;
}

describe("handling a batch of changes", () => {
  const lines = captureLog();

  it("calls the handler for each event that concerns it, and reports no failure", async () => {
    const records = new KinesisRecords();
    const seen: string[] = [];
    const answer = await handleChanges(
      [
        records.next({ table: "orders" }),
        records.next({ table: "products" }),
        records.next({ op: "delete" }),
      ],
      options({
        matches: ({ source }) => source.table === "orders",
        onRecord: (event) => seen.push(`${(event as ChangeEvent).source.table} ${(event as ChangeEvent).op}`),
      }),
    );
    assert.deepEqual(answer, { batchItemFailures: [] });
    assert.deepEqual(seen, ["orders update", "orders delete"]);
  });

  it("keeps every digit of a number", async () => {
    const records = new KinesisRecords();
    const text =
      '{"v":1,"id":"1","op":"insert","source":{"table":"t","schema":"s"},"key":{"n":12345678901234567890},"sequence":"1"}';
    let digits = "";
    await handleChanges(
      [records.of(text, "t")],
      options({ onRecord: (event) => (digits = String((event.key as { n: unknown }).n)) }),
    );
    assert.equal(digits, "12345678901234567890");
  });

  it("works on several rows at once and never on two events of one", async () => {
    const atWork = new Set<number>();
    let most = 0;
    await handleChanges(
      batch(1, 1, 2, 3, 1, 2, 3, 4, 5),
      options({
        concurrency: 3,
        onRecord: async (event) => {
          assert.ok(!atWork.has(rowOf(event)), "two events of a row at once");
          atWork.add(rowOf(event));
          most = Math.max(most, atWork.size);
          await turn();
          atWork.delete(rowOf(event));
        },
      }),
    );
    assert.ok(most > 1 && most <= 3, `${most} rows at once`);
  });

  it("reports the lowest event that failed, and begins nothing behind it", async () => {
    const records = batch(1, 2, 3, 2, 4);
    const seen: number[] = [];
    const left = await again(
      records,
      options({
        concurrency: 1,
        onRecord: (event) => {
          seen.push(rowOf(event));
          if (rowOf(event) === 2) throw new Error("told to");
        },
      }),
    );
    assert.deepEqual(left, records.slice(1));
    assert.deepEqual(seen, [1, 2]);
  });

  it("does not do again what it did before the failure, once the batch comes again", async () => {
    const records = batch(1, 2, 3);
    const given = options();
    const seen: number[] = [];
    let failing = true;
    given.onRecord = async (event) => {
      await turn();
      if (rowOf(event) === 1 && failing) throw new Error("told to");
      seen.push(rowOf(event));
    };
    const left = await again(records, given);
    assert.deepEqual(left, records);
    failing = false;
    assert.deepEqual(await again(left, given), []);
    assert.deepEqual(seen.sort(), [1, 2, 3], "each once");
  });

  it("calls the handler for repeats where it is to tell them itself", async () => {
    const records = batch(1);
    let calls = 0;
    const given = options({ applied: undefined, onRecord: () => (calls += 1) });
    await handleChanges([...records, ...records], given);
    assert.equal(calls, 2);
  });

  it("handles a row of a load, whose sequence is all zeros, once", async () => {
    const records = new KinesisRecords();
    const event = { v: 1, op: "load", source: { table: "t" }, key: {}, sequence: "0".repeat(40) };
    const record = records.of(event, "row");
    let calls = 0;
    await handleChanges([record, record], options({ onRecord: () => (calls += 1) }));
    assert.equal(calls, 1);
  });

  it("answers in time when the handler does not, and names what is not done", async () => {
    const time = new VirtualTime();
    const records = batch(1, 2);
    const answer = handleChanges(
      records,
      options({
        deadline: time.deadline(1_000),
        onRecord: (event) => (rowOf(event) === 2 ? new Promise(() => undefined) : undefined),
      }),
    );
    await turn();
    time.advance(1_000);
    assert.deepEqual(await answer, {
      batchItemFailures: [{ itemIdentifier: records[1]?.kinesis.sequenceNumber }],
    });
  });

  it("fails for a record that holds no change event, and says what it may be", async () => {
    const records = new KinesisRecords();
    for (const content of ["no json", { specversion: "1.0" }]) {
      const record = records.of(content, "row");
      assert.deepEqual(await handleChanges([record], options()), {
        batchItemFailures: [{ itemIdentifier: record.kinesis.sequenceNumber }],
      });
      assert.match(String(lines.at(-1)?.error), /holds no change event of version 1/);
    }
  });

  it("says which event failed and why, without its row", async () => {
    const records = new KinesisRecords();
    const record = records.next({ columns: { card: "4111 1111 1111 1111" } });
    await handleChanges([record], options({ onRecord: () => assert.fail("no such queue") }));
    const { error, ...line } = lines.at(-1) ?? {};
    assert.match(String(error), /no such queue/);
    assert.deepEqual(
      { id: line.id, table: line.table, op: line.op, record: line.record },
      { id: "event-1", table: "public.orders", op: "update", record: record.kinesis.sequenceNumber },
    );
    assert.ok(!JSON.stringify(lines).includes("4111"));
  });

  it("fails as a whole, and does nothing, when it cannot know what was done", async () => {
    const applied = new FakeAppliedRows();
    applied.read = async () => Promise.reject(new Error("no access"));
    let calls = 0;
    await assert.rejects(
      handleChanges(batch(1), options({ applied, onRecord: () => (calls += 1) })),
      /no access/,
    );
    assert.equal(calls, 0);
  });

  it("counts an event as failed when it could not be noted as done", async () => {
    const applied = new FakeAppliedRows();
    applied.write = async () => Promise.reject(new Error("throttled"));
    const records = batch(1);
    assert.deepEqual(await again(records, options({ applied })), records);
  });

  describe("of an event too large for the stream", () => {
    const whole = {
      v: 1,
      id: "large",
      op: "insert",
      source: { table: "t" },
      sequence: "1",
      new: { note: "x" },
    };
    const body = Buffer.from(JSON.stringify(whole));
    const ref = {
      bucket: "failures",
      key: "oversize/t/1.json",
      bytes: body.byteLength,
      sha256: createHash("sha256").update(body).digest("hex"),
    };
    const record = new KinesisRecords().of({ ...whole, new: null, ref }, "row");

    it("hands over the event whole, where it may read the bucket", async () => {
      let seen: unknown;
      await handleChanges(
        [record],
        options({
          onRecord: (event) => (seen = event),
          getObject: async (bucket, key) => {
            assert.deepEqual([bucket, key], [ref.bucket, ref.key]);
            return body;
          },
        }),
      );
      assert.deepEqual(seen, whole);
    });

    it("hands over the reference where it may not", async () => {
      let seen: unknown;
      await handleChanges([record], options({ onRecord: (event) => (seen = event.ref) }));
      assert.deepEqual(seen, ref);
    });

    it("fails when the object is another one", async () => {
      const given = options({ getObject: async () => Buffer.from("{}") });
      assert.deepEqual(await again([record], given), [record]);
      assert.match(String(lines.at(-1)?.error), /its SHA-256 differs/);
    });
  });

  it("gets every event handled, a row's in order and each once, whatever fails in between", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 30 }),
        fc.array(fc.boolean(), { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        async (rows, failures, concurrency) => {
          const records = batch(...rows);
          const seen = new Map<number, string[]>();
          const given = options({ concurrency });
          given.onRecord = async (event) => {
            await turn();
            if (failures.pop()) throw new Error("told to");
            seen.set(rowOf(event), [...(seen.get(rowOf(event)) ?? []), event.sequence]);
          };
          for (let left = records; left.length > 0; ) {
            left = await again(left, given);
          }
          const handled = [...seen.values()].flat();
          assert.equal(handled.length, rows.length);
          for (const sequences of seen.values()) {
            assert.deepEqual(sequences, [...sequences].sort());
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
