import assert from "node:assert/strict";
import {
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import { LambdaClient, ListEventSourceMappingsCommand } from "@aws-sdk/client-lambda";
import { type DeployResult, deploy } from "../../automation/deploy";
import type { RowstreamEvent } from "../../automation/events";
import { refresh } from "../../automation/refresh";
import { reload } from "../../automation/reload";
import { discoverTables } from "../../automation/tables";
import { ChangeEvents, type ReceivedEvent } from "../helpers/changeEvents";
import { poll } from "../helpers/poll";
import { SandboxBench } from "../helpers/sandboxBench";

/** Nobody but the tests changes the source here. */
describe("tables that change, in the sandbox", function () {
  this.timeout(300_000);
  let bench: SandboxBench;
  let events: ChangeEvents;
  let deployed: DeployResult;
  let dynamodb: DynamoDBClient;

  function next(what: string, is: (event: ReceivedEvent) => boolean): Promise<ReceivedEvent> {
    return poll(what, async () => (await events.read()).find(is), 60_000);
  }

  /** The event of a change that a test makes of a product, told by its stock. */
  function productWith(stock: number): Promise<ReceivedEvent> {
    return next(`the product with ${stock} in stock`, (event) => event.new?.in_stock === stock);
  }

  before(async () => {
    bench = await SandboxBench.start();
    dynamodb = new DynamoDBClient({});
    deployed = await deploy(bench.configured());
    events = new ChangeEvents(bench.sandbox.environment, deployed.outputs.streamName);
  });

  after(() => bench?.stop());

  describe("a column", () => {
    it("that is added comes with the next change of each row, and not before", async () => {
      await bench.query("ALTER TABLE products ADD COLUMN colour text DEFAULT 'plain'");
      await bench.query("UPDATE products SET in_stock = 1001, colour = 'red' WHERE product_id = 1");
      await bench.query("UPDATE products SET in_stock = 1002 WHERE product_id = 2");
      assert.equal((await productWith(1001)).new?.colour, "red");
      const event = await productWith(1002);
      assert.equal(event.old?.colour, undefined);
      assert.equal(event.new?.colour, "plain");
      const touched = events.all.filter(({ new: row }) => row?.colour !== undefined);
      assert.deepEqual(
        touched.map(({ key }) => key),
        [{ product_id: 1 }, { product_id: 2 }],
      );
    });

    it("that is renamed comes under its new name, and its old name keeps the last value", async () => {
      await bench.query("ALTER TABLE products RENAME COLUMN colour TO shade");
      await bench.query("UPDATE products SET in_stock = 1003, shade = 'crimson' WHERE product_id = 1");
      const event = await productWith(1003);
      assert.deepEqual([event.new?.shade, event.new?.colour], ["crimson", "red"]);
      assert.deepEqual(event.changed.sort(), ["in_stock", "shade"]);
      await bench.query(
        "INSERT INTO products (sku, name, price, in_stock, available_from, shade) VALUES ('N-1', 'new', 1, 1004, '2026-11-23', 'blue')",
      );
      const fresh = await productWith(1004);
      assert.deepEqual([fresh.new?.shade, "colour" in (fresh.new ?? {})], ["blue", false]);
    });

    it("that is dropped changes no more, and keeps its last value in the rows that have one", async () => {
      await bench.query("ALTER TABLE products DROP COLUMN shade");
      await bench.query("UPDATE products SET in_stock = 1005 WHERE product_id = 1");
      const event = await productWith(1005);
      assert.deepEqual([event.new?.shade, event.changed], ["crimson", ["in_stock"]]);
    });
  });

  it("a reload puts right what differs, as events, and finds what is no row any more", async () => {
    const { streamArn } = await describeTable("customers");
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: "customers",
        Key: { customer_id: { N: "1" } },
        UpdateExpression: "SET city = :city",
        ExpressionAttributeValues: { ":city": { S: "Nowhere" } },
      }),
    );
    await dynamodb.send(
      new PutItemCommand({
        TableName: "customers",
        Item: { customer_id: { N: "999999999" }, city: { S: "Gone" } },
      }),
    );
    const { rowCount } = await bench.database.query("SELECT 1 FROM customers");
    const codes: string[] = [];
    const result = await reload({ ...bench.workspace(({ code }) => codes.push(code)), table: "customers" });
    assert.deepEqual(result, { schema: "public", table: "customers", rows: rowCount, leftOver: 1 });
    assert.deepEqual([codes.includes("ReloadStarted"), codes.at(-1)], [true, "ReloadFinished"]);
    const event = await next("the row put right", ({ old }) => old?.city === "Nowhere");
    assert.deepEqual(event.changed, ["city"]);
    const reloaded = events.all.filter(({ source }) => source.table === "customers");
    assert.equal(
      reloaded.length,
      3,
      "the two changes by hand and the one that mends, and no event of the other rows",
    );
    assert.equal((await describeTable("customers")).streamArn, streamArn);
  });

  describe("whose stream was turned off behind the stack's back", () => {
    it("are named by a refresh, which leaves the mending to a deployment", async () => {
      await dynamodb.send(
        new UpdateTableCommand({ TableName: "orders", StreamSpecification: { StreamEnabled: false } }),
      );
      await bench.query("UPDATE orders SET note = 'while it was off' WHERE order_id = 1");
      const { lostStreams } = await refresh(bench.workspace());
      assert.deepEqual(
        lostStreams.map(({ table }) => table),
        ["orders"],
      );
    });

    it("get another stream and one mapping for it, and what changes from then on is an event", async () => {
      const told: RowstreamEvent[] = [];
      await deploy(bench.workspace((event) => told.push(event)));
      const lost = told.find((event) => event.code === "StreamsLost");
      assert.deepEqual(
        lost?.tables.map(({ table }) => table),
        ["orders"],
      );
      const { streamArn } = await describeTable("orders");
      assert.notEqual(streamArn, deployed.outputs.tableStreamArns.orders);
      const { EventSourceMappings } = await new LambdaClient({}).send(new ListEventSourceMappingsCommand({}));
      const own = EventSourceMappings?.filter(({ EventSourceArn }) =>
        EventSourceArn?.includes("table/orders/"),
      );
      assert.deepEqual(
        own?.map(({ EventSourceArn, StartingPosition }) => [EventSourceArn, StartingPosition]),
        [[streamArn, "TRIM_HORIZON"]],
      );
      await bench.query("UPDATE orders SET note = 'now it is on' WHERE order_id = 1");
      const event = await next("the change after it", ({ new: row }) => row?.note === "now it is on");
      assert.equal(event.old?.note, "while it was off");
      assert.ok(!events.all.some(({ new: row }) => row?.note === "while it was off"));
    });
  });

  it("that are dropped in the source stay in DynamoDB and in the pipeline, and the list says why they are still", async () => {
    await bench.query("DROP TABLE payments");
    const discovery = await poll("DMS to notice", async () => {
      const found = (await discoverTables(bench.workspace())).discovery;
      return found.skipped.some(({ table }) => table === "payments") && found;
    });
    assert.ok(discovery.tables.some(({ table }) => table === "payments"));
    assert.match(
      discovery.skipped.find(({ table }) => table === "payments")?.reason ?? "",
      /Table does not exist/,
    );
    assert.ok((await describeTable("payments")).streamArn);
    assert.equal((await deploy(bench.workspace())).changed, false);
  });

  async function describeTable(TableName: string): Promise<{ streamArn: string | undefined }> {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
    return { streamArn: Table?.LatestStreamArn };
  }
});
