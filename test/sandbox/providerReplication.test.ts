import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  DatabaseMigrationServiceClient,
  DescribeReplicationTasksCommand,
} from "@aws-sdk/client-database-migration-service";
import { InvokeCommand, LambdaClient, ListEventSourceMappingsCommand } from "@aws-sdk/client-lambda";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { StandIn } from "../../sandbox/standIn";
import { type BenchStack, failureOf, ProviderBench } from "../helpers/providerBench";
import { temporaryFolder } from "../helpers/temporaryFolder";

const CREDENTIALS = { accessKeyId: "sandbox", secretAccessKey: "sandbox" };

const TRUST: aws.iam.PolicyDocument = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { Service: ["lambda.amazonaws.com", "dms.amazonaws.com"] },
    },
  ],
};

const MAPPINGS = {
  rules: [
    {
      "rule-type": "selection",
      "rule-id": "1",
      "rule-name": "1",
      "rule-action": "include",
      "object-locator": { "schema-name": "public", "table-name": "%" },
    },
  ],
};

describe("the aws provider stand-in, for Lambda and DMS", function () {
  this.timeout(120_000);
  const standIns: StandIn[] = [];
  let folder: string;
  let bench: ProviderBench;
  let lambda: LambdaClient;
  let dms: DatabaseMigrationServiceClient;
  let stack: BenchStack;
  let count = 0;

  async function startStandIn(part: string, ministack: string): Promise<string> {
    const stateDir = join(folder, part);
    mkdirSync(stateDir);
    const standIn = await StandIn.start({
      name: part,
      part,
      stateDir,
      logFile: join(stateDir, "log"),
      env: {
        AWS_ENDPOINT_URL: ministack,
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "sandbox",
        AWS_SECRET_ACCESS_KEY: "sandbox",
      },
      onRestart: () => undefined,
      onFailure: () => undefined,
    });
    standIns.push(standIn);
    return `http://127.0.0.1:${standIn.port()}`;
  }

  before(async () => {
    folder = temporaryFolder();
    bench = await ProviderBench.start(async (ministack) => {
      const endpoints = {
        AWS_ENDPOINT_URL_LAMBDA: await startStandIn("lambda", ministack),
        AWS_ENDPOINT_URL_DATABASE_MIGRATION_SERVICE: await startStandIn("dms", ministack),
      };
      const common = { region: "us-east-1", credentials: CREDENTIALS };
      lambda = new LambdaClient({ ...common, endpoint: endpoints.AWS_ENDPOINT_URL_LAMBDA });
      dms = new DatabaseMigrationServiceClient({
        ...common,
        endpoint: endpoints.AWS_ENDPOINT_URL_DATABASE_MIGRATION_SERVICE,
      });
      return endpoints;
    });
  });

  after(async () => {
    await bench.stop();
    await Promise.all(standIns.map((standIn) => standIn.stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    count += 1;
    stack = await bench.stack(`project${count}`);
  });

  afterEach(async () => {
    await stack.destroy();
  });

  it("ships a function's code as Lambda runs it, and ships it again only when it changed", async () => {
    const bundle = join(folder, "bundle");
    mkdirSync(bundle);
    writeFileSync(join(bundle, "greeting.js"), 'module.exports = "hello";');
    const program = (mark: string) => async () => {
      const role = new aws.iam.Role("fn", { assumeRolePolicy: TRUST });
      const code = new pulumi.asset.AssetArchive({
        "index.js": new pulumi.asset.StringAsset(
          `exports.handler = async () => require("./lib/greeting.js") + " " + process.env.WHO + "${mark}";`,
        ),
        lib: new pulumi.asset.FileArchive(bundle),
      });
      const fn = new aws.lambda.Function("fn", {
        code,
        role: role.arn,
        runtime: "nodejs20.x",
        handler: "index.handler",
        timeout: 10,
        environment: { variables: { WHO: "you" } },
      });
      return { name: fn.name, hash: fn.codeSha256 };
    };
    const answer = async (name: unknown) => {
      const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: String(name) }));
      return JSON.parse(Buffer.from(Payload ?? []).toString());
    };
    const first = await stack.up(program("!"));
    assert.equal(await answer(first.outputs.name), "hello you!");
    assert.deepEqual((await stack.up(program("!"))).changes, {});
    assert.deepEqual((await stack.refresh()).changes, {});

    const second = await stack.up(program("?"));
    assert.deepEqual(second.changes, { update: 1 });
    assert.notEqual(second.outputs.hash, first.outputs.hash);
    assert.equal(await answer(second.outputs.name), "hello you?");
  });

  it("maps a table's stream to a function, changes the mapping in place, and sets back what is taken away", async () => {
    const program = (mapping: Partial<aws.lambda.EventSourceMappingArgs>) => async () => {
      const role = new aws.iam.Role("fn", { assumeRolePolicy: TRUST });
      const table = new aws.dynamodb.Table("rows", {
        attributes: [{ name: "id", type: "S" }],
        hashKey: "id",
        billingMode: "PAY_PER_REQUEST",
        streamEnabled: true,
        streamViewType: "NEW_AND_OLD_IMAGES",
      });
      const bucket = new aws.s3.Bucket("failures");
      const fn = new aws.lambda.Function("fn", {
        code: new pulumi.asset.AssetArchive({
          "index.js": new pulumi.asset.StringAsset("exports.handler = 1;"),
        }),
        role: role.arn,
        runtime: "nodejs20.x",
        handler: "index.handler",
      });
      new aws.lambda.EventSourceMapping("rows", {
        eventSourceArn: table.streamArn,
        functionName: fn.arn,
        startingPosition: "TRIM_HORIZON",
        functionResponseTypes: ["ReportBatchItemFailures"],
        destinationConfig: { onFailure: { destinationArn: bucket.arn } },
        ...mapping,
      });
      return { fn: fn.name };
    };
    const mapping = async (fn: unknown) => {
      const { EventSourceMappings } = await lambda.send(
        new ListEventSourceMappingsCommand({ FunctionName: String(fn) }),
      );
      assert.equal(EventSourceMappings?.length, 1);
      return EventSourceMappings?.[0];
    };
    const wide = { batchSize: 500, maximumBatchingWindowInSeconds: 1, bisectBatchOnFunctionError: true };
    const { outputs } = await stack.up(program(wide));
    const made = await mapping(outputs.fn);
    assert.equal(made?.BatchSize, 500);
    assert.equal(made?.State, "Enabled");
    assert.match(made?.DestinationConfig?.OnFailure?.Destination ?? "", /^arn:aws:s3:::failures-/);
    assert.deepEqual((await stack.up(program(wide))).changes, {});
    assert.deepEqual((await stack.refresh()).changes, {});

    assert.deepEqual((await stack.up(program({ batchSize: 10 }))).changes, { update: 1 });
    const changed = await mapping(outputs.fn);
    assert.equal(changed?.UUID, made?.UUID);
    assert.equal(changed?.BatchSize, 10);
    assert.equal(changed?.BisectBatchOnFunctionError, false);
    const moved = await stack.preview(program({ batchSize: 10, startingPosition: "LATEST" }));
    assert.deepEqual(moved.changes, { replace: 1 });
  });

  function replication(changes: {
    serverName?: string;
    settings?: object;
    class?: string;
    serverless?: boolean;
    maxDcu?: number;
  }) {
    return async () => {
      const role = new aws.iam.Role("target", { assumeRolePolicy: TRUST });
      new aws.iam.Role("dms-vpc-role", { name: "dms-vpc-role", assumeRolePolicy: TRUST });
      const subnets = ["a", "b"].map(
        (zone, index) =>
          new aws.ec2.Subnet(zone, {
            vpcId: new aws.ec2.Vpc(zone, { cidrBlock: "10.0.0.0/16" }).id,
            availabilityZone: `us-east-1${zone}`,
            cidrBlock: `10.0.${index}.0/24`,
          }),
      );
      const source = new aws.dms.Endpoint("source", {
        endpointId: "source",
        endpointType: "source",
        engineName: "postgres",
        serverName: changes.serverName ?? "db.internal",
        port: 5432,
        databaseName: "shop",
        username: "dms",
        password: pulumi.secret("a hidden word"),
        sslMode: "none",
        postgresSettings: { heartbeatEnable: true, mapBooleanAsBoolean: true },
      });
      const target = new aws.dms.Endpoint("target", {
        endpointId: "target",
        endpointType: "target",
        engineName: "dynamodb",
        serviceAccessRole: role.arn,
      });
      const group = new aws.dms.ReplicationSubnetGroup("group", {
        replicationSubnetGroupId: "group",
        replicationSubnetGroupDescription: "where DMS runs",
        subnetIds: subnets.map(({ id }) => id),
      });
      const common = {
        sourceEndpointArn: source.endpointArn,
        targetEndpointArn: target.endpointArn,
        tableMappings: JSON.stringify(MAPPINGS),
      };
      const settings = JSON.stringify(changes.settings ?? { Logging: { EnableLogging: true } });
      if (changes.serverless) {
        const config = new aws.dms.ReplicationConfig("config", {
          ...common,
          replicationConfigIdentifier: "config",
          replicationType: "full-load-and-cdc",
          replicationSettings: settings,
          computeConfig: {
            replicationSubnetGroupId: group.replicationSubnetGroupId,
            minCapacityUnits: 1,
            maxCapacityUnits: changes.maxDcu ?? 4,
            multiAz: false,
          },
        });
        return { arn: config.arn };
      }
      const instance = new aws.dms.ReplicationInstance("instance", {
        replicationInstanceId: "instance",
        replicationInstanceClass: changes.class ?? "dms.t3.medium",
        replicationSubnetGroupId: group.replicationSubnetGroupId,
        allocatedStorage: 50,
        multiAz: false,
        publiclyAccessible: false,
        applyImmediately: true,
      });
      const task = new aws.dms.ReplicationTask("task", {
        ...common,
        replicationTaskId: "task",
        migrationType: "full-load-and-cdc",
        replicationInstanceArn: instance.replicationInstanceArn,
        replicationTaskSettings: settings,
      });
      return { arn: task.replicationTaskArn, status: task.status };
    };
  }

  it("makes a replication whose task is ready and not started, and changes its parts in place", async () => {
    const made = await stack.up(replication({}));
    assert.equal(made.outputs.status, "ready");
    assert.ok(!JSON.stringify(await stack.resources()).includes("a hidden word"));
    assert.deepEqual((await stack.up(replication({}))).changes, {});
    assert.deepEqual((await stack.refresh()).changes, {});

    const settings = { Logging: { EnableLogging: false } };
    const changed = await stack.up(
      replication({ serverName: "other.internal", class: "dms.c6i.large", settings }),
    );
    assert.deepEqual(changed.changes, { update: 3 });
    assert.equal(changed.outputs.arn, made.outputs.arn);
    const { ReplicationTasks } = await dms.send(new DescribeReplicationTasksCommand({}));
    const written = JSON.parse(ReplicationTasks?.[0]?.ReplicationTaskSettings ?? "{}");
    assert.equal(written.Logging.EnableLogging, false);
    assert.deepEqual((await stack.refresh()).changes, {});
    await stack.destroy();
    const left = await dms.send(new DescribeReplicationTasksCommand({})).catch(() => undefined);
    assert.deepEqual(left?.ReplicationTasks ?? [], []);
  });

  it("makes a serverless replication and changes it in place", async () => {
    const made = await stack.up(replication({ serverless: true }));
    assert.match(String(made.outputs.arn), /^arn:aws:dms:us-east-1:000000000000:replication-config:/);
    assert.deepEqual((await stack.up(replication({ serverless: true }))).changes, {});
    assert.deepEqual((await stack.refresh()).changes, {});
    const grown = await stack.up(replication({ serverless: true, maxDcu: 8 }));
    assert.deepEqual(grown.changes, { update: 1 });
    assert.deepEqual((await stack.refresh()).changes, {});
  });

  it("finds an invalid endpoint and invalid settings before anything is made", async () => {
    const endpoint = stack.up(async () => {
      new aws.dms.Endpoint("e", { endpointId: "e", endpointType: "target", engineName: "dynamodb" });
    });
    assert.match(
      await failureOf(endpoint),
      /property serviceAccessRole .* is required of a dynamodb endpoint/,
    );
    const task = stack.up(async () => {
      new aws.dms.ReplicationTask("t", {
        replicationTaskId: "t",
        migrationType: "cdc",
        replicationInstanceArn: "a",
        sourceEndpointArn: "b",
        targetEndpointArn: "c",
        tableMappings: "{",
        replicationTaskSettings: JSON.stringify({ Logging: { CloudWatchLogGroup: null } }),
      });
    });
    const failure = await failureOf(task);
    assert.match(failure, /property tableMappings .* it is not JSON/);
    assert.match(failure, /CloudWatchLogGroup and CloudWatchLogStream are read-only/);
    assert.deepEqual(
      Object.keys(await stack.resources()).filter((name) => !/^(Stack|aws)::/.test(name)),
      [],
    );
  });
});
