import assert from "node:assert/strict";
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { FaultyAws } from "../helpers/faultyAws";
import { type BenchStack, failureOf, ProviderBench } from "../helpers/providerBench";

const ON_DEMAND: aws.dynamodb.TableArgs = {
  attributes: [{ name: "id", type: "S" }],
  hashKey: "id",
  billingMode: "PAY_PER_REQUEST",
};

const STREAMING: aws.dynamodb.TableArgs = {
  ...ON_DEMAND,
  streamEnabled: true,
  streamViewType: "NEW_AND_OLD_IMAGES",
  serverSideEncryption: { enabled: true },
  pointInTimeRecovery: { enabled: true },
  deletionProtectionEnabled: true,
};

describe("the aws provider stand-in, under the real engine", function () {
  this.timeout(120_000);
  let bench: ProviderBench;
  let faults: FaultyAws;
  let dynamoDb: DynamoDBClient;
  let stack: BenchStack;
  let count = 0;

  before(async () => {
    bench = await ProviderBench.start(async (ministack) => {
      faults = await FaultyAws.start(ministack);
      return { AWS_ENDPOINT_URL_DYNAMODB: faults.endpoint };
    });
    dynamoDb = new DynamoDBClient({
      endpoint: bench.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "sandbox", secretAccessKey: "sandbox" },
    });
  });

  after(async () => {
    await faults.stop();
    await bench.stop();
  });

  beforeEach(async () => {
    count += 1;
    stack = await bench.stack(`project${count}`);
  });

  afterEach(async () => {
    faults.rule = () => undefined;
    await stack.destroy();
  });

  async function describeTable(name: string) {
    const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName: name }));
    assert.ok(Table);
    return Table;
  }

  /** A table as DMS makes it: 200/200, no stream. */
  async function createDmsTable(name: string): Promise<void> {
    await dynamoDb.send(
      new CreateTableCommand({
        TableName: name,
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        ProvisionedThroughput: { ReadCapacityUnits: 200, WriteCapacityUnits: 200 },
      }),
    );
  }

  async function removeTable(name: string): Promise<void> {
    await dynamoDb.send(new UpdateTableCommand({ TableName: name, DeletionProtectionEnabled: false }));
    await dynamoDb.send(new DeleteTableCommand({ TableName: name }));
  }

  it("makes a table, leaves it alone, changes it in place, replaces it for another key, and removes it", async () => {
    const program = (args: aws.dynamodb.TableArgs) => async () => {
      const table = new aws.dynamodb.Table("orders", args);
      return { name: table.name, streamArn: table.streamArn };
    };
    assert.deepEqual((await stack.preview(program(ON_DEMAND))).changes, { create: 2 });
    const made = await stack.up(program(ON_DEMAND));
    const name = String(made.outputs.name);
    assert.match(name, /^orders-[0-9a-f]{7}$/);
    assert.equal((await describeTable(name)).BillingModeSummary?.BillingMode, "PAY_PER_REQUEST");
    assert.deepEqual((await stack.up(program(ON_DEMAND))).changes, {});

    const { deletionProtectionEnabled: _, ...streaming } = { ...STREAMING, tags: { team: "a" } };
    const changed = await stack.up(program(streaming));
    assert.deepEqual(changed.changes, { update: 1 });
    const table = await describeTable(name);
    assert.deepEqual(table.StreamSpecification, {
      StreamEnabled: true,
      StreamViewType: "NEW_AND_OLD_IMAGES",
    });
    assert.equal(table.SSEDescription?.Status, "ENABLED");
    assert.equal(changed.outputs.streamArn, table.LatestStreamArn);
    const backups = await dynamoDb.send(new DescribeContinuousBackupsCommand({ TableName: name }));
    const { PointInTimeRecoveryDescription } = backups.ContinuousBackupsDescription ?? {};
    assert.equal(PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus, "ENABLED");

    const bounded = { ...streaming, onDemandThroughput: { maxWriteRequestUnits: 50 } };
    assert.deepEqual((await stack.up(program(bounded))).changes, { update: 1 });
    assert.equal((await describeTable(name)).OnDemandThroughput?.MaxWriteRequestUnits, 50);
    const provisioned = { ...streaming, billingMode: "PROVISIONED", readCapacity: 3, writeCapacity: 4 };
    await stack.up(program(provisioned));
    assert.equal((await describeTable(name)).ProvisionedThroughput?.WriteCapacityUnits, 4);
    assert.deepEqual((await stack.refresh()).changes, {});

    const other = { ...streaming, attributes: [{ name: "key", type: "N" }], hashKey: "key" };
    const replaced = await stack.up(program(other));
    assert.deepEqual(replaced.changes, { replace: 1 });
    assert.notEqual(replaced.outputs.name, name);
    await stack.destroy();
    const { TableNames } = await dynamoDb.send(new ListTablesCommand({}));
    assert.deepEqual(TableNames, []);
  });

  it("adopts a table that it did not make and changes it in the same update, and lets it go unharmed", async () => {
    await createDmsTable("adopted");
    const program = (args: aws.dynamodb.TableArgs) => async () => {
      const options = { import: "adopted", retainOnDelete: true };
      const table = new aws.dynamodb.Table("adopted", { ...args, name: "adopted" }, options);
      return { streamArn: table.streamArn };
    };
    const adopted = await stack.up(program(STREAMING));
    assert.deepEqual(adopted.changes, { create: 1, import: 1, update: 1 });
    const table = await describeTable("adopted");
    assert.equal(table.BillingModeSummary?.BillingMode, "PAY_PER_REQUEST");
    assert.equal(adopted.outputs.streamArn, table.LatestStreamArn);
    assert.deepEqual((await stack.up(program(STREAMING))).changes, {});

    const retyped = { ...STREAMING, attributes: [{ name: "id", type: "N" }] };
    assert.match(
      await failureOf(stack.up(program(retyped))),
      /previously-imported resources .* may not be replaced/,
    );

    await stack.destroy();
    assert.equal((await describeTable("adopted")).TableStatus, "ACTIVE");
    await removeTable("adopted");
  });

  it("removes a table before it makes another of the same name", async () => {
    const program = (key: string) => async () => {
      const attributes = [{ name: key, type: "S" }];
      new aws.dynamodb.Table("named", { ...ON_DEMAND, name: "named", attributes, hashKey: key });
    };
    await stack.up(program("id"));
    assert.deepEqual((await stack.up(program("key"))).changes, { replace: 1 });
    assert.equal((await describeTable("named")).KeySchema?.[0]?.AttributeName, "key");
  });

  it("finds what was changed behind its back on a refresh, and mends it", async () => {
    await createDmsTable("drifting");
    const program = async () => {
      const options = { import: "drifting", retainOnDelete: true };
      new aws.dynamodb.Table("drifting", { ...STREAMING, name: "drifting" }, options);
    };
    await stack.up(program);
    assert.deepEqual((await stack.refresh()).changes, {});
    await dynamoDb.send(
      new UpdateTableCommand({ TableName: "drifting", StreamSpecification: { StreamEnabled: false } }),
    );
    assert.deepEqual((await stack.refresh()).changes, { update: 1 });
    const preview = await stack.preview(program);
    assert.match(preview.text, /diff: ~streamEnabled,streamViewType/);
    await stack.up(program);
    assert.equal((await describeTable("drifting")).StreamSpecification?.StreamEnabled, true);
    await removeTable("drifting");
  });

  it("forgets on a refresh what is gone, and is content to remove what is gone already", async () => {
    const program = async () => ({ name: new aws.dynamodb.Table("gone", ON_DEMAND).name });
    const first = await stack.up(program);
    await dynamoDb.send(new DeleteTableCommand({ TableName: String(first.outputs.name) }));
    assert.deepEqual((await stack.refresh()).changes, { delete: 1 });
    const second = await stack.up(program);
    await dynamoDb.send(new DeleteTableCommand({ TableName: String(second.outputs.name) }));
    await stack.destroy();
    assert.deepEqual(Object.keys(await stack.resources()), []);
  });

  it("does not make what exists already", async () => {
    await createDmsTable("taken");
    const failure = await failureOf(
      stack.up(async () => {
        new aws.dynamodb.Table("taken", { ...ON_DEMAND, name: "taken" });
      }),
    );
    assert.match(failure, /creating aws:dynamodb\/table:Table "taken": ResourceInUseException/);
    await dynamoDb.send(new DeleteTableCommand({ TableName: "taken" }));
  });

  it("keeps what it made but could not finish in the state, and finishes it with the next update", async () => {
    const args = { ...ON_DEMAND, pointInTimeRecovery: { enabled: true } };
    const program = async () => ({ name: new aws.dynamodb.Table("half", args).name });
    faults.rule = (operation) =>
      operation === "UpdateContinuousBackups" ? { status: 400, type: "LimitExceededException" } : undefined;
    assert.match(await failureOf(stack.up(program)), /LimitExceededException: injected/);
    const half = (await stack.resources())["Table::half"];
    assert.equal(half?.inputs.billingMode, "PAY_PER_REQUEST");

    faults.rule = () => undefined;
    const finished = await stack.up(program);
    assert.deepEqual(finished.changes, { update: 1 });
    assert.equal(finished.outputs.name, half?.outputs.name);
    const TableName = String(finished.outputs.name);
    const backups = await dynamoDb.send(new DescribeContinuousBackupsCommand({ TableName }));
    const recovery = backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
    assert.equal(recovery?.PointInTimeRecoveryStatus, "ENABLED");
    assert.deepEqual((await stack.up(program)).changes, {});
  });

  it("refuses unknown properties at any depth, and types that it does not know, by name", async () => {
    const nested = stack.up(async () => {
      new aws.kinesis.Stream("s", { streamModeDetails: { streamMode: "ON_DEMAND", mode: "x" } as never });
    });
    assert.match(
      await failureOf(nested),
      /unknown property "streamModeDetails\.mode" of aws:kinesis\/stream:Stream; it has streamMode/,
    );
    const unknown = stack.up(async () => {
      new aws.lightsail.KeyPair("k");
    });
    assert.match(
      await failureOf(unknown),
      /no stand-in for the type aws:lightsail\/keyPair:KeyPair; add sandbox\/provider\/resources\/lightsail\/keyPair\.ts/,
    );
  });

  it("treats a stream, a key, a role and a log group from creation to removal", async () => {
    const program = (size: number) => async () => {
      const key = new aws.kms.Key("key", { enableKeyRotation: true, description: `size ${size}` });
      new aws.kms.Alias("key", { name: "alias/sandbox", targetKeyId: key.keyId });
      const stream = new aws.kinesis.Stream("events", {
        streamModeDetails: { streamMode: "ON_DEMAND" },
        retentionPeriod: size * 24,
        encryptionType: "KMS",
        kmsKeyId: key.arn,
        tags: { size: `${size}` },
      });
      const trust = {
        Version: "2012-10-17" as const,
        Statement: [
          {
            Effect: "Allow" as const,
            Action: "sts:AssumeRole",
            Principal: { Service: "lambda.amazonaws.com" },
          },
        ],
      };
      const role = new aws.iam.Role("role", { assumeRolePolicy: trust, description: `size ${size}` });
      const Statement = stream.arn.apply((Resource) => [
        { Effect: "Allow" as const, Action: "kinesis:Put*", Resource, Sid: `Size${size}` },
      ]);
      new aws.iam.RolePolicy("role", { role: role.name, policy: { Version: "2012-10-17", Statement } });
      new aws.iam.RolePolicyAttachment("role", {
        role: role.name,
        policyArn: new aws.iam.Policy("policy", { policy: { Version: "2012-10-17", Statement } }).arn,
      });
      new aws.cloudwatch.LogGroup("logs", { retentionInDays: size === 1 ? 7 : 30, kmsKeyId: key.arn });
    };
    await stack.up(program(1));
    assert.deepEqual((await stack.up(program(1))).changes, {});
    assert.deepEqual((await stack.refresh()).changes, {});
    assert.deepEqual((await stack.up(program(2))).changes, { update: 6 });
    assert.deepEqual((await stack.refresh()).changes, {});
    assert.deepEqual((await stack.destroy()).changes, { delete: 9 });
  });

  it("treats a queue and its policy from creation to removal", async () => {
    const program = (seconds: number) => async () => {
      const { id: queueUrl, arn } = new aws.sqs.Queue("failures", {
        messageRetentionSeconds: seconds,
        sqsManagedSseEnabled: true,
        tags: { seconds: `${seconds}` },
        // Gone with the first update.
        ...(seconds === 60 && { redriveAllowPolicy: JSON.stringify({ redrivePermission: "denyAll" }) }),
      });
      const Statement = [
        {
          Effect: "Deny" as const,
          Principal: "*" as const,
          Action: "sqs:*",
          Resource: arn,
          Sid: `S${seconds}`,
        },
      ];
      new aws.sqs.QueuePolicy("failures", { queueUrl, policy: { Version: "2012-10-17", Statement } });
    };
    await stack.up(program(60));
    assert.deepEqual((await stack.up(program(60))).changes, {});
    assert.deepEqual((await stack.refresh()).changes, {});
    assert.deepEqual((await stack.up(program(90))).changes, { update: 2 });
    assert.deepEqual((await stack.refresh()).changes, {});
    assert.deepEqual((await stack.destroy()).changes, { delete: 3 });
  });

  it("treats a bucket with its settings from creation to removal", async () => {
    const program = (days: number) => async () => {
      const { id: bucket, arn } = new aws.s3.Bucket("records", { tags: { days: `${days}` } });
      const access = new aws.s3.BucketPublicAccessBlock("records", { bucket, blockPublicAcls: true });
      new aws.s3.BucketOwnershipControls("records", {
        bucket,
        rule: { objectOwnership: "BucketOwnerEnforced" },
      });
      new aws.s3.BucketServerSideEncryptionConfiguration("records", {
        bucket,
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" }, bucketKeyEnabled: true }],
      });
      new aws.s3.BucketVersioning("records", { bucket, versioningConfiguration: { status: "Enabled" } });
      new aws.s3.BucketLifecycleConfiguration("records", {
        bucket,
        rules: [
          { id: "old", status: "Enabled", filter: { prefix: "" }, expiration: { days } },
          {
            id: "tagged",
            status: "Enabled",
            filter: { and: { prefix: "a/", tags: { a: "b" } } },
            noncurrentVersionExpiration: { noncurrentDays: days },
          },
        ],
      });
      const Statement = [
        {
          Effect: "Deny" as const,
          Principal: "*" as const,
          Action: "s3:*",
          Resource: pulumi.interpolate`${arn}/*`,
        },
      ];
      new aws.s3.BucketPolicy(
        "records",
        { bucket, policy: { Version: "2012-10-17", Statement } },
        { dependsOn: [access] },
      );
    };
    await stack.up(program(30));
    assert.deepEqual((await stack.up(program(30))).changes, {});
    assert.deepEqual((await stack.refresh()).changes, {});
    assert.deepEqual((await stack.up(program(31))).changes, { update: 2 });
    assert.deepEqual((await stack.refresh()).changes, {});
    assert.deepEqual((await stack.destroy()).changes, { delete: 8 });
  });

  it("keeps secrets secret in the state, those inside of other properties too", async () => {
    await stack.up(async () => {
      const secret = new aws.secretsmanager.Secret("source", {
        recoveryWindowInDays: 0,
        description: pulumi.secret("a hidden word"),
        tags: { open: "plain", hidden: pulumi.secret("a hidden word") },
      });
      new aws.secretsmanager.SecretVersion("source", {
        secretId: secret.id,
        secretString: pulumi.secret("a hidden word"),
      });
    });
    const resources = await stack.resources();
    const hidden = (value: unknown) =>
      (value as { ciphertext?: string } | undefined)?.ciphertext !== undefined;
    for (const secret of [resources["Secret::source"]?.inputs, resources["Secret::source"]?.outputs]) {
      const tags = secret?.tags as Record<string, unknown>;
      assert.ok(hidden(secret?.description));
      assert.ok(hidden(tags.hidden));
      assert.equal(tags.open, "plain");
    }
    assert.ok(hidden(resources["SecretVersion::source"]?.outputs.secretString));
  });

  it("acts for each provider resource in its region and with its default tags", async () => {
    const program = (team: string) => async () => {
      const provider = new aws.Provider("eu", { region: "eu-west-1", defaultTags: { tags: { team } } });
      const there = new aws.kinesis.Stream("there", { shardCount: 1, tags: { a: "b" } }, { provider });
      const here = new aws.kinesis.Stream("here", { shardCount: 1 });
      return {
        there: there.arn,
        tags: there.tagsAll,
        here: here.arn,
        region: aws.getRegionOutput({}, { provider }).region,
      };
    };
    const { outputs } = await stack.up(program("x"));
    assert.match(String(outputs.there), /^arn:aws:kinesis:eu-west-1:/);
    assert.match(String(outputs.here), /^arn:aws:kinesis:us-east-1:/);
    assert.equal(outputs.region, "eu-west-1");
    assert.deepEqual(outputs.tags, { a: "b", team: "x" });
    assert.deepEqual((await stack.up(program("x"))).changes, {});
    const retagged = await stack.up(program("y"));
    assert.deepEqual(retagged.changes, { update: 2 });
    assert.deepEqual(retagged.outputs.tags, { a: "b", team: "y" });
  });

  it("builds awsx's VPC with its children, in a preview too", async () => {
    const program = (zones: number) => async () => {
      const vpc = new awsx.ec2.Vpc("net", {
        cidrBlock: "10.1.0.0/16",
        numberOfAvailabilityZones: zones,
        subnetStrategy: "Auto",
        subnetSpecs: [{ type: "Isolated" }],
        natGateways: { strategy: "None" },
        tags: { team: "a" },
      });
      const endpoint = new aws.ec2.VpcEndpoint("tables", {
        vpcId: vpc.vpcId,
        serviceName: "com.amazonaws.us-east-1.dynamodb",
        routeTableIds: vpc.routeTables.apply((tables) => pulumi.all(tables.map(({ id }) => id))),
      });
      return {
        vpcId: vpc.vpcId,
        subnets: vpc.isolatedSubnets.apply((subnets) =>
          pulumi.all(
            subnets.map(
              ({ availabilityZone, cidrBlock }) => pulumi.interpolate`${availabilityZone} ${cidrBlock}`,
            ),
          ),
        ),
        publicSubnetIds: vpc.publicSubnetIds,
        routeTables: endpoint.routeTableIds.apply((ids) => ids.length),
        prefixListId: endpoint.prefixListId,
      };
    };
    assert.deepEqual((await stack.preview(program(2))).changes, { create: 10 });
    const { outputs } = await stack.up(program(2));
    assert.match(String(outputs.vpcId), /^vpc-[0-9a-f]{17}$/);
    assert.match(String(outputs.prefixListId), /^pl-[0-9a-f]{17}$/);
    assert.deepEqual(outputs.subnets, ["us-east-1a 10.1.0.0/17", "us-east-1b 10.1.128.0/17"]);
    assert.deepEqual(outputs.publicSubnetIds, []);
    assert.equal(outputs.routeTables, 2);
    assert.deepEqual((await stack.up(program(2))).changes, {});
    assert.deepEqual((await stack.refresh()).changes, {});
    const wider = stack.up(async () => {
      new awsx.ec2.Vpc("other");
    });
    assert.match(
      await failureOf(wider),
      /subnetSpecs asks for Public, Private; the sandbox has Isolated and Private/,
    );
  });
});
