import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { Client } from "pg";
import { type PostgresServer, startPostgres } from "../../sandbox/database/postgres";
import { createSample, SAMPLE_DATABASE } from "../../sandbox/database/sample";
import { Workload } from "../../sandbox/database/workload";
import type { Changes } from "../../sandbox/database/workloadTransactions";
import { poll } from "../helpers/poll";
import { temporaryFolder } from "../helpers/temporaryFolder";
import { postgresBin } from "../helpers/tools";

const TABLES = ["audit_log", "customers", "order_lines", "orders", "payments", "products"];

describe("the sample database and its workload", function () {
  this.timeout(60_000);
  let stateDir: string;
  let server: PostgresServer;
  let failures: Error[];
  let running: Workload | undefined;

  before(async () => {
    stateDir = temporaryFolder();
    server = await startPostgres({ bin: postgresBin(), stateDir });
  });

  after(async () => {
    await server.stop();
    server.remove();
    rmSync(stateDir, { recursive: true, force: true });
  });

  beforeEach(() => {
    failures = [];
  });

  async function query(sql: string): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: server.url(SAMPLE_DATABASE) });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }

  afterEach(() => running?.stop());

  function start(changesPerSecond: number): Workload {
    running = new Workload({
      url: server.url(SAMPLE_DATABASE),
      changesPerSecond,
      seed: 7,
      onFailure: (error) => failures.push(error),
    });
    return running;
  }

  function total(changes: Changes): number {
    return Object.values(changes).reduce((sum, tally) => sum + tally.insert + tally.update + tally.delete, 0);
  }

  async function rowCounts(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const table of TABLES) {
      const [row] = await query(`SELECT count(*)::int AS count FROM ${table}`);
      counts[table] = Number(row?.count);
    }
    return counts;
  }

  function assertCounted(
    before: Record<string, number>,
    after: Record<string, number>,
    changes: Changes,
  ): void {
    for (const table of TABLES) {
      const tally = changes[table] ?? { insert: 0, update: 0, delete: 0 };
      assert.equal(Number(after[table]) - Number(before[table]), tally.insert - tally.delete, table);
    }
  }

  it("has a few thousand rows in tables with single, composite and no primary keys", async () => {
    const rows = await createSample(server);
    assert.ok(rows !== undefined && rows > 3_000, `${rows} rows`);
    const keys = await query(
      `SELECT table_name, string_agg(column_name, ',' ORDER BY ordinal_position) AS columns
       FROM information_schema.key_column_usage WHERE constraint_name LIKE '%_pkey' GROUP BY 1 ORDER BY 1`,
    );
    assert.deepEqual(keys, [
      { table_name: "customers", columns: "customer_id" },
      { table_name: "order_lines", columns: "order_id,line_no" },
      { table_name: "orders", columns: "order_id" },
      { table_name: "payments", columns: "payment_id" },
      { table_name: "products", columns: "product_id" },
    ]);
  });

  it("leaves a sample that is there alone", async () => {
    const before = await rowCounts();
    assert.equal(await createSample(server), undefined);
    assert.deepEqual(await rowCounts(), before);
  });

  it("inserts, updates and deletes, and counts just what it committed", async () => {
    const before = await rowCounts();
    const workload = start(2_000);
    await poll("600 changes", async () => total(workload.changes) > 600);
    await workload.stop();
    assertCounted(before, await rowCounts(), workload.changes);
    for (const [table, operation] of [
      ["orders", "insert"],
      ["orders", "update"],
      ["orders", "delete"],
      ["order_lines", "insert"],
      ["order_lines", "delete"],
      ["payments", "insert"],
      ["products", "update"],
      ["customers", "update"],
    ] as const) {
      assert.ok((workload.changes[table]?.[operation] ?? 0) > 0, `${operation} of ${table}`);
    }
    assert.deepEqual(failures, []);
  });

  it("does not run ahead of its rate", async () => {
    const workload = start(100);
    await poll("a change", async () => total(workload.changes) > 0);
    const began = performance.now();
    const first = total(workload.changes);
    await poll("200 changes", async () => total(workload.changes) >= first + 200);
    const rate = (total(workload.changes) - first) / ((performance.now() - began) / 1000);
    await workload.stop();
    assert.ok(rate < 130, `${rate} changes/s`);
  });

  it("goes on after the database crashed and came back, and still counts just what was committed", async () => {
    const before = await rowCounts();
    const workload = start(2_000);
    for (let crash = 1; crash <= 3; crash++) {
      const reached = total(workload.changes);
      await poll("changes", async () => total(workload.changes) > reached + 50);
      await server.stop("immediate");
      await server.start();
    }
    const reached = total(workload.changes);
    await poll("a change after the last crash", async () => total(workload.changes) > reached);
    await workload.stop();
    assertCounted(before, await rowCounts(), workload.changes);
    assert.deepEqual(failures, []);
  });

  it("says so and ends when its tables are gone", async () => {
    const workload = start(1_000);
    await poll("a change", async () => total(workload.changes) > 0);
    await query("DROP TABLE audit_log");
    await poll("a failure", async () => failures.length > 0);
    assert.match(String(failures[0]), /audit_log/);
    await workload.stop();
  });
});
