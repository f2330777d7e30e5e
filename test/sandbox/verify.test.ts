import assert from "node:assert/strict";
import {
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { deploy } from "../../automation/deploy";
import { type VerifyOptions, verify } from "../../automation/verify/verify";
import { isSame, type RowDifference } from "../../automation/verify/verifyResult";
import { Workload } from "../../sandbox/database/workload";
import { SandboxBench } from "../helpers/sandboxBench";

describe("verify in the sandbox", function () {
  this.timeout(300_000);
  let bench: SandboxBench;

  async function differences(options: Partial<VerifyOptions> = {}): Promise<[string, RowDifference][]> {
    const { tables } = await verify({ ...bench.workspace(), settleSeconds: 2, ...options });
    return tables.flatMap(({ table, differences: rows }) =>
      rows.map((row): [string, RowDifference] => [table, row]),
    );
  }

  before(async () => {
    bench = await SandboxBench.start({ behaviour: { nullOnUpdate: "remove" } });
    await bench.query(`
      CREATE TABLE samples (
        id int PRIMARY KEY, whole bigint, exact numeric(38,10), loose numeric, small real, big double precision,
        price money, yes boolean, day date, clock time, moment timestamp, instant timestamptz, code char(5),
        words text, doc jsonb, list int[], bytes bytea, twice int GENERATED ALWAYS AS (id * 2) STORED);
      INSERT INTO samples VALUES
        (1, 9223372036854775807, 1234567890.0123456789, 1.23456789, 0.1, 0.1, 12.34, true, '2026-11-23', '14:15',
         '2026-11-23 14:15:04.5', '2026-11-23 14:15:04+02', 'ab', 'quote " and 😀', '{"b": 1, "a": [2]}', '{1,2}', '\\x00ff'),
        (2, NULL, NULL, NULL, 'NaN', '-Infinity', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`);
    await deploy(bench.configured());
  });

  after(() => bench?.stop());

  it("finds no difference in what was loaded, and names the columns that DMS loses", async () => {
    const result = await verify({ ...bench.workspace(), settleSeconds: 2, showValues: true });
    assert.deepEqual(
      result.tables.flatMap(({ differences: rows }) => rows),
      [],
    );
    assert.ok(isSame(result));
    const samples = result.tables.find(({ table }) => table === "public.samples");
    assert.deepEqual(samples?.rows, { source: 2, target: 2 });
    assert.deepEqual(
      samples?.skipped.map(({ column }) => column),
      ["bytes", "twice"],
    );
    const lines = result.tables.find(({ table }) => table === "public.order_lines");
    assert.ok((lines?.rows.source ?? 0) > 100);
    assert.equal(lines?.rows.source, lines?.rows.target);
  });

  it("reports nothing that is on its way while changes flow", async () => {
    const workload = new Workload({
      url: bench.sandbox.sourceUrl,
      changesPerSecond: 200,
      seed: 3,
      onFailure: assert.ifError,
    });
    try {
      const found = (await differences({ settleSeconds: 5 })).filter(([, { kind }]) => kind !== "changing");
      assert.deepEqual(found, []);
    } finally {
      await workload.stop();
    }
  });

  it("names each row that was changed behind DMS's back", async () => {
    const dynamo = new DynamoDBClient({});
    const TableName = "samples";
    await dynamo.send(
      new UpdateItemCommand({
        TableName,
        Key: { id: { N: "1" } },
        UpdateExpression: "SET words = :w",
        ExpressionAttributeValues: { ":w": { S: "tampered" } },
      }),
    );
    await dynamo.send(new DeleteItemCommand({ TableName, Key: { id: { N: "2" } } }));
    await dynamo.send(new PutItemCommand({ TableName, Item: { id: { N: "3" } } }));
    assert.deepEqual(await differences({ tables: ["samples"] }), [
      ["public.samples", { kind: "differs", key: { id: "1" }, columns: ["words"] }],
      ["public.samples", { kind: "missing", key: { id: "2" }, columns: [] }],
      ["public.samples", { kind: "extra", key: { id: "3" }, columns: [] }],
    ]);
  });

  it("finds the update of a primary key, which DMS loses", async () => {
    await bench.query("UPDATE customers SET name = 'Somebody' WHERE customer_id = 1");
    await bench.query(
      "INSERT INTO products (product_id, sku, name, price, in_stock, available_from) VALUES (90001, 'sku-90001', 'moves', 1, 1, '2026-11-23')",
    );
    assert.deepEqual(await differences({ tables: ["public.products"] }), []);
    await bench.query("UPDATE products SET product_id = 90002 WHERE product_id = 90001");
    const found = await differences({ tables: ["public.products"] });
    assert.ok(found.length > 0);
    assert.ok(found.every(([, { key }]) => ["90001", "90002"].includes(key.product_id ?? "")));
  });

  describe("under what AWS DMS may do as well", () => {
    const inserted = (
      id: number,
    ) => `INSERT INTO samples SELECT ${id}, whole, exact, loose, small, big, price, yes,
      day, clock, moment, instant, code, repeat(md5('x'), 200), doc, list, bytes FROM samples WHERE id = 1`;

    /** Each row of `samples` that differs, by its id, with the columns. */
    async function found(): Promise<Record<string, string[]>> {
      const rows = await differences({ tables: ["samples"] });
      const own = rows.filter(([, { key }]) => Number(key.id) > 10);
      return Object.fromEntries(own.map(([, { key, columns }]) => [key.id, columns]));
    }

    it("finds the value that is kept where the source has NULL (nullOnUpdate keep)", async () => {
      await bench.behave({ nullOnUpdate: "keep" });
      await bench.query(inserted(11));
      await bench.query("UPDATE samples SET exact = NULL, words = NULL WHERE id = 11");
      assert.deepEqual(await found(), { 11: ["exact", "words"] });
    });

    it("finds the value out of line that an update takes away (update replace)", async () => {
      await bench.behave({ update: "replace" });
      await bench.query("ALTER TABLE samples ALTER words SET STORAGE EXTERNAL");
      await bench.query(inserted(12));
      await bench.query("UPDATE samples SET whole = 2 WHERE id = 12");
      assert.deepEqual(await found(), { 11: ["exact", "words"], 12: ["words"] });
    });

    it("takes dates and times in either form for the same (timeText), and names the columns that are lost (unlistedTypes lost)", async () => {
      await bench.behave({ timeText: "sql", unlistedTypes: "lost" });
      await bench.query(inserted(13));
      const { 13: lost } = await found();
      assert.deepEqual(lost, ["clock", "words", "doc", "list"]);
    });
  });

  it("as a command, ends with code 1 and shows values only where it is told to", async () => {
    const args: [string, ...string[]] = ["verify", "--table", "samples", "--settle", "1"];
    const plain = await bench.command(...args);
    assert.equal(plain.code, 1);
    assert.match(plain.stdout, /public\.samples +\{"id":"1"\} +differs +words\n/);
    assert.doesNotMatch(plain.stdout, /tampered/);
    assert.match((await bench.command(...args, "--show-values")).stdout, /words: "quote .*" \/ "tampered"/);
    const same = await bench.command("verify", "--table", "orders", "--output", "json");
    assert.equal(same.code, 0);
    assert.equal(JSON.parse(same.stdout).tables[0].table, "public.orders");
  });

  it("refuses a table that the pipeline has not, and a source that it cannot reach", async () => {
    await assert.rejects(verify({ ...bench.workspace(), tables: ["nothing"] }), { code: "TableNotMatched" });
    await assert.rejects(verify({ ...bench.workspace(), sourceUrl: "postgres://a:b@127.0.0.1:1/x" }), {
      code: "SourceNotReadable",
    });
  });
});
