import assert from "node:assert/strict";
import type { RowstreamEvent } from "../../../automation/events";
import { runReload } from "../../../automation/reload";
import type { ReplicationControl, ReplicationPhase } from "../../../automation/replicationControl";
import type { TableStatistic } from "../../../automation/tableMatch";

function statistic(table: string, changes: Partial<TableStatistic> = {}): TableStatistic {
  return {
    schema: "public",
    table,
    state: "Table completed",
    rows: 10,
    inserts: 5,
    loadedAt: new Date(1_000),
    ...changes,
  };
}

const RELOADING = { state: "Table is being reloaded", rows: 3 };
const RELOADED = { rows: 12, loadedAt: new Date(2_000) };

/** A replication whose table statistics are, look by look, those of a script. */
class Bench {
  phase: ReplicationPhase = "running";
  items = 12;
  error: string | undefined;
  readonly reloaded: string[] = [];
  readonly events: RowstreamEvent[] = [];
  private look = 0;

  constructor(private readonly looks: TableStatistic[][]) {}

  run(name: string) {
    const control: Partial<ReplicationControl> = {
      state: async () => ({ phase: this.phase, status: this.phase, percent: 100, failures: [] }),
      reload: async (schema, table) => {
        this.reloaded.push(`${schema}.${table}`);
      },
      tableStatistics: async () => {
        const statistics = this.looks[Math.min(this.look, this.looks.length - 1)] ?? [];
        this.look += 1;
        return statistics;
      },
      tableErrors: async () => () => this.error,
      lastErrors: async () => [],
    };
    return runReload(name, {
      control: control as ReplicationControl,
      tableNameOf: ({ table }) => table,
      countItems: async () => this.items,
      onEvent: (event) => this.events.push(event),
      pace: { initialMs: 0, maximumMs: 0 },
    });
  }
}

describe("reload", () => {
  it("has DMS load the table again, and waits for the end of that load, not of the one before", async () => {
    const bench = new Bench([
      [statistic("orders")],
      [statistic("orders")],
      [statistic("orders", RELOADING)],
      [statistic("orders", RELOADED)],
    ]);
    assert.deepEqual(await bench.run("orders"), { schema: "public", table: "orders", rows: 12, leftOver: 0 });
    assert.deepEqual(bench.reloaded, ["public.orders"]);
    assert.deepEqual(
      bench.events.map(({ code }) => code),
      ["ReloadStarted", "ReloadProgress", "ReloadProgress", "ReloadFinished"],
    );
  });

  it("brings back a table that was in error", async () => {
    const bench = new Bench([
      [statistic("orders", { state: "Table error" })],
      [statistic("orders", { state: "Table error" })],
      [statistic("orders", RELOADING)],
      [statistic("orders", RELOADED)],
    ]);
    assert.equal((await bench.run("public.orders")).rows, 12);
  });

  it("gives DMS's reason where the table ends in error again", async () => {
    const bench = new Bench([
      [statistic("orders")],
      [statistic("orders", RELOADING)],
      [statistic("orders", { state: "Table error" })],
    ]);
    bench.error = "has a row that cannot be written";
    await assert.rejects(bench.run("orders"), {
      code: "ReloadFailed",
      message: "public.orders was not reloaded: has a row that cannot be written",
    });
  });

  it("says how many items cannot be rows of the source, and counts none that was inserted meanwhile", async () => {
    const looks = (inserts: number) => [
      [statistic("orders")],
      [statistic("orders", RELOADED)],
      [statistic("orders", { ...RELOADED, inserts })],
    ];
    const bench = new Bench(looks(5));
    bench.items = 20;
    assert.equal((await bench.run("orders")).leftOver, 8);
    const busy = new Bench(looks(10));
    busy.items = 20;
    assert.equal((await busy.run("orders")).leftOver, 3);
    const countedAnew = new Bench(looks(2));
    countedAnew.items = 20;
    assert.equal((await countedAnew.run("orders")).leftOver, 6);
  });

  it("asks for the schema where two tables have the name, and names the tables where none has", async () => {
    const both = [statistic("orders"), statistic("orders", { schema: "sales" })];
    await assert.rejects(new Bench([both]).run("orders"), {
      code: "TableUnknown",
      message: 'more than one table is called "orders": public.orders, sales.orders',
    });
    await assert.rejects(new Bench([both]).run("order"), {
      code: "TableUnknown",
      message: 'DMS replicates no table "order"',
      remedy: "give one of public.orders, sales.orders",
    });
    const bench = new Bench([
      both,
      [both[0] as TableStatistic, statistic("orders", { schema: "sales", ...RELOADED })],
    ]);
    assert.equal((await bench.run("sales.orders")).schema, "sales");
  });

  it("does not ask DMS for what it refuses: a reload while the replication stands still", async () => {
    const bench = new Bench([[statistic("orders")]]);
    bench.phase = "loaded";
    await assert.rejects(bench.run("orders"), { code: "ReplicationNotRunning" });
    assert.deepEqual(bench.reloaded, []);
  });
});
