import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import {
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  type TableDescription,
} from "@aws-sdk/client-dynamodb";
import { LambdaClient, ListEventSourceMappingsCommand } from "@aws-sdk/client-lambda";
import type { CostEstimate } from "../../automation/cost/costEstimate";
import { type DeployResult, deploy } from "../../automation/deploy";
import { destroy } from "../../automation/destroy";
import type { PipelineStatus } from "../../automation/status/pipelineStatus";
import { openStatus } from "../../automation/status/status";
import { SAMPLE_SIZE } from "../../sandbox/database/sampleData";
import { Workload } from "../../sandbox/database/workload";
import { addChanges, type Changes } from "../../sandbox/database/workloadTransactions";
import { launchBrowser } from "../helpers/browser";
import { ChangeEvents, type ReceivedEvent } from "../helpers/changeEvents";
import { poll } from "../helpers/poll";
import { type BenchOptions, SandboxBench } from "../helpers/sandboxBench";
import { ROOT, tools } from "../helpers/tools";

/** The sample's tables that DMS can replicate, and the columns of their keys. */
const KEYS: Record<string, string[]> = {
  customers: ["customer_id"],
  order_lines: ["order_id", "line_no"],
  orders: ["order_id"],
  payments: ["payment_id"],
  products: ["product_id"],
};

describe("the pipeline in the sandbox", function () {
  this.timeout(300_000);
  let bench: SandboxBench;
  let first: DeployResult;
  let events: ChangeEvents;
  /** The rows of each table when its load was done, by the text of their keys. */
  let loaded: Map<string, Set<string>>;
  let seeds = 5;
  let afterLoad: Promise<TableDescription[]>;

  function describeTables(names: string[]): Promise<TableDescription[]> {
    const client = new DynamoDBClient({});
    return Promise.all(
      names.map(
        async (TableName) => (await client.send(new DescribeTableCommand({ TableName }))).Table ?? {},
      ),
    );
  }

  /** A sandbox that keeps its state, or ends with it. */
  function options(keep: boolean): BenchOptions {
    return {
      keep,
      onProgress: ({ kind, text }) => assert.ok(kind !== "warning" || /audit_log|returns/.test(text), text),
    };
  }

  /** Changes rows for a while. @returns how many, by table, of those that are replicated */
  async function work(enough: (changes: Changes) => Promise<boolean>): Promise<Changes> {
    const workload = new Workload({
      url: bench.sandbox.sourceUrl,
      changesPerSecond: 300,
      // Another one each time: the same address for the same customer again would be no change.
      seed: seeds++,
      onFailure: assert.ifError,
    });
    await poll("enough changes", () => enough(workload.changes), 60_000);
    await workload.stop();
    const { audit_log: _, ...changes } = workload.changes;
    return changes;
  }

  function sum(changes: Changes): number {
    return Object.values(changes).reduce(
      (rows, tally) => rows + tally.insert + tally.update + tally.delete,
      0,
    );
  }

  /** Waits until as many events have come since as rows were changed, and holds them to each other. */
  async function assertEvents(before: ReceivedEvent[], expected: Changes): Promise<void> {
    const enough = before.length + sum(expected);
    await poll("every event", async () => (await events.read()).length >= enough, 60_000);
    const known = new Set(before.map(({ id }) => id));
    const counted: Changes = {};
    for (const { source, op } of events.all.filter(({ id }) => !known.has(id))) {
      addChanges(counted, { [source.table]: { insert: 0, update: 0, delete: 0, [op]: 1 } });
    }
    assert.deepEqual(counted, expected);
    assert.equal(new Set(events.all.map(({ id }) => id)).size, events.all.length, "no event twice");
    for (const table of Object.keys(KEYS)) {
      assert.deepEqual([...fold(table)].sort(), [...(await keysIn(table))].sort(), table);
    }
  }

  /** The text of a row's key, of a row of the database or of an event's key. */
  function keyText(table: string, row: Record<string, unknown>): string {
    return JSON.stringify((KEYS[table] ?? []).map((column) => String(row[column])));
  }

  async function keysIn(table: string): Promise<Set<string>> {
    return new Set((await bench.query(`SELECT * FROM ${table}`)).map((row) => keyText(table, row)));
  }

  /** What the task meets between its load and its resumption: a look at the tables, and one change. */
  async function betweenLoadAndPassTwo(): Promise<TableDescription[]> {
    for (const table of Object.keys(KEYS)) {
      loaded.set(table, await keysIn(table));
    }
    const { TableNames } = await new DynamoDBClient({}).send(new ListTablesCommand({}));
    const tables = await describeTables((TableNames ?? []).filter((name) => !name.startsWith("awsdms_")));
    await bench.query("UPDATE customers SET city = 'Between Load And Pass Two' WHERE customer_id = 1");
    return tables;
  }

  before(async () => {
    bench = await SandboxBench.start(options(true));
    loaded = new Map();
    first = await deploy(
      bench.configured((event) => {
        if (event.code === "FullLoadFinished") {
          afterLoad = betweenLoadAndPassTwo();
        }
      }),
    );
    await afterLoad;
    events = new ChangeEvents(bench.sandbox.environment, first.outputs.streamName);
  });

  after(() => bench?.stop());

  it("finds every table that has a primary key, and says why the other is left out", () => {
    assert.deepEqual(first.discovery.tables.map(({ table }) => table).sort(), Object.keys(KEYS));
    assert.deepEqual(
      first.discovery.skipped.map(({ table }) => table),
      ["audit_log"],
    );
    assert.match(first.discovery.skipped[0]?.reason ?? "", /primary key/);
  });

  it("has DMS make tables at 200/200 without a stream", async () => {
    assert.equal((await afterLoad).length, Object.keys(KEYS).length);
    for (const table of await afterLoad) {
      assert.equal(table.ProvisionedThroughput?.ReadCapacityUnits, 200, table.TableName);
      assert.equal(table.ProvisionedThroughput?.WriteCapacityUnits, 200, table.TableName);
      assert.equal(table.StreamSpecification?.StreamEnabled ?? false, false, table.TableName);
    }
  });

  it("adopts them in pass 2: on-demand, encrypted with a key, streaming old and new images, mapped", async () => {
    const { outputs } = first;
    const mappings = (await new LambdaClient({}).send(new ListEventSourceMappingsCommand({})))
      .EventSourceMappings;
    for (const table of await describeTables(outputs.tableNames)) {
      assert.equal(table.BillingModeSummary?.BillingMode, "PAY_PER_REQUEST", table.TableName);
      assert.equal(table.SSEDescription?.SSEType, "KMS", table.TableName);
      assert.deepEqual(table.StreamSpecification, {
        StreamEnabled: true,
        StreamViewType: "NEW_AND_OLD_IMAGES",
      });
      const own = mappings?.filter(({ EventSourceArn }) => EventSourceArn === table.LatestStreamArn);
      assert.deepEqual(
        own?.map(({ State }) => State),
        ["Enabled"],
        table.TableName,
      );
    }
  });

  it("brings out a change that was made between the load and pass 2", async () => {
    const event = await poll("that change", async () =>
      (await events.read()).find(({ new: row }) => row?.city === "Between Load And Pass Two"),
    );
    assert.equal(event.op, "update");
    assert.deepEqual(event.source, {
      name: "shop",
      engine: "postgres",
      schema: "public",
      table: "customers",
    });
    assert.deepEqual(event.key, { customer_id: 1 });
    assert.deepEqual(event.changed, ["city"]);
    assert.notEqual(event.old?.city, event.new?.city);
  });

  it("is healthy, and its status counts the rows that were loaded and the change that was applied", async () => {
    const reader = await openStatus(bench.workspace());
    const status = await poll("the change to be counted", async () => {
      const now = await reader.read();
      const customers = now.tables.find(({ table }) => table === "customers");
      return customers?.applied?.updates === 1 && customers.mapping?.lastResult === "OK" && now;
    });
    assert.deepEqual([status.verdict, status.replication.phase], ["healthy", "running"]);
    assert.deepEqual(
      status.findings.map(({ code, severity, table }) => [code, severity, table]),
      [["TableLeftOut", "notice", "public.audit_log"]],
    );
    assert.deepEqual(
      status.tables
        .filter(({ state }) => state === "flowing")
        .map(({ table, rowsLoaded, mapping }) => [table, rowsLoaded, mapping?.state, mapping?.lastResult]),
      Object.keys(KEYS).map((table) => [
        table,
        loaded.get(table)?.size,
        "Enabled",
        table === "customers" ? "OK" : "No records processed",
      ]),
    );
    const customers = status.tables.find(({ table }) => table === "customers");
    assert.deepEqual(customers?.applied, { inserts: 0, updates: 1, deletes: 0 });
    assert.deepEqual(
      [status.stream.status, status.stream.mode, status.stream.encrypted],
      ["ACTIVE", "on-demand", true],
    );
    assert.equal(status.replication.targetLatencySeconds, undefined, "the sandbox has no metrics of DMS");
    assert.deepEqual([status.failures.batches, status.failures.unprocessable], [0, 0]);
  });

  it("is priced part by part, with nothing left out", async () => {
    const { code, stdout } = await bench.command(
      "cost",
      ...["--prices", "docs/prices.example.json", "--changes-per-second", "10", "--output", "json"],
    );
    assert.equal(code, 0);
    const { complete, notEstimated, components, lines } = JSON.parse(stdout) as CostEstimate;
    assert.deepEqual([complete, notEstimated], [true, []]);
    assert.deepEqual(
      components.map(({ component }) => component),
      ["replication", "network", "tables", "fan-in", "change stream", "encryption", "failures", "monitoring"],
    );
    const quantity = (key: string) => lines.find(({ priceKey }) => priceKey === key)?.quantity;
    assert.equal(quantity("dmsInstanceHour"), 730);
    assert.equal(quantity("vpcEndpointHour"), 2 * 730);
    assert.equal(quantity("kmsKeyMonth"), 1);
    assert.equal(quantity("dynamoWriteMillion"), 26.28);
  });

  it("changes nothing when it is deployed again", async () => {
    const codes: string[] = [];
    const again = await deploy(bench.workspace(({ code }) => codes.push(code)));
    assert.equal(again.changed, false);
    assert.ok(codes.includes("NothingChanged"));
  });

  it("publishes one valid event for every change, and they give the rows of the database", async () => {
    const before = [...events.all];
    const changes = await work(async () => (await events.read()).length > before.length + 400);
    await assertEvents(before, changes);
  });

  it("loses nothing when the sandbox ends, keeps its state and starts again", async () => {
    const before = [...events.all];
    const changes = await work(async (made) => sum(made) > 400);
    await bench.close();
    await bench.open(options(false));
    events = new ChangeEvents(bench.sandbox.environment, first.outputs.streamName);
    addChanges(changes, await work(async (made) => sum(made) > 50));
    await assertEvents(before, changes);
  });

  /** The keys of a table's rows, by the load and the events since. */
  function fold(table: string): Set<string> {
    const keys = new Set(loaded.get(table));
    for (const event of events.all.filter(({ source }) => source.table === table)) {
      const key = keyText(table, event.new ?? event.old ?? {});
      if (event.op === "delete") {
        keys.delete(key);
      } else {
        keys.add(key);
      }
    }
    return keys;
  }

  it("has each row's events in order: what was new is what is old next", () => {
    const last = new Map<string, ReceivedEvent>();
    for (const event of events.all) {
      const row = `${event.source.table} ${JSON.stringify(event.key)}`;
      const before = last.get(row);
      if (before !== undefined) {
        assert.deepEqual(event.old, before.new, row);
        assert.ok(event.sequence > before.sequence, row);
      }
      last.set(row, event);
    }
  });

  it("takes in a table that was created in the source since, with the next deployment", async () => {
    await bench.query("CREATE TABLE returns (return_id int PRIMARY KEY, reason text)");
    await bench.query("INSERT INTO returns VALUES (1, 'too small')");
    const reader = await openStatus(bench.workspace());
    await poll("DMS to have made the new table", async () =>
      (await reader.read()).tables.some(({ state }) => state === "not-adopted"),
    );
    const { code, stdout } = await bench.command("status", "--output", "json");
    assert.equal(code, 3);
    assert.deepEqual(
      (JSON.parse(stdout) as PipelineStatus).findings
        .filter(({ severity }) => severity === "problem")
        .map(({ code, table }) => [code, table]),
      [["TableNotAdopted", "public.returns"]],
    );
    const added = await poll(
      "the new table",
      async () => {
        const { discovery } = await deploy(bench.workspace());
        return discovery.added.find(({ table }) => table === "returns");
      },
      120_000,
    );
    assert.equal(added.schema, "public");
    await bench.query("UPDATE returns SET reason = 'too large'");
    const event = await poll("its event", async () =>
      (await events.read()).find(({ source, op }) => source.table === "returns" && op === "update"),
    );
    assert.deepEqual([event.old?.reason, event.new?.reason], ["too small", "too large"]);
  });

  it("is shown on a page, with what happens in it", async function () {
    if (tools().chromium === null) {
      this.skip();
    }
    const watching = spawn(
      process.execPath,
      [join(ROOT, "dist/cli/main.js"), "watch", "--stack", bench.sandbox.stackName, "--from", "horizon"],
      { stdio: ["ignore", "pipe", "ignore"] },
    );
    const browser = await launchBrowser();
    try {
      const [line] = (await once(watching.stdout, "data")) as [Buffer];
      const page = await browser.newPage();
      await page.goto(line.toString().trim());
      const { customers } = SAMPLE_SIZE;
      await page.getByRole("row", { name: `public.customers flowing ${customers} ` }).waitFor();
      await bench.query("UPDATE customers SET city = 'On The Page' WHERE customer_id = 1");
      await page.getByLabel("Search").fill("On The Page");
      const event = page.getByRole("row", { name: /update public\.customers customer_id=1 / });
      assert.equal(await event.locator("mark.new").textContent(), "On The Page");
      const ended = once(watching, "exit");
      watching.kill("SIGINT");
      assert.deepEqual(await ended, [130, null]);
    } finally {
      watching.kill("SIGKILL");
      await browser.close();
    }
  });

  it("leaves no replication slot and keeps the tables when it is destroyed", async () => {
    const { tableNames } = first.outputs;
    await destroy(bench.workspace());
    assert.deepEqual(await bench.query("SELECT slot_name FROM pg_replication_slots"), []);
    assert.equal((await describeTables(tableNames)).length, tableNames.length);
  });
});
