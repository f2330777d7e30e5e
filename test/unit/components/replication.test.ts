import assert from "node:assert/strict";
import { Replication, type ReplicationArgs } from "../../../components/replication";
import type { SourceArgs } from "../../../components/replication/source";
import { failMocked, resolved, runMocked } from "../../helpers/mocks";
import { pipelineArgs } from "../../helpers/pipelineArgs";

const ENDPOINT = "aws:dms/endpoint:Endpoint";
const ROLE = "aws:iam/role:Role";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const INSTANCE = "aws:dms/replicationInstance:ReplicationInstance";
const TASK = "aws:dms/replicationTask:ReplicationTask";
const CONFIG = "aws:dms/replicationConfig:ReplicationConfig";
const SUBNET_GROUP = "aws:dms/replicationSubnetGroup:ReplicationSubnetGroup";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";

const SECRET_SOURCE: SourceArgs = {
  name: "shop",
  engine: "postgres",
  database: "shop",
  secretArn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-AbCdEf",
};

function replicationArgs(changes: Partial<ReplicationArgs> = {}): ReplicationArgs {
  const { source, tables } = pipelineArgs();
  return {
    source,
    tables,
    subnetIds: ["subnet-1", "subnet-2"],
    securityGroupIds: ["sg-1"],
    kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/k",
    ...changes,
  };
}

function run(changes: Partial<ReplicationArgs> = {}) {
  return runMocked(() => new Replication("dms", replicationArgs(changes)));
}

describe("Replication", () => {
  it("makes an instance that is not publicly accessible", async () => {
    const { recording } = await run();
    assert.deepEqual(recording.only(INSTANCE).inputs, {
      replicationInstanceId: "dms-test",
      replicationInstanceClass: "dms.r6i.large",
      allocatedStorage: 100,
      multiAz: false,
      autoMinorVersionUpgrade: true,
      publiclyAccessible: false,
      replicationSubnetGroupId: "dms-subnets-id",
      vpcSecurityGroupIds: ["sg-1"],
      kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/k",
      applyImmediately: true,
    });
  });

  it("takes the size it is told, and leaves a pinned version alone", async () => {
    const { recording } = await run({
      instance: { class: "dms.t3.medium", storageGib: 50, multiAz: true, engineVersion: "3.6.1" },
    });
    const { inputs } = recording.only(INSTANCE);
    assert.deepEqual(
      [inputs.replicationInstanceClass, inputs.allocatedStorage, inputs.multiAz, inputs.engineVersion],
      ["dms.t3.medium", 50, true, "3.6.1"],
    );
    assert.equal(inputs.autoMinorVersionUpgrade, false);
  });

  it("creates the task and does not start it", async () => {
    const { result, recording } = await run();
    const { inputs } = recording.only(TASK);
    assert.equal(inputs.startReplicationTask, false);
    assert.equal(inputs.migrationType, "full-load-and-cdc");
    assert.equal(JSON.parse(String(inputs.tableMappings)).rules.length, 2);
    assert.equal(
      JSON.parse(String(inputs.replicationTaskSettings)).FullLoadSettings.StopTaskCachedChangesNotApplied,
      true,
    );
    assert.ok(await resolved(result.taskArn ?? ""));
    assert.equal(result.configArn, undefined);
  });

  it("runs serverless in a range of capacity, with no instance and no task", async () => {
    const { result, recording } = await run({ serverless: { minDcu: 2, maxDcu: 16 } });
    assert.deepEqual(recording.ofType(INSTANCE), []);
    assert.deepEqual(recording.ofType(TASK), []);
    const { inputs } = recording.only(CONFIG);
    assert.deepEqual(inputs.computeConfig, {
      replicationSubnetGroupId: "dms-subnets-id",
      vpcSecurityGroupIds: ["sg-1"],
      kmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/k",
      minCapacityUnits: 2,
      maxCapacityUnits: 16,
      multiAz: false,
    });
    assert.equal(inputs.startReplication, false);
    assert.ok(await resolved(result.configArn ?? ""));
    assert.equal(result.taskArn, undefined);
    assert.equal(await resolved(result.logGroupName), "dms-serverless-replication-dms-test");
  });

  it("keeps the password a secret", async () => {
    const { recording } = await run();
    const { inputs, secrets } = recording.only(ENDPOINT, "dms-source");
    assert.equal(inputs.password, "hunter2");
    assert.deepEqual(secrets, ["password"]);
    const component = recording.only("rowstream:pipeline:Replication");
    assert.ok(!JSON.stringify(component).includes("hunter2"));
  });

  it("gives the endpoints what DMS needs, and pauses the task while they change", async () => {
    const { recording } = await run();
    const source = recording.only(ENDPOINT, "dms-source").inputs;
    assert.deepEqual(
      [source.endpointId, source.engineName, source.sslMode, source.port, source.databaseName],
      ["dms-source-test", "postgres", "require", 5432, "shop"],
    );
    assert.equal(source.pauseReplicationTasks, true);
    const target = recording.only(ENDPOINT, "dms-target");
    assert.equal(target.inputs.engineName, "dynamodb");
    assert.equal(target.inputs.serviceAccessRole, await roleArn(recording, "dms-target"));
    assert.ok(target.dependencies.includes("RolePolicy dms-target"));
  });

  it("reads credentials from a secret with a role for that secret alone", async () => {
    const { recording } = await run({ source: SECRET_SOURCE });
    const { inputs } = recording.only(ENDPOINT, "dms-source");
    assert.equal(inputs.secretsManagerArn, SECRET_SOURCE.secretArn);
    assert.equal(inputs.secretsManagerAccessRoleArn, await roleArn(recording, "dms-secret"));
    for (const member of ["username", "password", "serverName", "port"])
      assert.equal(inputs[member], undefined);
    const trust = JSON.parse(String(recording.only(ROLE, "dms-secret").inputs.assumeRolePolicy));
    assert.deepEqual(trust.Statement[0].Principal, { Service: "dms.eu-central-1.amazonaws.com" });
    assert.match(String(recording.only(ROLE_POLICY, "dms-secret").inputs.policy), /secret:shop-AbCdEf/);
  });

  it("takes roles of the user's own and makes none", async () => {
    const { recording } = await run({
      source: SECRET_SOURCE,
      secretRoleArn: "arn:secret-role",
      targetRoleArn: "arn:target-role",
      accountRoles: "reuse",
    });
    assert.deepEqual(recording.ofType(ROLE), []);
    assert.equal(recording.only(ENDPOINT, "dms-target").inputs.serviceAccessRole, "arn:target-role");
    assert.equal(
      recording.only(ENDPOINT, "dms-source").inputs.secretsManagerAccessRoleArn,
      "arn:secret-role",
    );
  });

  it("makes DMS's two account roles before the subnet group, and leaves them in the account", async () => {
    const { recording } = await run();
    const roles = recording.ofType(ROLE).filter(({ inputs }) => String(inputs.name).startsWith("dms-"));
    assert.deepEqual(
      roles.map(({ inputs, retainOnDelete }) => [inputs.name, retainOnDelete]),
      [
        ["dms-vpc-role", true],
        ["dms-cloudwatch-logs-role", true],
      ],
    );
    const attachments = recording.ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment");
    assert.deepEqual(
      attachments.map(({ inputs, retainOnDelete }) => [inputs.policyArn, retainOnDelete]),
      [
        ["arn:aws:iam::aws:policy/service-role/AmazonDMSVPCManagementRole", true],
        ["arn:aws:iam::aws:policy/service-role/AmazonDMSCloudWatchLogsRole", true],
      ],
    );
    const waitsFor = recording.only(SUBNET_GROUP).dependencies;
    for (const { name } of attachments) assert.ok(waitsFor.includes(`RolePolicyAttachment ${name}`));
  });

  it("adopts an account role that exists, and changes nothing of it", async () => {
    const { recording } = await run({ existingAccountRoles: ["dms-vpc-role"] });
    const roles = recording.ofType(ROLE).filter(({ inputs }) => String(inputs.name).startsWith("dms-"));
    assert.deepEqual(
      roles.map(({ importId }) => importId),
      ["dms-vpc-role", undefined],
    );
    for (const { ignoreChanges } of roles) {
      for (const property of ["assumeRolePolicy", "managedPolicyArns", "path", "tags"]) {
        assert.ok(ignoreChanges.includes(property), property);
      }
    }
  });

  it("makes DMS's log group itself, so that it has an end and a key", async () => {
    const { result, recording } = await run();
    const group = recording.only(LOG_GROUP);
    assert.equal(group.inputs.name, "dms-tasks-dms-test");
    assert.equal(group.inputs.retentionInDays, 30);
    assert.ok(recording.only(TASK).dependencies.includes("LogGroup dms-logs"));
    assert.equal(await resolved(result.logGroupName), "dms-tasks-dms-test");
  });

  it("tells the DynamoDB names of tables with explicit keys", async () => {
    const { result } = await run({
      tables: { include: ["public.%"], keys: { "public.order_lines": ["order_id", "line_no"] } },
    });
    assert.deepEqual(result.targetNames, { "public.order_lines": "public_order_lines" });
  });

  it("hands every transform to its child", async () => {
    const transform = {
      sourceEndpoint: { extraConnectionAttributes: "a=1;" },
      targetEndpoint: { region: "eu-west-1" },
      targetRole: { path: "/t/" },
      secretRole: { path: "/s/" },
      subnetGroup: { replicationSubnetGroupDescription: "ours" },
      instance: { preferredMaintenanceWindow: "sun:10:30-sun:14:30" },
      task: { cdcStartPosition: "x" },
      logGroup: { retentionInDays: 7 },
    };
    const { recording } = await run({ source: SECRET_SOURCE, transform });
    const got = (type: string, name: string) => recording.only(type, name).inputs;
    assert.equal(got(ENDPOINT, "dms-source").extraConnectionAttributes, "a=1;");
    assert.equal(got(ENDPOINT, "dms-target").region, "eu-west-1");
    assert.equal(got(ROLE, "dms-target").path, "/t/");
    assert.equal(got(ROLE, "dms-secret").path, "/s/");
    assert.equal(got(SUBNET_GROUP, "dms-subnets").replicationSubnetGroupDescription, "ours");
    assert.equal(got(INSTANCE, "dms-instance").preferredMaintenanceWindow, "sun:10:30-sun:14:30");
    assert.equal(got(TASK, "dms-task").cdcStartPosition, "x");
    assert.equal(got(LOG_GROUP, "dms-logs").retentionInDays, 7);
  });

  it("names every fault of its arguments at once and registers nothing", async () => {
    const { error, recording } = await failMocked(
      () =>
        new Replication(
          "dms",
          replicationArgs({
            source: { ...replicationArgs().source, port: -1, password: undefined },
            tables: { include: [] },
            instance: { storageGib: 1 },
            serverless: { maxDcu: 5 },
            accountRoles: "borrow" as never,
            secretRoleArn: "arn:x",
          }),
        ),
    );
    assert.deepEqual(
      error.message.split("\n").map((line) => line.split(":")[0]?.trim()),
      [
        'replication "dms" has 8 faults',
        "source.port",
        "source.password",
        "tables.include",
        "accountRoles",
        "serverless",
        "instance.storageGib",
        "serverless.maxDcu",
        "secretRoleArn",
      ],
    );
    assert.deepEqual(recording.resources, []);
  });
});

async function roleArn(
  recording: Awaited<ReturnType<typeof run>>["recording"],
  name: string,
): Promise<string> {
  return `arn:aws:test:eu-central-1:123456789012:Role/${recording.only(ROLE, name).name}`;
}
