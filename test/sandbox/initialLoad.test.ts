import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type DeployResult, deploy } from "../../automation/deploy";
import type { RowstreamEvent } from "../../automation/events";
import { runLockFor } from "../../automation/runLock";
import type { WorkspaceOptions } from "../../automation/workspace";
import type { PipelineOutputs } from "../../program";
import { Workload } from "../../sandbox/database/workload";
import { ChangeEvents } from "../helpers/changeEvents";
import { poll } from "../helpers/poll";
import { SandboxBench } from "../helpers/sandboxBench";
import { foldedRows, rowKey, sourceRows } from "../helpers/sourceRows";
import { ROOT } from "../helpers/tools";

/** The tables of this test, and the columns of their keys. */
const KEYS: Record<string, string[]> = {
  customers: ["customer_id"],
  order_lines: ["order_id", "line_no"],
  orders: ["order_id"],
  payments: ["payment_id"],
  products: ["product_id"],
};

describe("the initial rows in the sandbox", function () {
  this.timeout(300_000);
  let bench: SandboxBench;
  let events: ChangeEvents;
  let outputs: PipelineOutputs;
  let workload: Workload | undefined;
  /** What the driver reported before it was killed, and in the run that completed its work. */
  const reported: { killed: RowstreamEvent[]; again: RowstreamEvent[] } = { killed: [], again: [] };

  function workspace(onEvent: (event: RowstreamEvent) => void): WorkspaceOptions {
    return bench.configured(onEvent, { "rowstream:initialLoad": { value: "events" } });
  }

  function run(onEvent: (event: RowstreamEvent) => void): Promise<DeployResult> {
    return deploy(workspace(onEvent));
  }

  function startDriver(): ChildProcess {
    const { stackName, config, pulumi } = workspace(() => undefined);
    return spawn(process.execPath, [join(ROOT, "dist/test/helpers/runDriver.js")], {
      cwd: ROOT,
      env: { ...process.env, DRIVER_OPTIONS: JSON.stringify({ stackName, config, pulumi }) },
      stdio: ["ignore", "pipe", "inherit"],
    });
  }

  /** Deploys in a process of its own and kills that, without a warning, while it publishes rows. */
  async function killWhileItPublishes(): Promise<void> {
    const driver = startDriver();
    const exit = once(driver, "exit");
    for await (const line of createInterface({ input: driver.stdout as NodeJS.ReadableStream })) {
      const event = JSON.parse(line) as RowstreamEvent;
      reported.killed.push(event);
      if (event.code === "FullLoadStarted") {
        workload = new Workload({
          url: bench.sandbox.sourceUrl,
          changesPerSecond: 100,
          seed: 11,
          onFailure: assert.ifError,
        });
      }
      if (event.code === "InitialLoadProgress") {
        driver.kill("SIGKILL");
      }
    }
    const [, signal] = await exit;
    assert.equal(signal, "SIGKILL", "it was killed, and did not end by itself");
  }

  /** Waits until the events come to the rows of every table, which nobody changes meanwhile. */
  async function assertSame(tables: readonly string[]): Promise<void> {
    for (const table of tables) {
      const keys = KEYS[table] ?? [];
      const expected = await sourceRows(bench.database, table, keys);
      const same = async () => {
        try {
          assert.deepEqual(foldedRows(await events.read(), table, keys), expected);
          return true;
        } catch {
          return false;
        }
      };
      await poll(`the rows of ${table}`, same, 60_000).catch(() =>
        assert.deepEqual(foldedRows(events.all, table, keys), expected, table),
      );
    }
  }

  before(async () => {
    bench = await SandboxBench.start({ behaviour: { nullOnUpdate: "remove" } });
    await killWhileItPublishes();
    ({ outputs } = await run((event) => reported.again.push(event)));
    events = new ChangeEvents(bench.sandbox.environment, outputs.streamName);
  });

  after(async () => {
    await workload?.stop();
    await bench?.stop();
  });

  it("are published to their end by the run after one that was killed, and only then changes flow", () => {
    const killed = reported.killed.map(({ code }) => code);
    assert.ok(killed.includes("InitialLoadStarted"));
    assert.ok(!killed.includes("InitialLoadFinished"));
    assert.ok(!killed.includes("ReplicationResuming"));
    const codes = reported.again.map(({ code }) => code);
    const finished = codes.indexOf("InitialLoadFinished");
    assert.ok(finished >= 0);
    assert.ok(finished < codes.indexOf("ReplicationResuming"));
  });

  it("come before every change of their row, each with one id", async () => {
    await poll("changes", async () => (await events.read()).filter(({ op }) => op !== "load").length > 100);
    const changed = new Set<string>();
    const loads = new Map<string, Set<string>>();
    for (const event of events.all) {
      const row = `${event.source.table} ${JSON.stringify(event.key)}`;
      if (event.op === "load") {
        assert.ok(!changed.has(row), `${row} was loaded after it was changed`);
        assert.equal(event.sequence, "0".repeat(40));
        loads.set(row, (loads.get(row) ?? new Set()).add(event.id));
      } else {
        changed.add(row);
      }
    }
    assert.ok([...loads.values()].every((ids) => ids.size === 1));
  });

  it("come, with the changes, to exactly the source's tables", async () => {
    await workload?.stop();
    await assertSame(Object.keys(KEYS));
  });

  it("are published of a table that came later, with what was changed before it was taken in", async () => {
    KEYS.returns = ["return_id"];
    await bench.query("CREATE TABLE returns (return_id int PRIMARY KEY, reason text)");
    await bench.query("INSERT INTO returns SELECT n, 'too small' FROM generate_series(1, 2500) AS n");
    const codes: string[] = [];
    await poll(
      "the new table",
      async () => {
        await bench.query(
          "UPDATE returns SET reason = reason || '!' WHERE return_id = 1 + (random() * 2499)::int",
        );
        const { discovery } = await run(({ code }) => codes.push(code));
        return discovery.added.some(({ table }) => table === "returns");
      },
      120_000,
    );
    await bench.query("UPDATE returns SET reason = 'too large' WHERE return_id = 7");
    await bench.query("DELETE FROM returns WHERE return_id = 8");
    await bench.query("INSERT INTO returns VALUES (3000, NULL)");
    await assertSame(["returns"]);
    const loads = events.all.filter(({ source, op }) => source.table === "returns" && op === "load");
    assert.equal(new Set(loads.map(({ key }) => rowKey(key, ["return_id"]))).size, 2500);
  });

  it("are one run's work at a time: another one is told so, and does nothing", async () => {
    const lock = runLockFor(outputs);
    const held = await lock?.take(undefined);
    await assert.rejects(
      run(() => undefined),
      { code: "StackLocked", message: /another run is at work on this stack/ },
    );
    await held?.release();
  });

  it("are published once: another run publishes nothing", async () => {
    const loads = async () => (await events.read()).filter(({ op }) => op === "load").length;
    const before = await loads();
    assert.equal((await run(() => undefined)).changed, false);
    assert.equal(await loads(), before);
  });
});
