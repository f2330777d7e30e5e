import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policies } from "../../policy/policies";
import { document } from "../helpers/goodResources";
import { PolicyBench } from "../helpers/policyBench";

/** Resources that violate, between them, every policy there is; the least that the provider takes of each. */
const WORST: [type: string, name: string, props: Record<string, unknown>][] = [
  [
    "aws:dynamodb/table:Table",
    "as-dms-made-it",
    {
      attributes: [{ name: "id", type: "N" }],
      hashKey: "id",
      billingMode: "PROVISIONED",
      readCapacity: 200,
      writeCapacity: 200,
    },
  ],
  [
    "aws:dynamodb/table:Table",
    "no-ceiling",
    { attributes: [{ name: "id", type: "N" }], hashKey: "id", billingMode: "PAY_PER_REQUEST" },
  ],
  ["aws:kinesis/stream:Stream", "plain", { shardCount: 1, retentionPeriod: 24 }],
  ["aws:cloudwatch/logGroup:LogGroup", "for-ever", {}],
  [
    "aws:dms/endpoint:Endpoint",
    "in-the-clear",
    {
      endpointId: "s",
      endpointType: "source",
      engineName: "postgres",
      serverName: "db",
      password: "hunter2",
    },
  ],
  [
    "aws:dms/replicationInstance:ReplicationInstance",
    "public",
    {
      replicationInstanceId: "i",
      replicationInstanceClass: "dms.t2.micro",
      allocatedStorage: 5,
      autoMinorVersionUpgrade: false,
      publiclyAccessible: true,
    },
  ],
  [
    "aws:dms/replicationConfig:ReplicationConfig",
    "too-large",
    {
      replicationConfigIdentifier: "c",
      replicationType: "full-load-and-cdc",
      sourceEndpointArn: "arn:s",
      targetEndpointArn: "arn:t",
      tableMappings: "{}",
      computeConfig: { replicationSubnetGroupId: "g", maxCapacityUnits: 384 },
    },
  ],
  ["aws:ec2/vpcEndpoint:VpcEndpoint", "s3", { vpcId: "vpc-1", serviceName: "com.amazonaws.us-east-1.s3" }],
  ...["Ingress", "Egress"].map((way): [string, string, Record<string, unknown>] => [
    `aws:vpc/securityGroup${way}Rule:SecurityGroup${way}Rule`,
    way,
    { securityGroupId: "sg-1", ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" },
  ]),
  ["aws:kms/key:Key", "never-rotates", {}],
  [
    "aws:lambda/function:Function",
    "slow",
    {
      role: "arn:aws:iam::000000000000:role/r",
      runtime: "nodejs22.x",
      handler: "index.handler",
      code: new pulumi.asset.AssetArchive({
        "index.js": new pulumi.asset.StringAsset("exports.handler = () => {};"),
      }),
      environment: { variables: { A: "b" } },
      reservedConcurrentExecutions: 1,
      name: "slow",
    },
  ],
  [
    "aws:lambda/eventSourceMapping:EventSourceMapping",
    "loses",
    {
      functionName: "slow",
      eventSourceArn: "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/s",
      startingPosition: "LATEST",
      parallelizationFactor: 10,
      maximumBatchingWindowInSeconds: 60,
    },
  ],
  [
    "aws:redshift/cluster:Cluster",
    "public",
    { clusterIdentifier: "public", nodeType: "ra3.large", publiclyAccessible: true },
  ],
  ["aws:redshiftserverless/namespace:Namespace", "of-no-key", { namespaceName: "of-no-key" }],
  [
    "aws:redshiftserverless/workgroup:Workgroup",
    "public",
    { workgroupName: "public", namespaceName: "of-no-key", publiclyAccessible: true },
  ],
  ["aws:s3/bucket:Bucket", "alone", {}],
  [
    "aws:s3/bucketPolicy:BucketPolicy",
    "open",
    { bucket: "b", policy: document({ Effect: "Allow", Principal: "*" }) },
  ],
  ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "off", { bucket: "b" }],
  [
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aes",
    { bucket: "b", rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
  ],
  ["aws:sqs/queue:Queue", "plain", { sqsManagedSseEnabled: false }],
  [
    "aws:sqs/queuePolicy:QueuePolicy",
    "in-the-clear",
    {
      queueUrl: "q",
      policy: document({
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: "sqs:SendMessage",
        Resource: "*",
      }),
    },
  ],
  [
    "aws:iam/role:Role",
    "deputy",
    { assumeRolePolicy: document({ Effect: "Allow", Principal: { Service: "dms.amazonaws.com" } }) },
  ],
  [
    "aws:iam/rolePolicy:RolePolicy",
    "anything",
    { role: "deputy", policy: document({ Effect: "Allow", Action: "*", Resource: "*" }) },
  ],
  [
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "full",
    { role: "deputy", policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" },
  ],
];

/** A resource of any type. */
class AnyResource extends pulumi.CustomResource {}

describe("the policy pack under the real engine", () => {
  let bench: PolicyBench;
  before(async () => {
    bench = await PolicyBench.start();
  });
  after(async () => {
    await bench?.stop();
  });

  it("refuses what violates a mandatory policy, in a preview already", async () => {
    const stack = await bench.stack("refused");
    const verdict = await stack.preview(async () => {
      new aws.kinesis.Stream("events", {
        retentionPeriod: 168,
        streamModeDetails: { streamMode: "ON_DEMAND" },
      });
    });
    assert.equal(verdict.passed, false);
    assert.deepEqual(verdict.violations, [
      "mandatory stream-encryption: the stream's encryption is NONE; set encryptionType to KMS and kmsKeyId to a key",
    ]);
  });

  it("passes what keeps to them", async () => {
    const stack = await bench.stack("passed");
    const verdict = await stack.preview(async () => {
      new aws.kinesis.Stream("events", {
        retentionPeriod: 168,
        streamModeDetails: { streamMode: "ON_DEMAND" },
        encryptionType: "KMS",
        kmsKeyId: "alias/aws/kinesis",
      });
    });
    assert.deepEqual(verdict, {
      passed: true,
      violations: [],
      remediations: [],
      unchecked: [],
      errors: [],
    });
  });

  it("refuses a violation of each", async () => {
    const settings = Object.fromEntries(
      policies.map(({ name, about }) => [
        name,
        {
          enforcementLevel: "mandatory",
          ...(about.settings && "tier" in about.settings && { tier: "production" }),
          ...(name === "provisioned-total" && { maxUnits: 100 }),
          ...(name === "stream-shards" && { batchesPerShard: 1 }),
        },
      ]),
    );
    const stack = await bench.stack("worst", settings);
    const verdict = await stack.preview(async () => {
      for (const [type, name, props] of WORST) new AnyResource(type, name, props);
    });
    assert.equal(verdict.passed, false);
    assert.deepEqual(verdict.unchecked, []);
    const refused = new Set(
      verdict.violations.map((violation) => /^mandatory ([a-z-]+):/.exec(violation)?.[1]),
    );
    assert.deepEqual(
      policies.map(({ name }) => name).filter((name) => !refused.has(name)),
      [],
    );
    assert.doesNotMatch(JSON.stringify(verdict), /hunter2/);
  });

  it("mends what a stack lets it mend", async () => {
    const stack = await bench.stack("mended", { "stream-encryption": "remediate" });
    const verdict = await stack.up(async () => {
      new aws.kinesis.Stream("events", {
        retentionPeriod: 168,
        streamModeDetails: { streamMode: "ON_DEMAND" },
      });
    });
    assert.equal(verdict.passed, true, verdict.errors.join("\n"));
    assert.deepEqual(verdict.remediations, ["stream-encryption events"]);
    const { encryptionType, kmsKeyId } = await stack.inputs("events");
    assert.deepEqual([encryptionType, kmsKeyId], ["KMS", "alias/aws/kinesis"]);
  });
});
