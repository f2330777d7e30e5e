import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  CreateReplicationSubnetGroupCommand,
  DatabaseMigrationServiceClient,
  DescribeConnectionsCommand,
  DescribeEndpointsCommand,
  DescribeReplicationTasksCommand,
  DescribeTableStatisticsCommand,
  ModifyEndpointCommand,
  StartReplicationTaskCommand,
  StopReplicationTaskCommand,
  TestConnectionCommand,
} from "@aws-sdk/client-database-migration-service";
import { GetRoleCommand, IAMClient, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  CreateEventSourceMappingCommand,
  type EventSourceMappingConfiguration,
  GetEventSourceMappingCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { deploy } from "../../automation/deploy";
import type { PipelineOutputs } from "../../program";
import { readPrivileges, summarize } from "../../sandbox/iam/report";
import { UNUSED_GRANTS } from "../../sandbox/iam/unusedGrants";
import type { StackConfig } from "../../sandbox/stackConfig";
import { ChangeEvents } from "../helpers/changeEvents";
import { poll } from "../helpers/poll";
import { SandboxBench } from "../helpers/sandboxBench";
import { roleNamed, type TakenAction, takeAway } from "../helpers/takeAway";

/** One action that a role loses, and how that is seen. */
interface Case extends TakenAction {
  /** Has the pipeline do what needs the action; called again until the denial shows. */
  provoke(): Promise<unknown>;
  /** Where the denial shows. Default: in the provocation's own rejection. */
  shown?(): Promise<string> | string;
  /** What is said there. Default: AWS's message for the action. */
  says?: RegExp;
}

/** How often the pipeline is provoked, in milliseconds. */
const PROVOKED_MS = 300;

/** An event larger than a record may be, of an item that DynamoDB takes: each of these letters is six in JSON. */
const OVERSIZE = `repeat(chr(1), 200000)`;

describe("each action that a role of the pipeline is granted", function () {
  this.timeout(300_000);
  let bench: SandboxBench;
  let outputs: PipelineOutputs;
  let events: ChangeEvents;
  let iam: IAMClient;
  let lambda: LambdaClient;
  let dms: DatabaseMigrationServiceClient;
  let count = 0;

  /** How much of each log file was there when the present case began. */
  const seen = new Map<string, number>();

  /** What a log file has got since. */
  function news(...path: string[]): string {
    const file = join(bench.folder, "sandbox", ...path);
    return existsSync(file) ? readFileSync(file, "utf8").slice(seen.get(file) ?? 0) : "";
  }
  const gatewayLog = () => news("iam", "iam.log");
  const dmsLog = () => news("dms", "dms.log");
  const lambdaLog = () => news("lambda", "lambda.log");
  const functionLog = () => news("lambda", "logs", `${outputs.fanInName}.log`);

  function beginCase(): void {
    for (const path of [
      "iam/iam.log",
      "dms/dms.log",
      "lambda/lambda.log",
      `lambda/logs/${outputs.fanInName}.log`,
    ]) {
      const file = join(bench.folder, "sandbox", path);
      seen.set(file, existsSync(file) ? statSync(file).size : 0);
    }
  }

  /** Changes one row, each time into another value. */
  async function touch(table: string, column: string): Promise<void> {
    const value = `changed ${++count}`;
    await bench.query(
      `UPDATE ${table} SET ${column} = '${value}' WHERE ctid = (SELECT ctid FROM ${table} LIMIT 1)`,
    );
  }
  const changeProduct = () => touch("products", "name");

  /** The mapping of a table's stream. */
  async function mapping(table: string): Promise<EventSourceMappingConfiguration> {
    const EventSourceArn = outputs.tableStreamArns[table];
    const { EventSourceMappings } = await lambda.send(new ListEventSourceMappingsCommand({ EventSourceArn }));
    return EventSourceMappings?.[0] ?? {};
  }

  /** Has Lambda begin anew on the products' stream. */
  async function restartMapping(): Promise<void> {
    const { UUID, State } = await mapping("products");
    if (State === "Enabled") {
      await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }));
    }
  }
  const mappingResult = async () => {
    const { UUID } = await mapping("products");
    return (await lambda.send(new GetEventSourceMappingCommand({ UUID }))).LastProcessingResult ?? "";
  };

  /** Asks for a mapping that exists: what it needs of the role is looked at first. */
  async function mapAgain(): Promise<void> {
    const { EventSourceArn } = await mapping("products");
    await lambda.send(
      new CreateEventSourceMappingCommand({
        EventSourceArn,
        FunctionName: outputs.fanInName,
        StartingPosition: "TRIM_HORIZON",
        DestinationConfig: { OnFailure: { Destination: `arn:aws:s3:::${outputs.failureBucketName}` } },
      }),
    );
  }

  /** Has the next invocation of a function begin in a new process. */
  async function renew(FunctionName: string | undefined): Promise<void> {
    await lambda
      .send(new UpdateFunctionConfigurationCommand({ FunctionName, Description: `${++count}` }))
      // The last change may not be done.
      .catch(() => undefined);
  }

  async function newProcess(): Promise<void> {
    await renew(outputs.fanInName);
    await changeProduct();
  }

  /** Has the inspector look, as its schedule does. @throws Error with what it could not do */
  async function look(): Promise<void> {
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({ FunctionName: outputs.inspectorName }),
    );
    if (FunctionError !== undefined) throw new Error(Buffer.from(Payload ?? []).toString("utf8"));
  }

  /** Tests an endpoint's connection. @returns why it failed; nothing where it did not */
  async function connection(EndpointArn: string): Promise<string> {
    const ReplicationInstanceArn = outputs.replicationInstanceArn;
    await dms.send(new TestConnectionCommand({ ReplicationInstanceArn, EndpointArn }));
    return poll("the test of the connection", async () => {
      const { Connections = [] } = await dms.send(new DescribeConnectionsCommand({}));
      const found = Connections.find((one) => one.EndpointArn === EndpointArn);
      return found?.Status !== "testing" && `${found?.Status} ${found?.LastFailureMessage}`;
    });
  }

  const tableState = async (table: string) => {
    const { TableStatistics = [] } = await dms.send(
      new DescribeTableStatisticsCommand({ ReplicationTaskArn: outputs.replicationTaskArn, MaxRecords: 500 }),
    );
    const found = TableStatistics.find(({ TableName }) => TableName === table);
    const lines = dmsLog().split("\n");
    return `${found?.TableState}: ${lines.filter((line) => line.includes(`'${table}'`)).join("\n")}`;
  };

  /** Stops the task and starts it again, so that it opens its log anew. */
  async function restartTask(): Promise<void> {
    const ReplicationTaskArn = outputs.replicationTaskArn;
    const become = (status: string) =>
      poll(`the task to be ${status}`, async () => {
        const { ReplicationTasks } = await dms.send(new DescribeReplicationTasksCommand({}));
        return ReplicationTasks?.[0]?.Status === status;
      });
    await dms.send(new StopReplicationTaskCommand({ ReplicationTaskArn }));
    await become("stopped");
    await dms.send(
      new StartReplicationTaskCommand({ ReplicationTaskArn, StartReplicationTaskType: "resume-processing" }),
    );
    await become("running");
  }

  /** Takes the action away, sees the denial where it must show, and puts the action back. */
  async function assertNeeded(roleName: string, needed: Case): Promise<void> {
    const role = await roleNamed(iam, roleName);
    const message = new RegExp(
      `assumed-role/${role}/\\S+ is not authorized to perform: ${needed.action.replace("*", "")} on`,
    );
    const putBack = await takeAway(iam, role, needed);
    beginCase();
    let rejection = "";
    let provoked = Number.NEGATIVE_INFINITY;
    const shows = async () => (needed.says ?? message).test((await needed.shown?.()) ?? rejection);
    try {
      await poll(
        `the denial of ${needed.action}`,
        async () => {
          if (performance.now() - provoked > PROVOKED_MS) {
            provoked = performance.now();
            rejection = await needed.provoke().then(
              () => "",
              (error: Error) => `${error.name}: ${error.message}`,
            );
          }
          return message.test(gatewayLog()) && shows();
        },
        30_000,
      );
    } finally {
      await putBack();
    }
  }

  /** What the products' events have come to when nothing stands in their way. */
  async function assertFlows(): Promise<void> {
    const name = `flows ${++count}`;
    await bench.query(`UPDATE products SET name = '${name}' WHERE product_id = 1`);
    await poll("the event", async () => (await events.read()).some(({ new: row }) => row?.name === name));
  }

  before(async () => {
    bench = await SandboxBench.start();
    iam = new IAMClient({});
    lambda = new LambdaClient({});
    dms = new DatabaseMigrationServiceClient({});
    ({ outputs } = await deploy({ ...bench.configured(), config: await withSecret() }));
    events = new ChangeEvents(bench.sandbox.environment, outputs.streamName);
  });

  /** The configuration with the source's password in Secrets Manager, under a key of the user's own. */
  async function withSecret(): Promise<StackConfig> {
    const url = new URL(bench.sandbox.sourceUrl);
    const { KeyMetadata } = await new KMSClient({}).send(new CreateKeyCommand({}));
    const secret = await new SecretsManagerClient({}).send(
      new CreateSecretCommand({
        Name: `source-${randomUUID()}`,
        KmsKeyId: KeyMetadata?.Arn,
        SecretString: JSON.stringify({
          host: url.hostname,
          port: url.port,
          username: decodeURIComponent(url.username),
          password: decodeURIComponent(url.password),
        }),
      }),
    );
    const { "rowstream:sourcePassword": _, ...config } = bench.sandbox.config;
    const { name, engine, database: db, sslMode } = JSON.parse(config["rowstream:source"]?.value ?? "{}");
    const source = { name, engine, database: db, sslMode, secretArn: secret.ARN };
    return { ...config, "rowstream:source": { value: JSON.stringify(source) } };
  }

  after(async () => {
    await bench?.stop();
  });

  describe("the fan-in's role", () => {
    const notWritten = /"could not write to the failure bucket".*"error":"AccessDenied"/;
    const cannotAccess =
      /InvalidParameterValueException: Cannot access stream .* ensure the role can perform/;
    const oversize = async () => {
      await bench.query(`UPDATE products SET description = ${OVERSIZE} || '${++count}' WHERE product_id = 2`);
    };
    const cases: Case[] = [
      {
        statement: "Publish",
        action: "kinesis:PutRecords",
        provoke: changeProduct,
        shown: functionLog,
        says: /"batch cut short".*"lastError":"AccessDeniedException"/,
      },
      {
        statement: "StreamKey",
        action: "kms:GenerateDataKey",
        provoke: changeProduct,
        shown: functionLog,
        says: /"batch cut short".*"lastError":"KMSAccessDeniedException"/,
      },
      {
        statement: "ReadTableStreams",
        action: "dynamodb:GetRecords",
        provoke: changeProduct,
        shown: mappingResult,
      },
      { statement: "TableKey", action: "kms:Decrypt", provoke: changeProduct, shown: mappingResult },
      {
        statement: "ReadTableStreams",
        action: "dynamodb:GetShardIterator",
        provoke: restartMapping,
        shown: mappingResult,
      },
      {
        statement: "ReadTableStreams",
        action: "dynamodb:DescribeStream",
        provoke: restartMapping,
        shown: mappingResult,
      },
      { statement: "ListStreams", action: "dynamodb:ListStreams", provoke: mapAgain, says: cannotAccess },
      {
        statement: "FindBucket",
        action: "s3:ListBucket",
        provoke: mapAgain,
        says: /role does not have permissions to call ListBucket on S3/,
      },
      { statement: "Log", action: "logs:CreateLogStream", provoke: newProcess, shown: lambdaLog },
      { statement: "Log", action: "logs:PutLogEvents", provoke: changeProduct, shown: lambdaLog },
      {
        statement: "KeepFailures",
        action: "s3:PutObject",
        provoke: oversize,
        shown: functionLog,
        says: notWritten,
      },
      {
        statement: "BucketKey",
        action: "kms:GenerateDataKey",
        provoke: oversize,
        shown: functionLog,
        says: notWritten,
      },
    ];
    for (const needed of cases) {
      it(`${needed.statement} ${needed.action}`, () => assertNeeded("rowstream-fan-in", needed));
    }

    it("loses nothing by it once it may again", async () => {
      await assertFlows();
      await poll("the object", async () => {
        const { Contents } = await new S3Client({}).send(
          new ListObjectsV2Command({ Bucket: outputs.failureBucketName, Prefix: "oversize" }),
        );
        return (Contents ?? []).length > 0;
      });
      const names = (await events.read())
        .filter(({ source, key }) => source.table === "products" && key.product_id === 1)
        .map(({ old, new: row }) => [old?.name, row?.name]);
      for (const [index, [before]] of names.entries()) {
        assert.equal(before, index === 0 ? before : names[index - 1]?.[1], "in order, none missing");
      }
    });

    it("its trust in Lambda", async () => {
      await assertTrusted(
        "rowstream-fan-in",
        (Role) =>
          lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: outputs.fanInName, Role })),
        /InvalidParameterValueException: The role defined for the function cannot be assumed by Lambda/,
      );
    });
  });

  /** Has the role trust somebody else, sees who used it refuse it, and puts the trust back. */
  async function assertTrusted(
    name: string,
    use: (roleArn: string) => Promise<unknown>,
    message: RegExp,
  ): Promise<void> {
    const RoleName = await roleNamed(iam, name);
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    const before = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "");
    const put = (PolicyDocument: string) =>
      iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    await put(before.replace(/"(lambda|dms)\.[^"]*"/, '"ec2.amazonaws.com"'));
    try {
      await poll("the refusal", async () =>
        use(Role?.Arn ?? "").then(
          () => false,
          (error: Error) => message.test(`${error.name}: ${error.message}`),
        ),
      );
    } finally {
      await put(before);
    }
  }

  describe("the inspector's role", () => {
    const cases: Case[] = [
      { statement: "TableStatistics", action: "dms:DescribeTableStatistics", provoke: look },
      { statement: "State", action: "dms:DescribeReplicationTasks", provoke: look },
      { statement: "State", action: "lambda:ListEventSourceMappings", provoke: look },
      { statement: "TableStreams", action: "dynamodb:DescribeTable", provoke: look },
      { statement: "CountFailures", action: "s3:ListBucket", provoke: look },
      { statement: "Log", action: "logs:PutLogEvents", provoke: look, shown: lambdaLog },
      {
        statement: "Log",
        action: "logs:CreateLogStream",
        provoke: async () => {
          await renew(outputs.inspectorName);
          await look();
        },
        shown: lambdaLog,
      },
    ];
    for (const needed of cases) {
      it(`${needed.statement} ${needed.action}`, () => assertNeeded("rowstream-inspector", needed));
    }

    it("finds what is wrong: a mapping that is off, a table that DMS has and the stack has not", async () => {
      const file = join(bench.folder, "sandbox", "lambda", "logs", `${outputs.inspectorName}.log`);
      /** What the inspector says this time: its metrics, and the tables that it names. */
      const found = async () => {
        const before = existsSync(file) ? statSync(file).size : 0;
        await look();
        const said = readFileSync(file, "utf8").slice(before);
        const metrics: Record<string, number> = JSON.parse(said.match(/\{"_aws".*/)?.[0] ?? "{}");
        return { metrics, unfed: /become no events.*"tables":"([^"]*)"/.exec(said)?.[1]?.split(", ") ?? [] };
      };
      const { metrics: first, unfed: none } = await found();
      assert.equal(first.ReplicationStopped, 0);
      assert.equal(first.SuspendedTables, 0);
      assert.ok(!none.includes("public.products"), none.join());
      const { UUID } = await mapping("products");
      await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
      await poll("the mapping to be missed", async () => (await found()).unfed.includes("public.products"));
      await bench.query("CREATE TABLE inspected (id int PRIMARY KEY)");
      await bench.query("INSERT INTO inspected VALUES (1)");
      await poll("the table to be missed", async () => {
        const { metrics, unfed } = await found();
        return unfed.includes("public.inspected") && metrics.UnfedTables === unfed.length;
      });
      await new S3Client({}).send(
        new PutObjectCommand({ Bucket: outputs.failureBucketName, Key: "unprocessable/a", Body: "{}" }),
      );
      await poll("the object to be counted", async () => {
        const { FailureObjects = 0 } = (await found()).metrics;
        return FailureObjects > (first.FailureObjects ?? 0);
      });
      await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }));
      await poll("the mapping to be back", async () => !(await found()).unfed.includes("public.products"));
    });
  });

  describe("the role that reads the source's secret", () => {
    const cases: TakenAction[] = [
      { statement: "Secret", action: "secretsmanager:GetSecretValue" },
      { statement: "SecretKey", action: "kms:Decrypt" },
    ];
    for (const taken of cases) {
      it(`${taken.statement} ${taken.action}`, async () => {
        let state = "";
        const provoke = async () => {
          state = await connection(outputs.sourceEndpointArn);
        };
        await assertNeeded("rowstream-secret", { ...taken, provoke, shown: () => state });
      });
    }

    // The gateway goes by what it has read a moment ago: a task that is started until then fails for good.
    after(() =>
      poll("the source to be within reach again", async () =>
        (await connection(outputs.sourceEndpointArn)).startsWith("successful"),
      ),
    );
  });

  describe("the role of the log", () => {
    /** A task that begins, and has something to say. */
    const provoke = async () => {
      await restartTask();
      await bench.query(`CREATE TABLE keyless${++count} (n int)`);
    };
    const shown = dmsLog;
    const cases: Case[] = [
      { statement: "AllowUploadOfLogEventsToDmsLogStream", action: "logs:PutLogEvents", provoke, shown },
      { statement: "AllowCreationOfDmsLogStream", action: "logs:CreateLogStream", provoke, shown },
      { statement: "AllowCreationOfDmsLogGroups", action: "logs:CreateLogGroup", provoke, shown },
    ];
    for (const needed of cases) {
      it(`${needed.statement} ${needed.action}`, () => assertNeeded("dms-cloudwatch-logs-role", needed));
    }
  });

  describe("the target's role", () => {
    // What is taken away below is granted until then, and used: nothing else here deletes a row.
    before(async () => {
      await bench.query("DELETE FROM payments WHERE ctid = (SELECT ctid FROM payments LIMIT 1)");
      await poll("the deletion", async () => {
        const { TableStatistics = [] } = await dms.send(
          new DescribeTableStatisticsCommand({ ReplicationTaskArn: outputs.replicationTaskArn }),
        );
        return (TableStatistics.find(({ TableName }) => TableName === "payments")?.Deletes ?? 0) > 0;
      });
    });

    it("its trust in DMS", async () => {
      const { targetEndpointArn: EndpointArn } = outputs;
      const { Endpoints } = await dms.send(new DescribeEndpointsCommand({}));
      const target = Endpoints?.find((one) => one.EndpointArn === EndpointArn);
      const use = () =>
        dms.send(
          new ModifyEndpointCommand({ EndpointArn, DynamoDbSettings: target?.DynamoDbSettings as never }),
        );
      await dms.send(new StopReplicationTaskCommand({ ReplicationTaskArn: outputs.replicationTaskArn }));
      await assertTrusted(
        "rowstream-target",
        use,
        /AccessDeniedFault: The IAM Role .* is not configured properly/,
      );
      await poll("the task to go on", () =>
        dms
          .send(
            new StartReplicationTaskCommand({
              ReplicationTaskArn: outputs.replicationTaskArn,
              StartReplicationTaskType: "resume-processing",
            }),
          )
          .then(
            () => true,
            () => false,
          ),
      );
    });

    it("ListTables dynamodb:ListTables", async () => {
      let state = "";
      const provoke = async () => {
        state = await connection(outputs.targetEndpointArn);
      };
      await assertNeeded("rowstream-target", {
        statement: "ListTables",
        action: "dynamodb:ListTables",
        provoke,
        shown: () => state,
      });
    });

    // Each on a table of its own, for a table that DMS cannot write is taken out of the replication.
    const cases: Case[] = [
      {
        statement: "Tables",
        action: "dynamodb:CreateTable",
        provoke: () => bench.query(`CREATE TABLE made${++count} (id int PRIMARY KEY)`),
        shown: dmsLog,
      },
      {
        statement: "Tables",
        action: "dynamodb:DescribeTable",
        provoke: () => bench.query(`CREATE TABLE made${++count} (id int PRIMARY KEY)`),
        shown: dmsLog,
      },
      {
        statement: "Tables",
        action: "dynamodb:UpdateItem",
        provoke: () => touch("customers", "city"),
        shown: () => tableState("customers"),
      },
      {
        statement: "Tables",
        action: "dynamodb:DeleteItem",
        provoke: () => bench.query("DELETE FROM payments WHERE ctid = (SELECT ctid FROM payments LIMIT 1)"),
        shown: () => tableState("payments"),
      },
      {
        statement: "Tables",
        action: "dynamodb:PutItem",
        provoke: () =>
          bench.query(
            "INSERT INTO orders (customer_id, status, currency, total) VALUES (1, 'placed', 'EUR', 1)",
          ),
        shown: () => tableState("orders"),
      },
      {
        statement: "TableKey",
        action: "kms:Decrypt",
        provoke: changeProduct,
        shown: () => tableState("products"),
      },
    ];
    for (const needed of cases) {
      it(`${needed.statement} ${needed.action}`, () => assertNeeded("rowstream-target", needed));
    }
  });

  describe("and all in all", () => {
    it("the trust of the account's network role in DMS", async () => {
      const use = () =>
        dms.send(
          new CreateReplicationSubnetGroupCommand({
            ReplicationSubnetGroupIdentifier: `group-${++count}`,
            ReplicationSubnetGroupDescription: "of no use",
            SubnetIds: ["subnet-1", "subnet-2"],
          }),
        );
      await assertTrusted(
        "dms-vpc-role",
        use,
        /AccessDeniedFault: The IAM Role .*dms-vpc-role is not configured/,
      );
    });

    it("is used by something here, or its reason is in the list", async () => {
      const privileges = await poll(
        "the record",
        async () => readPrivileges(join(bench.folder, "sandbox", "iam"))[0],
      );
      const grants = summarize([privileges]);
      const named = (all: typeof grants) => all.map(({ role, action }) => `${role} ${action}`).sort();
      const here = new Set(grants.map(({ role }) => role));
      const listed = UNUSED_GRANTS.filter(({ role }) => here.has(role)).flatMap(({ role, actions }) =>
        actions.map((action) => `${role} ${action}`),
      );
      assert.deepEqual(named(grants.filter(({ used }) => !used)), listed.sort());
    });
  });
});
