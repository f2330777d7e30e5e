import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  CreateEndpointCommand,
  CreateReplicationConfigCommand,
  CreateReplicationInstanceCommand,
  CreateReplicationSubnetGroupCommand,
  CreateReplicationTaskCommand,
  DeleteEndpointCommand,
  DeleteReplicationConfigCommand,
  DeleteReplicationInstanceCommand,
  DeleteReplicationSubnetGroupCommand,
  DeleteReplicationTaskCommand,
  DescribeConnectionsCommand,
  DescribeEndpointsCommand,
  DescribeReplicationInstancesCommand,
  DescribeReplicationsCommand,
  DescribeReplicationTableStatisticsCommand,
  DescribeReplicationTasksCommand,
  DescribeTableStatisticsCommand,
  InvalidResourceStateFault,
  ListTagsForResourceCommand,
  ModifyReplicationTaskCommand,
  ReplicationSubnetGroupDoesNotCoverEnoughAZs,
  ResourceAlreadyExistsFault,
  ResourceNotFoundFault,
  StartReplicationCommand,
  StartReplicationTaskCommand,
  StopReplicationCommand,
  StopReplicationTaskCommand,
  TestConnectionCommand,
} from "@aws-sdk/client-database-migration-service";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DmsBench, EVERYTHING, SETTINGS } from "../helpers/dmsBench";
import { poll } from "../helpers/poll";

describe("the DMS stand-in's API", function () {
  this.timeout(120_000);
  let bench: DmsBench;

  before(async () => {
    bench = await DmsBench.start();
  });

  after(() => bench?.stop());

  async function send(
    target: string,
    body: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const endpoint = await bench.dms.config.endpoint?.();
    const url = `http://${endpoint?.hostname}:${endpoint?.port}/`;
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `AmazonDMSv20160101.${target}`,
      },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  async function testedConnection(
    endpointArn: string,
  ): Promise<{ Status?: string; LastFailureMessage?: string }> {
    await bench.dms.send(
      new TestConnectionCommand({ ReplicationInstanceArn: await bench.instance(), EndpointArn: endpointArn }),
    );
    return poll("the connection to be tested", async () => {
      const { Connections } = await bench.dms.send(
        new DescribeConnectionsCommand({ Filters: [{ Name: "endpoint-arn", Values: [endpointArn] }] }),
      );
      return Connections?.[0]?.Status !== "testing" && Connections?.[0];
    });
  }

  it("answers an operation that it does not have, and a faulty request, as AWS does", async () => {
    const unknown = await send("MoveReplicationTask", {});
    assert.equal(unknown.status, 400);
    assert.equal(unknown.body.__type, "UnknownOperationException");
    assert.equal((await send("CreateEndpoint", "{")).body.__type, "SerializationException");
    const faulty = await send("CreateEndpoint", { EndpointIdentifier: "9-x-", EndpointType: "middle" });
    assert.equal(faulty.body.__type, "InvalidParameterValueException");
    assert.match(String(faulty.body.message), /EndpointIdentifier: .*EndpointType: .*EngineName: /);
  });

  it("throws the SDK's classes for what is missing, exists or is in the wrong state", async () => {
    const { dms } = bench;
    const missing = "arn:aws:dms:us-east-1:000000000000:task:NONE";
    await assert.rejects(
      dms.send(new StopReplicationTaskCommand({ ReplicationTaskArn: missing })),
      ResourceNotFoundFault,
    );
    await assert.rejects(
      dms.send(
        new DescribeReplicationTasksCommand({ Filters: [{ Name: "replication-task-id", Values: ["none"] }] }),
      ),
      ResourceNotFoundFault,
    );
    await bench.newDatabase();
    const task = await bench.createTask("states");
    await assert.rejects(bench.createTask("states"), ResourceAlreadyExistsFault);
    await assert.rejects(
      dms.send(new StopReplicationTaskCommand({ ReplicationTaskArn: task })),
      InvalidResourceStateFault,
    );
    await assert.rejects(bench.startTask(task, "resume-processing"), {
      name: "InvalidParameterCombinationException",
      message: /RESUME_PROCESSING, valid only for tasks running previously/,
    });
    const { ReplicationTasks } = await dms.send(
      new DescribeReplicationTasksCommand({ WithoutSettings: true }),
    );
    assert.equal(ReplicationTasks?.[0]?.ReplicationTaskSettings, undefined);
    const { SourceEndpointArn } = await bench.describeTask(task);
    await assert.rejects(
      dms.send(new DeleteEndpointCommand({ EndpointArn: SourceEndpointArn })),
      InvalidResourceStateFault,
    );
    await assert.rejects(
      dms.send(new DeleteReplicationInstanceCommand({ ReplicationInstanceArn: await bench.instance() })),
      InvalidResourceStateFault,
    );
  });

  it("fails a task without a table, with the reason", async () => {
    await bench.newDatabase();
    const task = await bench.createTask("nothing");
    await bench.startTask(task);
    const failed = await bench.waitForTask(task, "failed");
    assert.match(failed.LastFailureMessage ?? "", /No tables were found at task initialization/);
    assert.match(failed.StopReason ?? "", /FATAL_ERROR/);
  });

  it("refuses to modify or delete a running task, and takes slot and publications away with it", async () => {
    const { dms } = bench;
    await bench.newDatabase();
    await bench.query("CREATE TABLE kept (id int PRIMARY KEY)");
    const task = await bench.createTask("lifecycle");
    await bench.loadAndResume(task);
    const ReplicationTaskArn = task;
    await assert.rejects(
      dms.send(new ModifyReplicationTaskCommand({ ReplicationTaskArn })),
      InvalidResourceStateFault,
    );
    await assert.rejects(
      dms.send(new DeleteReplicationTaskCommand({ ReplicationTaskArn })),
      InvalidResourceStateFault,
    );
    await assert.rejects(
      dms.send(
        new StartReplicationTaskCommand({
          ReplicationTaskArn,
          StartReplicationTaskType: "resume-processing",
        }),
      ),
      InvalidResourceStateFault,
    );
    await bench.stopTask(task);
    await dms.send(
      new ModifyReplicationTaskCommand({
        ReplicationTaskArn,
        ReplicationTaskSettings: JSON.stringify({ FullLoadSettings: { MaxFullLoadSubTasks: 3 } }),
      }),
    );
    const modified = await bench.waitForTask(task, "stopped");
    const settings = JSON.parse(modified.ReplicationTaskSettings ?? "{}");
    assert.equal(settings.FullLoadSettings.MaxFullLoadSubTasks, 3);
    assert.equal(settings.FullLoadSettings.TargetTablePrepMode, "DO_NOTHING");
    assert.equal(settings.Logging.CloudWatchLogGroup, "dms-tasks-bench");
    const made = async () => [
      ...(await bench.query(
        "SELECT slot_name FROM pg_replication_slots WHERE database = current_database()",
      )),
      ...(await bench.query("SELECT pubname FROM pg_publication")),
    ];
    assert.equal((await made()).length, 3);
    await dms.send(new DeleteReplicationTaskCommand({ ReplicationTaskArn }));
    await poll("the task to be gone", () =>
      bench.describeTask(task).then(
        () => false,
        (error: unknown) => error instanceof ResourceNotFoundFault,
      ),
    );
    assert.deepEqual(await made(), []);
  });

  it("names a prerequisite that is missing and its remedy when a connection is tested", async () => {
    const { dms } = bench;
    const database = await bench.newDatabase();
    await bench.query("DROP ROLE IF EXISTS reader");
    await bench.query("CREATE ROLE reader LOGIN PASSWORD 'reader-password'");
    const create = async (name: string, Username: string, Password: string) => {
      const { Endpoint } = await dms.send(
        new CreateEndpointCommand({
          EndpointIdentifier: name,
          EndpointType: "source",
          EngineName: "postgres",
          PostgreSQLSettings: {
            ServerName: "127.0.0.1",
            Port: bench.server.port,
            DatabaseName: database,
            Username,
            Password,
          },
        }),
      );
      assert.equal(Endpoint?.PostgreSQLSettings?.Password, undefined);
      return Endpoint?.EndpointArn ?? "";
    };
    const reader = await testedConnection(await create("reader", "reader", "reader-password"));
    assert.equal(reader.Status, "failed");
    assert.match(reader.LastFailureMessage ?? "", /ALTER ROLE "reader" REPLICATION/);
    assert.match(reader.LastFailureMessage ?? "", /GRANT CREATE ON DATABASE/);
    const wrong = await testedConnection(await create("wrong", bench.server.user, "not-the-password"));
    assert.match(wrong.LastFailureMessage ?? "", /password authentication failed/);
    const right = await testedConnection(await create("right", bench.server.user, bench.server.password));
    assert.deepEqual([right.Status, right.LastFailureMessage], ["successful", undefined]);
  });

  it("keeps passwords in a file of its owner's and nowhere else", async () => {
    const { Endpoints } = await bench.dms.send(new DescribeEndpointsCommand({}));
    assert.ok(!JSON.stringify(Endpoints).includes(bench.server.password));
    assert.ok(!bench.processLog().includes(bench.server.password));
    const folder = join(bench.folder, "dms");
    for (const file of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (file.isFile()) {
        const path = join(file.parentPath, file.name);
        assert.equal(statSync(path).mode & 0o777, 0o600, path);
        assert.equal(
          readFileSync(path, "utf8").includes(bench.server.password),
          file.name === "resources.json",
        );
      }
    }
  });

  it("runs a serverless replication whose credentials are in Secrets Manager", async () => {
    const { dms } = bench;
    const DatabaseName = await bench.newDatabase();
    await bench.query("CREATE TABLE serverless (id int PRIMARY KEY, v text)");
    await bench.query("INSERT INTO serverless VALUES (1, 'a')");
    const secrets = new SecretsManagerClient({
      endpoint: bench.miniStack.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "sandbox", secretAccessKey: "sandbox" },
    });
    const { user: username, password, host, port } = bench.server;
    const { ARN } = await secrets.send(
      new CreateSecretCommand({
        Name: "source",
        SecretString: JSON.stringify({ username, password, host, port }),
      }),
    );
    const source = await dms.send(
      new CreateEndpointCommand({
        EndpointIdentifier: "serverless-source",
        EndpointType: "source",
        EngineName: "postgres",
        PostgreSQLSettings: {
          DatabaseName,
          SecretsManagerSecretId: ARN,
          SecretsManagerAccessRoleArn: "arn:aws:iam::000000000000:role/secret",
        },
      }),
    );
    const target = await dms.send(
      new CreateEndpointCommand({
        EndpointIdentifier: "serverless-target",
        EndpointType: "target",
        EngineName: "dynamodb",
        DynamoDbSettings: { ServiceAccessRoleArn: "arn:aws:iam::000000000000:role/dms" },
      }),
    );
    const { ReplicationConfig } = await dms.send(
      new CreateReplicationConfigCommand({
        ReplicationConfigIdentifier: "serverless",
        SourceEndpointArn: source.Endpoint?.EndpointArn,
        TargetEndpointArn: target.Endpoint?.EndpointArn,
        ComputeConfig: { MaxCapacityUnits: 2 },
        ReplicationType: "full-load-and-cdc",
        TableMappings: EVERYTHING,
        ReplicationSettings: JSON.stringify(SETTINGS),
      }),
    );
    const ReplicationConfigArn = ReplicationConfig?.ReplicationConfigArn;
    const waitFor = (status: string) =>
      poll(`the replication to be ${status}`, async () => {
        const { Replications } = await dms.send(new DescribeReplicationsCommand({}));
        assert.notEqual(Replications?.[0]?.Status, "failed", Replications?.[0]?.FailureMessages?.join());
        return Replications?.[0]?.Status === status && Replications[0];
      });
    await waitFor("created");
    await dms.send(
      new StartReplicationCommand({ ReplicationConfigArn, StartReplicationType: "start-replication" }),
    );
    assert.equal((await waitFor("stopped")).StopReason, "Stop Reason STOPPED_AFTER_FULL_LOAD");
    await dms.send(
      new StartReplicationCommand({ ReplicationConfigArn, StartReplicationType: "resume-processing" }),
    );
    await waitFor("running");
    await bench.query("INSERT INTO serverless VALUES (2, 'b')");
    await poll("the change", async () => (await bench.items("serverless")).length === 2);
    await dms.send(new StopReplicationCommand({ ReplicationConfigArn }));
    await waitFor("stopped");
    const { ReplicationTableStatistics } = await dms.send(
      new DescribeReplicationTableStatisticsCommand({ ReplicationConfigArn }),
    );
    assert.equal(ReplicationTableStatistics?.[0]?.FullLoadRows, 1);
    await dms.send(new DeleteReplicationConfigCommand({ ReplicationConfigArn }));
    await poll("the config to be gone", async () => {
      const { Replications } = await dms.send(new DescribeReplicationsCommand({}));
      return Replications?.length === 0;
    });
  });

  it("pages through a task's tables", async () => {
    await bench.newDatabase();
    for (let table = 0; table < 45; table++) {
      await bench.query(`CREATE TABLE paged_${String(table).padStart(2, "0")} (id int PRIMARY KEY)`);
    }
    const task = await bench.createTask("paged");
    await bench.startTask(task);
    await bench.waitForTask(task, "stopped");
    const names: string[] = [];
    let Marker: string | undefined;
    do {
      const page = await bench.dms.send(
        new DescribeTableStatisticsCommand({ ReplicationTaskArn: task, MaxRecords: 20, Marker }),
      );
      assert.ok((page.TableStatistics?.length ?? 0) <= 20);
      names.push(...(page.TableStatistics ?? []).map((table) => table.TableName ?? ""));
      Marker = page.Marker;
    } while (Marker !== undefined);
    assert.equal(names.length, 45);
    assert.deepEqual(names, [...names].sort());
    const filtered = await bench.dms.send(
      new DescribeTableStatisticsCommand({
        ReplicationTaskArn: task,
        Filters: [{ Name: "table-name", Values: ["paged_07"] }],
      }),
    );
    assert.deepEqual(
      filtered.TableStatistics?.map((table) => table.TableState),
      ["Table completed"],
    );
  });

  it("keeps subnet groups and instances through their life, with their tags", async () => {
    const { dms } = bench;
    const group = {
      ReplicationSubnetGroupIdentifier: "group",
      ReplicationSubnetGroupDescription: "for a test",
    };
    await assert.rejects(
      dms.send(new CreateReplicationSubnetGroupCommand({ ...group, SubnetIds: ["subnet-1"] })),
      ReplicationSubnetGroupDoesNotCoverEnoughAZs,
    );
    await dms.send(
      new CreateReplicationSubnetGroupCommand({ ...group, SubnetIds: ["subnet-1", "subnet-2"] }),
    );
    const { ReplicationInstance } = await dms.send(
      new CreateReplicationInstanceCommand({
        ReplicationInstanceIdentifier: "Second",
        ReplicationInstanceClass: "dms.t3.small",
        ReplicationSubnetGroupIdentifier: "group",
        PubliclyAccessible: false,
        Tags: [{ Key: "team", Value: "legacy" }],
      }),
    );
    assert.equal(ReplicationInstance?.ReplicationInstanceIdentifier, "second");
    assert.equal(ReplicationInstance?.ReplicationInstanceStatus, "creating");
    assert.ok((ReplicationInstance?.InstanceCreateTime?.getTime() ?? 0) > Date.now() - 60_000);
    const ReplicationInstanceArn = ReplicationInstance?.ReplicationInstanceArn ?? "";
    const { TagList } = await dms.send(
      new ListTagsForResourceCommand({ ResourceArn: ReplicationInstanceArn }),
    );
    assert.deepEqual(
      TagList?.map(({ Key, Value }) => [Key, Value]),
      [["team", "legacy"]],
    );
    await assert.rejects(
      dms.send(new DeleteReplicationSubnetGroupCommand({ ReplicationSubnetGroupIdentifier: "group" })),
      InvalidResourceStateFault,
    );
    await poll("the instance to be available", () =>
      dms.send(new DeleteReplicationInstanceCommand({ ReplicationInstanceArn })).catch(() => undefined),
    );
    await poll("the instance to be gone", () =>
      dms
        .send(
          new DescribeReplicationInstancesCommand({
            Filters: [{ Name: "replication-instance-arn", Values: [ReplicationInstanceArn] }],
          }),
        )
        .then(
          () => false,
          (error: unknown) => error instanceof ResourceNotFoundFault,
        ),
    );
    await dms.send(new DeleteReplicationSubnetGroupCommand({ ReplicationSubnetGroupIdentifier: "group" }));
  });

  it("refuses faulty mappings and settings when a task is made", async () => {
    await bench.newDatabase();
    const selection = JSON.parse(EVERYTHING).rules[0];
    const cases: [TableMappings: string, ReplicationTaskSettings: string, message: RegExp][] = [
      ["{", "{}", /not JSON/],
      ['{"rules": []}', "{}", /rules/],
      [
        JSON.stringify({ rules: [selection, selection] }),
        "{}",
        /rule-id must be unique; used more than once: 1/,
      ],
      [
        JSON.stringify({ rules: [{ ...selection, "rule-action": "exclude" }] }),
        "{}",
        /At least one selection rule/,
      ],
      [
        EVERYTHING,
        '{"FullLoadSettings": {"TargetTablePrepMode": "KEEP"}}',
        /FullLoadSettings.TargetTablePrepMode/,
      ],
      [EVERYTHING, '{"Logging": {"CloudWatchLogGroup": "x"}}', /cannot be set/],
    ];
    const task = await bench.createTask("faulty");
    const { SourceEndpointArn, TargetEndpointArn, ReplicationInstanceArn } = await bench.describeTask(task);
    for (const [TableMappings, ReplicationTaskSettings, message] of cases) {
      const create = new CreateReplicationTaskCommand({
        ReplicationTaskIdentifier: "faulty-too",
        SourceEndpointArn,
        TargetEndpointArn,
        ReplicationInstanceArn,
        MigrationType: "full-load-and-cdc",
        TableMappings,
        ReplicationTaskSettings,
      });
      await assert.rejects(bench.dms.send(create), { name: "InvalidParameterValueException", message });
    }
  });

  it("ends in order when its standard input closes, and goes on with its tasks when it starts again", async () => {
    await bench.newDatabase();
    await bench.query("CREATE TABLE goes_on (id int PRIMARY KEY)");
    const task = await bench.createTask("goes-on");
    await bench.loadAndResume(task);
    assert.equal(await bench.closeInput(), 0);
    await bench.query("INSERT INTO goes_on VALUES (1)");
    await bench.startDms();
    await poll("the change", async () => (await bench.items("goes_on")).length === 1);
    assert.equal((await bench.describeTask(task)).Status, "running");
    await bench.stopTask(task);
  });
});
