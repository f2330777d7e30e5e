import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DataLake } from "../../components/consumers/dataLake";
import { DeviceBridge } from "../../components/consumers/deviceBridge";
import { Pipeline, type PipelineArgs } from "../../components/pipeline";
import { pipelineArgs, replicatedTable } from "../helpers/pipelineArgs";
import { PACK, PolicyBench, type PolicySettings } from "../helpers/policyBench";

const STRICTEST = JSON.parse(readFileSync(join(PACK, "production.json"), "utf8")) as PolicySettings;

/** A pipeline for production: nothing but what its owner must decide. */
const PRODUCTION: Partial<PipelineArgs> = {
  source: {
    name: "shop",
    engine: "postgres",
    database: "shop",
    secretArn: "arn:aws:secretsmanager:us-east-1:000000000000:secret:shop-AbCdEf",
  },
  replication: { instance: { multiAz: true } },
  tableFeed: { capacity: { mode: "on-demand", maxReadUnits: 1000, maxWriteUnits: 4000 } },
};

const TABLES = [replicatedTable("customers"), replicatedTable("orders")];

/** The policies on documents that name resources, which have no ARN before the first update. */
const UNKNOWN_IN_A_PREVIEW = [
  "bucket-tls",
  "no-public-principal",
  "no-wildcard-action",
  "no-wildcard-resource",
];

describe("the pipeline under its policies at their strictest", () => {
  let bench: PolicyBench;
  before(async () => {
    bench = await PolicyBench.start();
    await makeTablesAsDmsDoes(bench.provider.endpoint);
  });
  after(async () => {
    await bench?.stop();
  });

  const VARIANTS: [string, Partial<PipelineArgs>][] = [
    ["with an instance", {}],
    ["that publishes the initial rows", { initialLoad: "events" }],
    ["serverless", { replication: { serverless: { maxDcu: 16, multiAz: true } } }],
    [
      "with autoscaled tables and a sized stream",
      {
        tableFeed: { capacity: { mode: "provisioned", maxReadUnits: 100, maxWriteUnits: 400 } },
        stream: { mode: "provisioned", shards: 2 },
      },
    ],
    [
      "in a network of the user's own",
      { network: { vpcId: "vpc-1", subnetIds: ["subnet-1", "subnet-2"], routeTableIds: ["rtb-1"] } },
    ],
  ];
  for (const [index, [title, args]] of VARIANTS.entries()) {
    it(`passes a preview ${title}, before the load and after it`, async () => {
      const stack = await bench.stack(`variant${index}`, STRICTEST);
      for (const replicatedTables of [[], TABLES]) {
        const verdict = await stack.preview(async () => {
          const pipeline = new Pipeline(
            "rowstream",
            pipelineArgs({ ...PRODUCTION, ...args, replicatedTables }),
          );
          addConsumers(pipeline);
        });
        assert.deepEqual(verdict.violations, []);
        assert.deepEqual(verdict.errors, []);
        assert.equal(verdict.passed, true);
        assert.deepEqual([...new Set(verdict.unchecked)].sort(), UNKNOWN_IN_A_PREVIEW);
      }
    });
  }
});

/** Every consumer there is, as a production would have it. */
function addConsumers(pipeline: Pipeline): void {
  pipeline.onChange("handler", { tables: ["orders"], enhancedFanOut: true }, async () => undefined);
  const { streamArn, kmsKeyArn } = pipeline;
  new DataLake("lake", { streamArn, kmsKeyArn, format: "parquet" });
  new DeviceBridge("devices", { streamArn, kmsKeyArn, tables: ["orders"] });
}

/** 200/200 provisioned, with no stream and no key of the customer's own. */
async function makeTablesAsDmsDoes(endpoint: string): Promise<void> {
  const credentials = { accessKeyId: "sandbox", secretAccessKey: "sandbox" };
  const client = new DynamoDBClient({ endpoint, region: "us-east-1", credentials });
  for (const { tableName } of TABLES) {
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "N" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        ProvisionedThroughput: { ReadCapacityUnits: 200, WriteCapacityUnits: 200 },
      }),
    );
  }
  client.destroy();
}
