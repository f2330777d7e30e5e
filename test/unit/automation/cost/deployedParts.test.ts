import assert from "node:assert/strict";
import { deployedParts } from "../../../../automation/cost/deployedParts";

const NAMES = {
  fanInName: "fan-in-1",
  inspectorName: "inspector-1",
  failureBucketName: "failures-1",
  streamName: "changes-1",
  tableNames: ["orders", "lines"],
};

/** A state with these resources. */
function partsOf(...resources: [type: string, outputs?: object, more?: object][]) {
  const all = resources.map(([type, outputs = {}, more = {}]) => ({
    urn: `urn:pulumi:prod::shop::${type}::${type}`,
    type,
    custom: !type.startsWith("rowstream:"),
    outputs,
    ...more,
  }));
  return deployedParts({ version: 3, deployment: { resources: all } }, NAMES);
}

describe("deployedParts", () => {
  it("reads a pipeline's parts out of its state", () => {
    const parts = partsOf(
      ["pulumi:pulumi:Stack"],
      ["pulumi:providers:aws"],
      ["rowstream:pipeline:Pipeline"],
      [
        "aws:dms/replicationInstance:ReplicationInstance",
        { replicationInstanceClass: "dms.r6i.large", allocatedStorage: 100, multiAz: true },
      ],
      ["aws:dms/endpoint:Endpoint"],
      ["aws:dms/replicationTask:ReplicationTask"],
      ["aws:ec2/vpc:Vpc"],
      ["aws:ec2/vpcEndpoint:VpcEndpoint", { vpcEndpointType: "Gateway" }],
      ["aws:ec2/vpcEndpoint:VpcEndpoint", { vpcEndpointType: "Interface", subnetIds: ["a", "b"] }],
      [
        "aws:dynamodb/table:Table",
        { name: "orders", billingMode: "PAY_PER_REQUEST", pointInTimeRecovery: { enabled: true } },
      ],
      [
        "aws:dynamodb/table:Table",
        { name: "lines", billingMode: "PROVISIONED", readCapacity: 5, writeCapacity: 9 },
      ],
      ["aws:lambda/function:Function", { name: "fan-in-1", memorySize: 1024, architectures: ["arm64"] }],
      ["aws:lambda/function:Function", { name: "inspector-1", memorySize: 256, architectures: ["arm64"] }],
      ["aws:sns/topic:Topic"],
      ["aws:sqs/queuePolicy:QueuePolicy"],
      [
        "aws:lambda/eventSourceMapping:EventSourceMapping",
        {
          eventSourceArn: "arn:aws:dynamodb:us-east-1:1:table/orders/stream/1",
          batchSize: 100,
          maximumBatchingWindowInSeconds: 2,
        },
      ],
      ["aws:kinesis/stream:Stream", { name: "changes-1" }],
      ["aws:s3/bucket:Bucket", { bucket: "failures-1" }],
      ["aws:s3/bucketVersioning:BucketVersioning"],
      ["aws:kms/key:Key"],
      ["aws:kms/alias:Alias"],
      ["aws:cloudwatch/logGroup:LogGroup", { name: "/aws/lambda/fan-in-1" }],
      ["aws:cloudwatch/metricAlarm:MetricAlarm"],
      ["aws:secretsmanager/secret:Secret"],
      ["aws:iam/role:Role"],
    );
    assert.deepEqual(parts, {
      instance: { class: "dms.r6i.large", storageGib: 100, multiAz: true },
      interfaceEndpoints: 2,
      natGateways: 0,
      tables: [
        { name: "orders", recovery: true },
        { name: "lines", capacity: { read: 5, write: 9 }, recovery: false },
      ],
      fanIn: { memoryMib: 1024, architecture: "arm64" },
      inspector: { memoryMib: 256, architecture: "arm64" },
      mapping: { batchSize: 100, windowSeconds: 2 },
      keys: 1,
      secrets: 1,
      alarms: 1,
      dashboards: 0,
      logGroups: ["/aws/lambda/fan-in-1"],
      consumers: [],
      others: [],
    });
  });

  it("reads the capacity of serverless", () => {
    const { serverless, instance } = partsOf([
      "aws:dms/replicationConfig:ReplicationConfig",
      { computeConfig: { minCapacityUnits: 2, maxCapacityUnits: 16, multiAz: false } },
    ]);
    assert.deepEqual([serverless, instance], [{ minDcu: 2, maxDcu: 16, multiAz: false }, undefined]);
  });

  it("puts a consumer together from the component that its parts are in", () => {
    const part = (components: string, name: string, type: string, outputs: object = {}) => {
      const within = components.split(" ").map((kind) => `rowstream:pipeline:${kind}$`);
      const more = { urn: `urn:pulumi:prod::shop::${within.join("")}${type}::${name}` };
      return [type, outputs, more] as [string, object, object];
    };
    const FUNCTION = "aws:lambda/function:Function";
    const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
    const TABLE = "aws:dynamodb/table:Table";
    const BUCKET = "aws:s3/bucket:Bucket";
    const HANDLER = "Pipeline ChangeHandler ConsumerFunction";
    const size = { memorySize: 1024, architectures: ["arm64"] };
    const { consumers, tables, others, mapping } = partsOf(
      part(HANDLER, "same", FUNCTION, { name: "same-1", ...size }),
      part(HANDLER, "same", MAPPING, {
        eventSourceArn: "arn:aws:kinesis:us-east-1:1:stream/changes-1",
        batchSize: 50,
        maximumBatchingWindowInSeconds: 5,
      }),
      part(HANDLER, "same", "aws:kinesis/streamConsumer:StreamConsumer", { name: "same-fast" }),
      part(`${HANDLER} AppliedTable`, "same-applied", TABLE, { name: "same-applied-1" }),
      part(`${HANDLER} FailureBucket`, "same-failures", BUCKET, { bucket: "b" }),
      part("DeviceBridge ConsumerFunction", "displays", FUNCTION, { name: "displays-1", ...size }),
      part("DataLake", "same", "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", {
        name: "lake-1",
        extendedS3Configuration: { bufferingInterval: 60, dataFormatConversionConfiguration: {} },
      }),
      part("DataLake LakeBucket", "same", BUCKET, { bucket: "lake" }),
      part("DataLake", "same", "aws:glue/catalogTable:CatalogTable"),
      part("Warehouse ServerlessWarehouse", "wh", "aws:redshiftserverless/workgroup:Workgroup", {
        workgroupName: "wh-prod",
        baseCapacity: 8,
      }),
      part("Warehouse ClusterWarehouse", "nodes", "aws:redshift/cluster:Cluster", {
        nodeType: "ra3.large",
        numberOfNodes: 2,
      }),
      part("Analytics", "flink", "aws:kinesisanalyticsv2/application:Application", {
        applicationConfiguration: {
          flinkApplicationConfiguration: {
            parallelismConfiguration: { parallelism: 5, parallelismPerKpu: 2, autoScalingEnabled: true },
          },
        },
      }),
      part("Analytics", "flink-results", "aws:kinesis/stream:Stream", { name: "flink-results-1" }),
      part("Analytics CodeBucket", "flink-code", BUCKET, { bucket: "code" }),
      part("Analytics ConsumerFunction", "flink-results", FUNCTION, { name: "flink-results-1", ...size }),
      part("Analytics ConsumerFunction", "flink-results", MAPPING),
      part("Warehouse", "wh-streams", "aws:redshiftdata/statement:Statement"),
      part("Pipeline LoadProgress", "shop-load-progress", TABLE, { name: "progress-1" }),
    );
    assert.deepEqual(others, []);
    assert.deepEqual(tables, [], "what is remembered of rows and of the load is no table of the source");
    assert.deepEqual(mapping, { batchSize: 500, windowSeconds: 1 }, "the fan-in's own");
    const common = { kind: "function", memoryMib: 1024, architecture: "arm64" };
    assert.deepEqual(consumers, [
      {
        ...common,
        name: "displays",
        functionName: "displays-1",
        mapping: { batchSize: 500, windowSeconds: 1 },
        messages: true,
      },
      { kind: "analytics", name: "flink", kpus: 3, autoScaling: true },
      { kind: "warehouse", name: "nodes", cluster: { nodeType: "ra3.large", nodes: 2 } },
      {
        ...common,
        name: "same",
        functionName: "same-1",
        mapping: { batchSize: 50, windowSeconds: 5 },
        fanOut: "same-fast",
        appliedTable: "same-applied-1",
        messages: false,
      },
      { kind: "lake", name: "same", deliveryStream: "lake-1", parquet: true, bufferSeconds: 60 },
      { kind: "warehouse", name: "wh", workgroup: { name: "wh-prod", baseRpu: 8 } },
    ]);
  });

  it("names what it does not estimate: parts of no component of rowstream's, and what it has never heard of", () => {
    const { others } = partsOf(
      ["aws:lambda/function:Function", { name: "handler" }],
      ["aws:s3/bucket:Bucket", { bucket: "lake" }],
      ["aws:s3/bucket:Bucket", { bucket: "lake-2" }],
      ["aws:kinesis/stream:Stream", { name: "another" }],
      ["aws:dynamodb/table:Table", { name: "theirs" }],
      ["aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"],
      ["aws:tomorrow/thing:Thing"],
    );
    assert.deepEqual(others, [
      { type: "aws:dynamodb/table:Table", count: 1 },
      { type: "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", count: 1 },
      { type: "aws:kinesis/stream:Stream", count: 1 },
      { type: "aws:lambda/function:Function", count: 1 },
      { type: "aws:s3/bucket:Bucket", count: 2 },
      { type: "aws:tomorrow/thing:Thing", count: 1 },
    ]);
  });

  it("passes over what is going, and what the stack only reads", () => {
    const parts = partsOf(
      ["aws:kms/key:Key", {}, { delete: true }],
      ["aws:kms/key:Key", {}, { external: true }],
    );
    assert.equal(parts.keys, 0);
  });
});
