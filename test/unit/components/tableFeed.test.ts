import assert from "node:assert/strict";
import { TableFeed, type TableFeedArgs } from "../../../components/tableFeed";
import { failMocked, resolved, runMocked } from "../../helpers/mocks";
import { replicatedTable } from "../../helpers/pipelineArgs";

const TABLE = "aws:dynamodb/table:Table";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const TARGET = "aws:appautoscaling/target:Target";
const POLICY = "aws:appautoscaling/policy:Policy";

const ARGS: TableFeedArgs = {
  table: replicatedTable("orders"),
  functionArn: "arn:aws:lambda:eu-central-1:123456789012:function:fan-in",
  failureBucketArn: "arn:aws:s3:::failures",
  kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/k",
};

function run(changes: Partial<TableFeedArgs> = {}) {
  return runMocked(() => new TableFeed("feed", { ...ARGS, ...changes }));
}

describe("TableFeed", () => {
  it("adopts the table and turns on everything that the second pass adds", async () => {
    const { recording } = await run({ tags: { team: "data" } });
    const table = recording.only(TABLE);
    assert.equal(table.importId, "orders");
    assert.deepEqual(table.inputs, {
      name: "orders",
      attributes: [{ name: "id", type: "N" }],
      hashKey: "id",
      billingMode: "PAY_PER_REQUEST",
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
      serverSideEncryption: { enabled: true, kmsKeyArn: ARGS.kmsKeyArn },
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: true,
      tags: { team: "data" },
    });
  });

  it("describes a composite key", async () => {
    const table = replicatedTable("order_lines", {
      partitionKey: { name: "order_id", type: "S" },
      sortKey: { name: "line_no", type: "S" },
    });
    const { recording } = await run({ table });
    const { inputs } = recording.only(TABLE);
    assert.deepEqual([inputs.hashKey, inputs.rangeKey], ["order_id", "line_no"]);
    assert.deepEqual(inputs.attributes, [
      { name: "order_id", type: "S" },
      { name: "line_no", type: "S" },
    ]);
  });

  it("retains the table unless it is told to delete it", async () => {
    const retained = (await run()).recording.only(TABLE);
    assert.equal(retained.retainOnDelete, true);
    const deleted = (await run({ onDestroy: "delete" })).recording.only(TABLE);
    assert.equal(deleted.retainOnDelete, false);
    assert.equal(deleted.inputs.deletionProtectionEnabled, false);
  });

  it("maps the stream from its horizon, loses nothing silently, and hands failures over with their records", async () => {
    const { result, recording } = await run();
    const { inputs } = recording.only(MAPPING);
    assert.deepEqual(inputs, {
      eventSourceArn: await resolved(result.streamArn),
      functionName: ARGS.functionArn,
      startingPosition: "TRIM_HORIZON",
      batchSize: 500,
      maximumBatchingWindowInSeconds: 1,
      parallelizationFactor: 1,
      maximumRetryAttempts: -1,
      maximumRecordAgeInSeconds: 82_800,
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ["ReportBatchItemFailures"],
      destinationConfig: { onFailure: { destinationArn: "arn:aws:s3:::failures" } },
    });
  });

  it("does not retain the mapping with the table: the mapping is the component's child", async () => {
    const { recording } = await run();
    const mapping = recording.only(MAPPING);
    assert.equal(mapping.parent, "feed");
    assert.equal(recording.only("rowstream:pipeline:TableFeed").name, "feed");
    assert.equal(mapping.retainOnDelete, false);
  });

  it("takes mapping settings one by one, and an undefined one hides no default", async () => {
    const { recording } = await run({ mapping: { batchSize: 100, windowSeconds: undefined } });
    const { inputs } = recording.only(MAPPING);
    assert.deepEqual([inputs.batchSize, inputs.maximumBatchingWindowInSeconds], [100, 1]);
  });

  it("waits for no batch to fill where batches are small enough for Lambda to allow that", async () => {
    const { recording } = await run({ mapping: { batchSize: 10, windowSeconds: 0 } });
    assert.equal(recording.only(MAPPING).inputs.maximumBatchingWindowInSeconds, 0);
    const { error } = await failMocked(
      () => new TableFeed("feed", { ...ARGS, mapping: { batchSize: 11, windowSeconds: 0 } }),
    );
    assert.match(
      error.message,
      /mapping\.windowSeconds: 0 is not allowed with a batchSize of 11; .*at most 10/,
    );
  });

  it("puts a ceiling on on-demand capacity when it is told one", async () => {
    const { recording } = await run({ capacity: { mode: "on-demand", maxWriteUnits: 500 } });
    assert.deepEqual(recording.only(TABLE).inputs.onDemandThroughput, { maxWriteRequestUnits: 500 });
  });

  it("scales provisioned capacity between bounds and leaves the current one to the scaler", async () => {
    const { recording } = await run({
      capacity: { mode: "provisioned", minWriteUnits: 5, maxWriteUnits: 400, maxReadUnits: 20 },
    });
    const table = recording.only(TABLE);
    assert.deepEqual(
      [table.inputs.billingMode, table.inputs.readCapacity, table.inputs.writeCapacity],
      ["PROVISIONED", 1, 5],
    );
    assert.deepEqual(table.ignoreChanges, ["readCapacity", "writeCapacity"]);
    assert.deepEqual(
      recording
        .ofType(TARGET)
        .map(({ inputs }) => [inputs.scalableDimension, inputs.minCapacity, inputs.maxCapacity]),
      [
        ["dynamodb:table:ReadCapacityUnits", 1, 20],
        ["dynamodb:table:WriteCapacityUnits", 5, 400],
      ],
    );
    assert.deepEqual(
      recording.ofType(POLICY).map(({ inputs }) => inputs.targetTrackingScalingPolicyConfiguration),
      ["DynamoDBReadCapacityUtilization", "DynamoDBWriteCapacityUtilization"].map((predefinedMetricType) => ({
        predefinedMetricSpecification: { predefinedMetricType },
        targetValue: 70,
      })),
    );
  });

  it("hands every transform to its child", async () => {
    const { recording } = await run({
      transform: { table: { tableClass: "STANDARD_INFREQUENT_ACCESS" }, mapping: { enabled: false } },
    });
    assert.equal(recording.only(TABLE).inputs.tableClass, "STANDARD_INFREQUENT_ACCESS");
    assert.equal(recording.only(MAPPING).inputs.enabled, false);
  });

  it("names every fault of its arguments at once and registers nothing", async () => {
    const { error, recording } = await failMocked(
      () =>
        new TableFeed("feed", {
          ...ARGS,
          onDestroy: "forget" as never,
          capacity: { mode: "provisioned", minReadUnits: 10, maxReadUnits: 5, targetPercent: 99 } as never,
          mapping: {
            batchSize: 0,
            windowSeconds: 301,
            parallelization: 11,
            retryAttempts: -2,
            maxAgeSeconds: 90_000,
          },
        }),
    );
    assert.deepEqual(
      error.message.split("\n").map((line) => line.split(":")[0]?.trim()),
      [
        'table feed "feed" has 9 faults',
        "onDestroy",
        "capacity.minReadUnits",
        "capacity.maxWriteUnits",
        "capacity.targetPercent",
        "mapping.batchSize",
        "mapping.windowSeconds",
        "mapping.parallelization",
        "mapping.retryAttempts",
        "mapping.maxAgeSeconds",
      ],
    );
    assert.deepEqual(recording.resources, []);
  });

  it("refuses a capacity without a mode that it knows", async () => {
    const { error } = await failMocked(() => new TableFeed("feed", { ...ARGS, capacity: {} as never }));
    assert.match(error.message, /capacity\.mode: null is not one of "on-demand", "provisioned"/);
  });
});
