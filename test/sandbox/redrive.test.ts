import assert from "node:assert/strict";
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { deploy } from "../../automation/deploy";
import { redrive } from "../../automation/redrive/redrive";
import type { PipelineOutputs } from "../../program";
import { ChangeEvents } from "../helpers/changeEvents";
import { FaultyAws } from "../helpers/faultyAws";
import { poll } from "../helpers/poll";
import { SandboxBench } from "../helpers/sandboxBench";

describe("redrive in the sandbox", function () {
  this.timeout(300_000);
  let bench: SandboxBench;
  let proxy: FaultyAws;
  let outputs: PipelineOutputs;
  let events: ChangeEvents;

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
  async function failWhile(changes: () => Promise<unknown>): Promise<void> {
    const before = (await objects("aws/lambda/")).length;
    proxy.rule = (operation) =>
      operation === "PutRecords" ? { status: 400, type: "AccessDeniedException" } : undefined;
    await changes();
    await poll("the mapping to give up", async () => (await objects("aws/lambda/")).length > before, 60_000);
    proxy.rule = () => undefined;
  }

  before(async () => {
    bench = await SandboxBench.start();
    const retries = { "rowstream:fanIn": { value: JSON.stringify({ retryAttempts: 1 }) } };
    ({ outputs } = await deploy(bench.configured(undefined, retries)));
    const { environment } = bench.sandbox;
    events = new ChangeEvents(environment, outputs.streamName);
    proxy = await FaultyAws.start(environment.AWS_ENDPOINT_URL ?? "");
    await divertKinesis();
  });

  after(async () => {
    await proxy?.stop();
    await bench?.stop();
  });

  it("has nothing to do where nothing failed", async () => {
    const result = await redrive(bench.workspace());
    assert.deepEqual(result.objects, { redriven: 0, left: 0 });
    assert.equal(result.published, 0);
  });

  it("brings out, in order, what a mapping gave up on; a dry run first changes nothing", async () => {
    await failWhile(() => bench.query("UPDATE products SET name = 'lost 1' WHERE product_id = 1"));
    await failWhile(() => bench.query("UPDATE products SET name = 'lost 2' WHERE product_id = 1"));
    assert.deepEqual(await names(1), []);

    const dry = await redrive({ ...bench.workspace(), dryRun: true });
    assert.equal(dry.published, 2);
    assert.equal((await objects("redriven/")).length, 0);
    assert.deepEqual(await names(1), []);

    const result = await redrive(bench.workspace());
    assert.deepEqual([result.published, result.overtaken, result.held, result.late], [2, [], [], []]);
    assert.deepEqual(await names(1), ["lost 1", "lost 2"]);
    assert.equal((await objects("aws/lambda/")).length, 0);
    assert.equal((await objects("redriven/aws/lambda/")).length, 2);
  });

  it("publishes nothing when it is run again", async () => {
    assert.equal((await redrive(bench.workspace())).published, 0);
    assert.deepEqual(await names(1), ["lost 1", "lost 2"]);
  });

  it("leaves out what a later event has overtaken, and says so", async () => {
    await failWhile(() => bench.query("UPDATE products SET name = 'overtaken' WHERE product_id = 2"));
    await bench.query("UPDATE products SET name = 'later' WHERE product_id = 2");
    await poll("the later event", async () => (await names(2)).includes("later"));
    const result = await redrive(bench.workspace());
    assert.deepEqual(
      result.overtaken.map(({ table, key }) => [table, key]),
      [["public.products", '{"product_id":2}']],
    );
    assert.equal(result.published, 0);
    assert.deepEqual(await names(2), ["later"]);
    assert.deepEqual(result.objects, { redriven: 1, left: 0 });
  });

  it("brings out each event once where two run at the same time, or says it again with the same id", async () => {
    await failWhile(() => bench.query("UPDATE products SET name = 'twice' WHERE product_id = 3"));
    const results = await Promise.all([redrive(bench.workspace()), redrive(bench.workspace())]);
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
      await bench.query(
        "INSERT INTO products (product_id, sku, name, price, in_stock, available_from) VALUES (90001, 'sku-90001', 'gone soon', 12.50, 1, '2026-11-23')",
      );
      await bench.query("DELETE FROM products WHERE product_id = 90001");
    });
    await poll(
      "both records to be in the bucket",
      async () => {
        const { published, held } = await redrive({ ...bench.workspace(), dryRun: true });
        return published === 2 && held.length === 0;
      },
      60_000,
    );
    await redrive(bench.workspace());
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
    const { code, stdout } = await bench.command("redrive", "--output", "json");
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(stdout).unrecoverable, [
      { object: "unprocessable/products/2026/11/23/abc.json", reason: "the record's key is empty" },
    ]);
    const pretty = await bench.command("redrive");
    assert.match(pretty.stdout, /NOT RECOVERABLE\n.*abc\.json +the record's key is empty/);
  });
});
