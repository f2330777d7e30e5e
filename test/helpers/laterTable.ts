import assert from "node:assert/strict";
import type { DmsBench } from "./dmsBench";
import { poll } from "./poll";

/** Rows of the table. */
export const LATER_ROWS = 400;

/** Waits until a table has been loaded. */
export async function loaded(bench: DmsBench, task: string, table: string): Promise<void> {
  await poll(
    `the table ${table} to be taken up`,
    async () => (await bench.statistics(task))[table]?.TableState === "Table completed",
  );
}

/** Waits until the task has found out that a table is gone. */
export async function dropped(bench: DmsBench, task: string, table: string): Promise<void> {
  await poll(
    `the drop of ${table}`,
    async () => (await bench.statistics(task))[table]?.TableState === "Table does not exist",
  );
}

/** Makes the table `later` while changes flow, writes while it is taken up, and waits for every row of it. */
export async function createLater(bench: DmsBench, task: string): Promise<void> {
  await bench.query("CREATE TABLE later (id int PRIMARY KEY, v int)");
  for (let id = 0; id < LATER_ROWS; id++) {
    await bench.query("INSERT INTO later VALUES ($1, 0)", [id]);
    await bench.query("UPDATE later SET v = v + 1 WHERE id = $1", [Math.floor(id / 2)]);
  }
  await loaded(bench, task, "later");
  await bench.query("UPDATE later SET v = v + 100");
  const rows = await bench.query("SELECT id, v FROM later ORDER BY id");
  await poll("the rows", async () => {
    const items = await bench.items("later");
    return items.length === LATER_ROWS && items.every((item) => Number(item.v) >= 100);
  });
  assert.deepEqual(
    await bench.items("later"),
    rows.map(({ id, v }) => ({ id: String(id), v: String(v) })),
  );
}
