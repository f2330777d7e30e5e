import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Client } from "pg";
import { deploy } from "../../automation/deploy";
import { redrive } from "../../automation/redrive/redrive";
import type { PipelineOutputs } from "../../automation/stackSnapshot";
import type { WorkspaceOptions } from "../../automation/workspace";
import { enterSandbox } from "../../cli/sandboxEnvironment";
import { type Sandbox, startSandbox } from "../../sandbox/index";
import { ChangeEvents } from "../helpers/changeEvents";
import { FaultyAws } from "../helpers/faultyAws";
import { poll } from "../helpers/poll";
import { temporaryFolder } from "../helpers/temporaryFolder";
import { tools } from "../helpers/tools";

const ROOT = join(__dirname, "..", "..", "..");

describe("redrive in the sandbox", function () {
  this.timeout(300_000);
  const environmentBefore = { ...process.env };
  const directoryBefore = process.cwd();
  let folder: string;
  let sandbox: Sandbox;
  let database: Client;
  let proxy: FaultyAws;
  let outputs: PipelineOutputs;
  let events: ChangeEvents;

  function workspace(): WorkspaceOptions {
    const { stackName } = sandbox;
    return { stackName, workDir: ROOT, pulumi: tools().pulumi, onEvent: () => undefined };
  }

  async function run(sql: string): Promise<void> {
    await database.query(sql);
  }

  async function objects(prefix: string): Promise<string[]> {
    const { Contents } = await new S3Client({}).send(
      new ListObjectsV2Command({ Bucket: outputs.failureBucketName, Prefix: prefix }),
    );
    return (Contents ?? []).map(({ Key = "" }) => Key);
  }

  /** Puts the fault proxy between the fan-in and Kinesis. */
  async function divertKinesis(): Promise<void> {
    const client = new LambdaClient({});
    const FunctionName = outputs.fanInName;
    const { Environment } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const Variables = { ...Environment?.Variables, AWS_ENDPOINT_URL_KINESIS: proxy.endpoint };
    await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
    await poll("the function to be updated", async () => {
      const { LastUpdateStatus } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
      return LastUpdateStatus === "Successful";
    });
  }

  /** The status texts of a product's events, in the order of the stream. */
  async function names(productId: number): Promise<unknown[]> {
    return (await events.read())
      .filter(
        ({ source, key, op }) => source.table === "products" && key.product_id === productId && op !== "load",
      )
      .map(({ new: row }) => row?.name);
  }

  /** Makes changes while Kinesis refuses everything, until the mappings have given up on so many more batches. */
  async function failWhile(changes: () => Promise<void>): Promise<void> {
    const before = (await objects("aws/lambda/")).length;
    proxy.rule = (operation) =>
      operation === "PutRecords" ? { status: 400, type: "AccessDeniedException" } : undefined;
    await changes();
    await poll("the mapping to give up", async () => (await objects("aws/lambda/")).length > before, 60_000);
    proxy.rule = () => undefined;
  }

  before(async () => {
    folder = temporaryFolder();
    sandbox = await startSandbox({
      stateDir: join(folder, "sandbox"),
      tools: tools(),
      keep: false,
      changesPerSecond: 0,
      onProgress: () => undefined,
    });
    process.chdir(ROOT);
    enterSandbox(sandbox.environment);
    database = new Client({ connectionString: sandbox.sourceUrl });
    await database.connect();
    const config = { ...sandbox.config, "rowstream:fanIn": { value: JSON.stringify({ retryAttempts: 1 }) } };
    ({ outputs } = await deploy({ ...workspace(), config, missing: "create" }));
    events = new ChangeEvents(sandbox.environment, outputs.streamName);
    proxy = await FaultyAws.start(sandbox.environment.AWS_ENDPOINT_URL ?? "");
    await divertKinesis();
  });

  after(async () => {
    await database?.end();
    await proxy?.stop();
    await sandbox?.stop();
    process.env = environmentBefore;
    process.chdir(directoryBefore);
    rmSync(folder, { recursive: true, force: true });
  });

  it("has nothing to do where nothing failed", async () => {
    const result = await redrive(workspace());
    assert.deepEqual(result.objects, { redriven: 0, left: 0 });
    assert.equal(result.published, 0);
  });

  it("brings out, in order, what a mapping gave up on; a dry run first changes nothing", async () => {
    await failWhile(() => run("UPDATE products SET name = 'lost 1' WHERE product_id = 1"));
    await failWhile(() => run("UPDATE products SET name = 'lost 2' WHERE product_id = 1"));
    assert.deepEqual(await names(1), []);

    const dry = await redrive({ ...workspace(), dryRun: true });
    assert.equal(dry.published, 2);
    assert.equal((await objects("redriven/")).length, 0);
    assert.deepEqual(await names(1), []);

    const result = await redrive(workspace());
    assert.deepEqual([result.published, result.overtaken, result.held, result.late], [2, [], [], []]);
    assert.deepEqual(await names(1), ["lost 1", "lost 2"]);
    assert.equal((await objects("aws/lambda/")).length, 0);
    assert.equal((await objects("redriven/aws/lambda/")).length, 2);
  });

  it("publishes nothing when it is run again", async () => {
    assert.equal((await redrive(workspace())).published, 0);
    assert.deepEqual(await names(1), ["lost 1", "lost 2"]);
  });

  it("leaves out what a later event has overtaken, and says so", async () => {
    await failWhile(() => run("UPDATE products SET name = 'overtaken' WHERE product_id = 2"));
    await run("UPDATE products SET name = 'later' WHERE product_id = 2");
    await poll("the later event", async () => (await names(2)).includes("later"));
    const result = await redrive(workspace());
    assert.deepEqual(
      result.overtaken.map(({ table, key }) => [table, key]),
      [["public.products", '{"product_id":2}']],
    );
    assert.equal(result.published, 0);
    assert.deepEqual(await names(2), ["later"]);
    assert.deepEqual(result.objects, { redriven: 1, left: 0 });
  });

  it("brings out each event once where two run at the same time, or says it again with the same id", async () => {
    await failWhile(() => run("UPDATE products SET name = 'twice' WHERE product_id = 3"));
    const results = await Promise.all([redrive(workspace()), redrive(workspace())]);
    assert.ok(
      results.every(
        ({ held, late, unrecoverable }) => held.length + late.length + unrecoverable.length === 0,
      ),
    );
    const all = (await events.read()).filter(
      ({ key, source }) => source.table === "products" && key.product_id === 3,
    );
    assert.equal(new Set(all.map(({ id }) => id)).size, 1);
    assert.equal((await objects("aws/lambda/")).length, 0);
  });

  it("brings out the event of an insert and of a delete with the fan-in's own text", async () => {
    await failWhile(async () => {
      await run(
        "INSERT INTO products (product_id, sku, name, price, in_stock, available_from) VALUES (90001, 'sku-90001', 'gone soon', 12.50, 1, '2026-11-23')",
      );
      await run("DELETE FROM products WHERE product_id = 90001");
    });
    await poll(
      "both records to be in the bucket",
      async () => {
        const { published, held } = await redrive({ ...workspace(), dryRun: true });
        return published === 2 && held.length === 0;
      },
      60_000,
    );
    await redrive(workspace());
    const all = (await events.read()).filter(({ key }) => key.product_id === 90001);
    assert.deepEqual(
      all.map(({ op }) => op),
      ["insert", "delete"],
    );
    assert.deepEqual(all[0]?.source, {
      name: "shop",
      engine: "postgres",
      schema: "public",
      table: "products",
    });
    assert.deepEqual(all[0]?.new, all[1]?.old);
    assert.equal(all[0]?.new?.price, 12.5);
  });

  it("as a command, names what cannot be recovered and ends with code 1", async () => {
    await new S3Client({}).send(
      new PutObjectCommand({
        Bucket: outputs.failureBucketName,
        Key: "unprocessable/products/2026/11/23/abc.json",
        Body: JSON.stringify({ reason: "the record's key is empty", record: {} }),
      }),
    );
    const { code, stdout } = await command("redrive", "--stack", sandbox.stackName, "--output", "json");
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(stdout).unrecoverable, [
      { object: "unprocessable/products/2026/11/23/abc.json", reason: "the record's key is empty" },
    ]);
    const pretty = await command("redrive", "--stack", sandbox.stackName);
    assert.match(pretty.stdout, /NOT RECOVERABLE\n.*abc\.json +the record's key is empty/);
  });

  function command(...args: string[]): Promise<{ code: number; stdout: string }> {
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [join(ROOT, "dist/cli/main.js"), ...args],
        { env: process.env },
        (error, stdout) => resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout }),
      );
    });
  }
});
