import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { Client } from "pg";
import { type Sandbox, type SandboxOptions, type SandboxProgress, startSandbox } from "../../sandbox/index";
import { poll } from "../helpers/poll";
import { descendants, listeningSockets, type ProcessInfo, survivors } from "../helpers/processes";
import { temporaryFolder } from "../helpers/temporaryFolder";
import { tools } from "../helpers/tools";

describe("startSandbox", function () {
  this.timeout(120_000);
  let stateDir: string;
  let said: SandboxProgress[];
  let running: Sandbox[];

  beforeEach(() => {
    stateDir = join(temporaryFolder(), "sandbox");
    said = [];
    running = [];
  });

  afterEach(async () => {
    await Promise.all(running.map((sandbox) => sandbox.stop()));
    rmSync(join(stateDir, ".."), { recursive: true, force: true });
  });

  async function start(changes: Partial<SandboxOptions> = {}): Promise<Sandbox> {
    const sandbox = await startSandbox({
      stateDir,
      tools: tools(),
      keep: false,
      changesPerSecond: 100,
      onProgress: (message) => said.push(message),
      ...changes,
    });
    running.push(sandbox);
    return sandbox;
  }

  async function rows(sandbox: Sandbox, sql: string): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: sandbox.sourceUrl });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }

  function dynamoDb(sandbox: Sandbox): DynamoDBClient {
    return new DynamoDBClient({
      endpoint: String(sandbox.environment.AWS_ENDPOINT_URL),
      region: "us-east-1",
      credentials: { accessKeyId: "sandbox", secretAccessKey: "sandbox" },
    });
  }

  it("listens on the loopback address alone, and leaves no process, port or file behind", async () => {
    const before = descendants(process.pid);
    const sandbox = await start();
    sandbox.startWorkload();
    const parts = descendants(process.pid).filter(({ pid }) => !before.some((other) => other.pid === pid));
    const sockets = listeningSockets(parts);
    assert.ok(
      sockets.length >= 6,
      `MiniStack, PostgreSQL and the stand-ins listen: ${JSON.stringify(sockets)}`,
    );
    assert.deepEqual(
      sockets.filter(({ address }) => address !== "127.0.0.1"),
      [],
    );
    await sandbox.stop();
    await sandbox.stop();
    await poll("the end of every process", async () => survivors(parts).length === 0);
    assert.ok(!existsSync(stateDir));
  });

  it("has the sample's workload change rows once it is started", async () => {
    const sandbox = await start();
    const count = async () =>
      Number((await rows(sandbox, "SELECT max(order_id)::int AS max FROM orders"))[0]?.max);
    const first = await count();
    sandbox.startWorkload();
    sandbox.startWorkload();
    await poll("a new order", async () => (await count()) > first);
  });

  it("names the tables without a primary key, and those with composite ones", async () => {
    await start();
    const texts = said.map(({ text }) => text);
    assert.ok(
      texts.includes("without a primary key, so DMS leaves them out: public.audit_log"),
      texts.join("\n"),
    );
    assert.ok(
      texts.includes("composite keys, which DMS must be told: public.order_lines (order_id, line_no)"),
    );
  });

  it("refuses a second sandbox in the same folder, naming the first one's process", async () => {
    await start();
    await assert.rejects(start(), new RegExp(`running already in ${stateDir} \\(pid ${process.pid}\\)`));
  });

  it("goes on with kept state: rows, tables and ports", async () => {
    const first = await start({ keep: true });
    await rows(first, "DELETE FROM audit_log");
    await dynamoDb(first).send(
      new CreateTableCommand({
        TableName: "kept",
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "N" }],
        BillingMode: "PAY_PER_REQUEST",
      }),
    );
    await first.stop();
    const second = await start();
    assert.equal(second.sourceUrl, first.sourceUrl);
    assert.equal(second.environment.AWS_ENDPOINT_URL, first.environment.AWS_ENDPOINT_URL);
    assert.equal(second.environment.PULUMI_CONFIG_PASSPHRASE, first.environment.PULUMI_CONFIG_PASSPHRASE);
    assert.deepEqual(await rows(second, "SELECT count(*)::int AS n FROM audit_log"), [{ n: 0 }]);
    assert.deepEqual((await dynamoDb(second).send(new ListTablesCommand())).TableNames, ["kept"]);
    await second.stop();
    assert.ok(!existsSync(stateDir), "not kept a second time");
  });

  it("begins anew when it is told to, whatever was kept", async () => {
    const first = await start({ keep: true });
    await first.stop();
    const second = await start({ fresh: true });
    assert.notEqual(second.environment.PULUMI_CONFIG_PASSPHRASE, first.environment.PULUMI_CONFIG_PASSPHRASE);
    assert.ok(said.some(({ text }) => text === "the kept state is removed"));
  });

  it("leaves kept state as it was when the next start fails", async () => {
    const first = await start({ keep: true });
    await first.stop();
    await assert.rejects(
      start({ tools: { ...tools(), ministack: "/no/such/program" } }),
      /no\/such\/program/,
    );
    const second = await start();
    assert.equal(second.environment.PULUMI_CONFIG_PASSPHRASE, first.environment.PULUMI_CONFIG_PASSPHRASE);
  });

  it("replicates the user's own database, and starts no PostgreSQL then", async () => {
    const other = await start({ stateDir: join(stateDir, "..", "other") });
    await rows(other, "CREATE SCHEMA crm");
    await rows(other, "CREATE TABLE crm.visits (site int, day date, n int, PRIMARY KEY (day, site))");
    const sandbox = await start({ source: other.sourceUrl, tables: ["crm.%"] });
    assert.deepEqual(JSON.parse(String(sandbox.config["rowstream:tables"]?.value)), {
      include: ["crm.%"],
      keys: { "crm.visits": ["day", "site"] },
    });
    assert.ok(!existsSync(join(stateDir, "postgres")));
  });

  it("says which database it cannot reach, without the password, and leaves nothing running", async () => {
    const before = descendants(process.pid);
    await assert.rejects(start({ source: "postgres://me:secret@127.0.0.1:1/shop" }), (error: Error) => {
      assert.match(error.message, /cannot read the source 127.0.0.1:1\/shop as user "me": .*ECONNREFUSED/);
      assert.ok(!error.message.includes("secret"));
      return true;
    });
    assert.deepEqual(
      descendants(process.pid).filter(({ pid }) => !before.some((other) => other.pid === pid)),
      [],
    );
    assert.ok(!existsSync(stateDir));
  });

  it("ends what it has begun when it is interrupted while it starts", async () => {
    const interrupt = new AbortController();
    const began = start({ signal: interrupt.signal });
    interrupt.abort(new Error("Ctrl-C"));
    await assert.rejects(began, /Ctrl-C/);
    assert.ok(!existsSync(stateDir));
  });

  it("starts a stand-in that crashed again, and once more if it crashes meanwhile, where the others look for it", async () => {
    const sandbox = await start();
    const dms = () => descendants(process.pid).find(({ command }) => /sandbox\/dms\/main\.js/.test(command));
    const first = dms()?.pid ?? 0;
    process.kill(first, "SIGKILL");
    const second = await poll("the next one", async () => [dms()?.pid].find((pid) => pid && pid !== first));
    process.kill(second, "SIGKILL");
    await poll("a restart", async () =>
      said.some(({ text }) => text.startsWith("the DMS stand-in was ended by SIGKILL")),
    );
    const response = await fetch(String(sandbox.environment.AWS_ENDPOINT_URL_DATABASE_MIGRATION_SERVICE), {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "AmazonDMSv20160101.DescribeEndpoints",
      },
      body: "{}",
    });
    assert.equal(response.status, 200);
  });

  it("says so when a part that cannot come back is gone", async () => {
    const sandbox = await start();
    const ministack = descendants(process.pid).find(({ command }) => /ministack/.test(command));
    process.kill(ministack?.pid ?? 0, "SIGKILL");
    assert.match((await sandbox.failed).message, /MiniStack was ended by SIGKILL/);
  });

  describe("in a process that is ended", () => {
    let child: ChildProcess;
    let parts: ProcessInfo[];

    async function run(): Promise<void> {
      child = spawn(process.execPath, [join(__dirname, "..", "helpers", "runSandbox.js"), stateDir], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout as NodeJS.EventEmitter, "data");
      parts = descendants(child.pid ?? 0);
      assert.ok(parts.length >= 6, JSON.stringify(parts));
    }

    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      it(`leaves no process after ${signal}`, async () => {
        await run();
        const exit = once(child, "exit");
        child.kill(signal);
        await exit;
        await poll("the end of every process", async () => survivors(parts).length === 0);
      });
    }

    it("is no obstacle to the next sandbox, even right after a SIGKILL", async () => {
      await run();
      child.kill("SIGKILL");
      await once(child, "exit");
      await start();
      assert.ok(
        said.some(({ text }) => text === "the last sandbox did not end in order; what it left is removed"),
      );
      assert.deepEqual(survivors(parts), []);
    });
  });
});
