import assert from "node:assert/strict";
import { initialLoad, SEGMENTS } from "../../../automation/initialLoad/initialLoad";
import {
  isComplete,
  type ProgressStore,
  type RowKey,
  type TableProgress,
} from "../../../automation/initialLoad/loadProgress";
import type { LoadParts } from "../../../automation/initialLoad/loadTable";
import { readSources } from "../../../functions/sources";
import { replicatedTable } from "../../helpers/pipelineArgs";

const STREAM = "arn:aws:dynamodb:us-east-1:000000000000:table/orders/stream/2026-11-23T14:15:00.000";
const ORDERS = replicatedTable("orders");
const ROWS = 60;
const PAGE = 3;

/** Thrown in place of a kill -9. */
class Killed extends Error {}

/** A table of sixty rows, a progress table and a change stream, in memory. */
class Bench {
  readonly progress = new Map<string, TableProgress>();
  /** The ids of the published rows, repeats among them, by the row's key. */
  readonly published = new Map<number, string[]>();
  putRecords: LoadParts["putRecords"] = async (records) => {
    for (const { data } of records) {
      const event = JSON.parse(Buffer.from(data).toString());
      this.published.set(event.key.id, [...(this.published.get(event.key.id) ?? []), event.id]);
    }
    return records.map(() => null);
  };
  sources = readSources(
    '{"name":"shop","engine":"postgres","tables":{"orders":{"schema":"public","table":"orders"}}}',
  );
  reads = 0;
  private budget = Number.POSITIVE_INFINITY;

  /** Dies at the n-th call from here on, and at every one after it. */
  killAt(call: number): void {
    this.budget = call;
  }

  get store(): ProgressStore {
    return {
      read: async () => structuredClone(this.progress),
      begin: async (tableName, progress) => {
        this.step();
        this.progress.set(tableName, structuredClone(progress));
      },
      advance: async (tableName, _streamArn, segment, progress) => {
        this.step();
        const segments = this.progress.get(tableName)?.segments ?? [];
        segments[segment] = structuredClone(progress);
      },
    };
  }

  load(streamArn = STREAM) {
    return initialLoad({ orders: streamArn }, this.parts);
  }

  async run(signal?: AbortSignal, onRows: (rows: number) => void = () => undefined): Promise<number> {
    return this.load().publish(ORDERS, onRows, signal);
  }

  private get parts(): LoadParts {
    return {
      store: this.store,
      readRows: async ({ segment, segments, after }) => {
        this.step();
        this.reads += 1;
        const keys = Array.from({ length: ROWS }, (_, id) => id).filter((id) => id % segments === segment);
        const begin = after === undefined ? 0 : keys.indexOf(Number(after.id?.N)) + 1;
        const page = keys.slice(begin, begin + PAGE);
        const last = page.at(-1);
        const next: RowKey | undefined =
          last === undefined || last === keys.at(-1) ? undefined : { id: { N: String(last) } };
        return { items: page.map((id) => ({ id: { N: String(id) }, v: { S: `row ${id}` } })), next };
      },
      putRecords: async (records, signal) => {
        this.step();
        return this.putRecords(records, signal);
      },
      putObject: async () => undefined,
      sources: this.sources,
      bucket: "failures",
      maxRecordBytes: 1_048_576,
    };
  }

  private step(): void {
    this.budget -= 1;
    if (this.budget <= 0) {
      throw Object.assign(new Killed(), { $fault: "client" });
    }
  }
}

describe("the initial load of a table", () => {
  it("publishes every row once, and tells how many", async () => {
    const bench = new Bench();
    const told: number[] = [];
    assert.equal(await bench.run(undefined, (rows) => told.push(rows)), ROWS);
    assert.equal(bench.published.size, ROWS);
    assert.ok([...bench.published.values()].every((ids) => ids.length === 1));
    assert.equal(told.at(-1), ROWS);
    assert.deepEqual(
      told,
      [...told].sort((a, b) => a - b),
    );
  });

  it("is done then: nothing is pending, and nothing is read again", async () => {
    const bench = new Bench();
    assert.deepEqual(await bench.load().pending([ORDERS]), [ORDERS]);
    await bench.run();
    assert.deepEqual(await bench.load().pending([ORDERS]), []);
    bench.reads = 0;
    assert.equal(await bench.run(), ROWS);
    assert.equal(bench.reads, 0);
  });

  it("begins anew when the table gets another stream, with other ids", async () => {
    const bench = new Bench();
    await bench.run();
    const load = bench.load(`${STREAM}1`);
    assert.deepEqual(await load.pending([ORDERS]), [ORDERS]);
    assert.equal(await load.publish(ORDERS, () => undefined, undefined), ROWS);
    assert.ok([...bench.published.values()].every((ids) => new Set(ids).size === 2));
  });

  it("leaves out no row wherever it was killed, and repeats one only with the same id", async () => {
    for (let call = 1; ; call++) {
      const bench = new Bench();
      bench.killAt(call);
      const killed = await bench.run().then(
        () => false,
        () => true,
      );
      bench.killAt(Number.POSITIVE_INFINITY);
      const repeatedBefore = bench.published.size;
      assert.equal(await bench.run(), ROWS, `killed at call ${call}`);
      assert.equal(bench.published.size, ROWS, `killed at call ${call}`);
      for (const ids of bench.published.values()) {
        assert.equal(new Set(ids).size, 1, `killed at call ${call}`);
      }
      const repeats = [...bench.published.values()].filter((ids) => ids.length > 1).length;
      assert.ok(repeats <= SEGMENTS * PAGE, `${repeats} of ${repeatedBefore} repeated at call ${call}`);
      const [progress] = bench.progress.values();
      assert.ok(progress && isComplete(progress));
      if (!killed) {
        break;
      }
    }
  });

  it("gives up, and keeps what is done, when the change stream refuses", async () => {
    const bench = new Bench();
    const accept = bench.putRecords;
    let calls = 0;
    bench.putRecords = async (records, signal) => {
      calls += 1;
      if (calls > 10) {
        throw Object.assign(new Error("no"), { name: "AccessDeniedException", $fault: "client" });
      }
      return accept(records, signal);
    };
    await assert.rejects(bench.run(), {
      code: "InitialLoadFailed",
      source: "user",
      message:
        "the rows of public.orders could not be published: the change stream answers AccessDeniedException",
    });
    bench.putRecords = accept;
    bench.published.clear();
    assert.equal(await bench.run(), ROWS);
    assert.ok(bench.published.size < ROWS);
  });

  it("is for no table that is left out of the events", async () => {
    const bench = new Bench();
    bench.sources = readSources(
      '{"name":"shop","engine":"postgres","tables":{"orders":{"schema":"public","table":"orders","events":false}}}',
    );
    assert.deepEqual(await bench.load().pending([ORDERS]), []);
  });

  it("ends between two pages when it is interrupted", async () => {
    const bench = new Bench();
    const interrupt = new AbortController();
    const onRows = (rows: number) => {
      if (rows > ROWS / 2) {
        interrupt.abort();
      }
    };
    await assert.rejects(bench.run(interrupt.signal, onRows), { code: "Interrupted" });
    assert.ok(bench.published.size < ROWS);
    assert.deepEqual(await bench.load().pending([ORDERS]), [ORDERS]);
    assert.equal(await bench.run(), ROWS);
    assert.equal(bench.published.size, ROWS);
  });
});
