import assert from "node:assert/strict";
import { dynamoNumber } from "../../sandbox/dms/target/number";
import type { DmsBench } from "./dmsBench";
import { poll } from "./poll";
import type { TestEngine } from "./sourceServer";

const ROWS = 200;

/** The workload's pace, in milliseconds for each change. */
const MS_A_CHANGE = 8;

/** How an insert that finds its row goes on. */
const UPSERT: Record<TestEngine, string> = {
  postgres: "ON CONFLICT (id) DO UPDATE SET",
  mariadb: "ON DUPLICATE KEY UPDATE",
};

/** Makes table `stock` with its rows, in the bench's database. */
export async function createStock(bench: DmsBench): Promise<void> {
  await bench.query("CREATE TABLE stock (id int PRIMARY KEY, v text, n numeric(12,2))");
  const rows = Array.from({ length: ROWS }, (_, id) => `(${id}, 'begin ${id}', ${id})`);
  await bench.query(`INSERT INTO stock VALUES ${rows.join(", ")}`);
}

/** Changes random rows of table `stock` while it runs: inserts, updates, NULLs, deletes, in transactions of any size. */
export class StockWorkload {
  changes = 0;
  private running = true;
  private done: Promise<void> | undefined;

  constructor(
    private readonly bench: DmsBench,
    private readonly random: () => number,
  ) {}

  start(): void {
    this.done = this.run();
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.done;
  }

  private async run(): Promise<void> {
    while (this.running) {
      const statements: string[] = [];
      for (let count = Math.ceil(this.random() * 8); count > 0; count--) {
        statements.push(this.statement());
      }
      try {
        await this.bench.query(statements.join(";"));
        this.changes += statements.length;
        // Slower than the target: what matters is that changes flow all the time, not how many wait.
        await new Promise((resolve) => setTimeout(resolve, statements.length * MS_A_CHANGE));
      } catch {
        // The server is being restarted.
        await new Promise((resolve) => setTimeout(resolve, 20));
        await this.bench.reconnect().catch(() => undefined);
      }
    }
  }

  private statement(): string {
    const id = Math.floor(this.random() * ROWS);
    const value = Math.floor(this.random() * 1e6);
    const kind = this.random();
    if (kind < 0.3) {
      return `INSERT INTO stock VALUES (${id}, 'v${value}', ${value / 100}) ${UPSERT[this.bench.engine]} v = 'up${value}'`;
    }
    if (kind < 0.55) {
      return `UPDATE stock SET v = 'v${value}' WHERE id = ${id}`;
    }
    if (kind < 0.7) {
      return `UPDATE stock SET v = NULL, n = n + 1 WHERE id = ${id}`;
    }
    return kind < 0.9
      ? `UPDATE stock SET n = ${value} WHERE id = ${id}`
      : `DELETE FROM stock WHERE id = ${id}`;
  }
}

/** The source's rows as the items that they must be. */
async function expectedItems(bench: DmsBench): Promise<Record<string, unknown>[]> {
  const rows = await bench.query("SELECT id, n, v FROM stock ORDER BY id");
  return rows.map(({ id, n, v }) => ({
    id: String(id),
    ...(n !== null && { n: dynamoNumber(String(n)) }),
    ...(v !== null && { v }),
  }));
}

/** Waits until the target equals the source, which stands still. */
export async function assertStockConverges(bench: DmsBench): Promise<void> {
  const expected = await expectedItems(bench);
  let last: unknown;
  try {
    await poll(
      "the target to equal the source",
      async () => {
        last = await bench.items("stock");
        return JSON.stringify(last) === JSON.stringify(expected);
      },
      60_000,
    );
  } catch {
    assert.deepEqual(last, expected);
  }
}
