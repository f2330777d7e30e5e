import assert from "node:assert/strict";
import { deployedParts } from "../../../../automation/cost/deployedParts";

const NAMES = {
  fanInName: "fan-in-1",
  inspectorName: "inspector-1",
  failureBucketName: "failures-1",
  streamName: "changes-1",
};

/** A state with these resources. */
function partsOf(...resources: [type: string, outputs?: object, more?: object][]) {
  const all = resources.map(([type, outputs = {}, more = {}]) => ({
    urn: `urn:${type}`,
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
      ["aws:lambda/function:Function", { name: "inspector-1", memorySize: 256 }],
      ["aws:sns/topic:Topic"],
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
      inspector: { memoryMib: 256 },
      mapping: { batchSize: 100, windowSeconds: 2 },
      keys: 1,
      secrets: 1,
      alarms: 1,
      dashboards: 0,
      logGroups: ["/aws/lambda/fan-in-1"],
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

  it("names what it does not estimate: consumers' parts, and what it has never heard of", () => {
    const { others } = partsOf(
      ["aws:lambda/function:Function", { name: "handler" }],
      ["aws:s3/bucket:Bucket", { bucket: "lake" }],
      ["aws:s3/bucket:Bucket", { bucket: "lake-2" }],
      ["aws:kinesis/stream:Stream", { name: "another" }],
      ["aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"],
      ["aws:tomorrow/thing:Thing"],
    );
    assert.deepEqual(others, [
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
