import assert from "node:assert/strict";
import { Pipeline, type PipelineArgs } from "../../../components/pipeline";
import { failMocked, type RecordedResource, type Recording, resolved, runMocked } from "../../helpers/mocks";
import { pipelineArgs, replicatedTable } from "../../helpers/pipelineArgs";
import { enterProjectFolder, type ProjectFolder } from "../../helpers/projectFolder";

const TABLE = "rowstream_heartbeat_shop";
const NAME = "rowstream-heartbeat";

interface Rule {
  "rule-action": string;
  "object-locator": { "schema-name": string; "table-name": string };
}

function make(changes: Partial<PipelineArgs> = {}) {
  return runMocked(
    () => new Pipeline("rowstream", pipelineArgs({ heartbeat: { intervalMinutes: 5 }, ...changes })),
  );
}

async function faultsOf(changes: Partial<PipelineArgs>): Promise<string> {
  const { error, recording } = await failMocked(
    () => new Pipeline("rowstream", pipelineArgs({ heartbeat: { intervalMinutes: 5 }, ...changes })),
  );
  assert.deepEqual(recording.resources, [], "nothing is registered");
  return error.message;
}

/** The patterns that DMS's task includes. */
function included(recording: Recording): string[] {
  const { tableMappings } = recording.only("aws:dms/replicationTask:ReplicationTask").inputs;
  const { rules } = JSON.parse(String(tableMappings)) as { rules: Rule[] };
  return rules
    .filter((rule) => rule["rule-action"] === "include")
    .map(({ "object-locator": at }) => `${at["schema-name"]}.${at["table-name"]}`);
}

function statements(
  policy: RecordedResource,
): Record<string, { Effect: string; Resource: unknown; Action: unknown }> {
  const { Statement } = JSON.parse(String(policy.inputs.policy)) as {
    Statement: { Sid: string; Effect: string; Resource: unknown; Action: unknown }[];
  };
  return Object.fromEntries(Statement.map((one) => [one.Sid, one]));
}

describe("Heartbeat", () => {
  let project: ProjectFolder;

  before(() => {
    project = enterProjectFolder();
  });

  after(() => {
    project.dispose();
  });

  it("is not there unless it is asked for", async () => {
    const { result, recording } = await make({ heartbeat: undefined });
    assert.equal(result.heartbeat, undefined);
    assert.deepEqual(
      recording.resources.filter(({ name }) => name.includes("heartbeat")),
      [],
    );
  });

  it("runs where DMS runs, by its interval, on the table of the source's name", async () => {
    const { result, recording } = await make();
    const { inputs } = recording.only("aws:lambda/function:Function", NAME);
    const task = recording.only("aws:dms/replicationInstance:ReplicationInstance").inputs;
    const { vpcConfig, environment } = inputs as {
      vpcConfig: { subnetIds: string[]; securityGroupIds: string[] };
      environment: { variables: Record<string, string> };
    };
    assert.deepEqual(vpcConfig.securityGroupIds, task.vpcSecurityGroupIds);
    assert.deepEqual(
      vpcConfig.subnetIds,
      recording.only("aws:dms/replicationSubnetGroup:ReplicationSubnetGroup").inputs.subnetIds,
    );
    assert.deepEqual(environment.variables, {
      FAMILY: "postgres",
      SECRET_ARN: environment.variables.SECRET_ARN,
      PORT: "5432",
      DATABASE: "shop",
      SSL_MODE: "require",
      HEARTBEAT_SCHEMA: "public",
      HEARTBEAT_TABLE: TABLE,
    });
    assert.equal(
      recording.only("aws:cloudwatch/eventRule:EventRule", NAME).inputs.scheduleExpression,
      "rate(5 minutes)",
    );
    assert.deepEqual(await resolved(result.heartbeat), {
      functionName: `${NAME}-physical`,
      intervalMinutes: 5,
      schema: "public",
      table: TABLE,
    });
  });

  it("is every minute, not every 1 minutes", async () => {
    const { recording } = await make({ heartbeat: { intervalMinutes: 1 } });
    assert.equal(
      recording.only("aws:cloudwatch/eventRule:EventRule", NAME).inputs.scheduleExpression,
      "rate(1 minute)",
    );
  });

  it("keeps what could not be delivered in an encrypted queue that takes it from its rule alone", async () => {
    const { recording } = await make();
    const { retryPolicy, deadLetterConfig } = recording.only(
      "aws:cloudwatch/eventTarget:EventTarget",
      NAME,
    ).inputs;
    assert.deepEqual(retryPolicy, { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 300 });
    assert.match(JSON.stringify(deadLetterConfig), /undelivered/);
    assert.equal(recording.only("aws:sqs/queue:Queue").inputs.sqsManagedSseEnabled, true);
    const policy = String(recording.only("aws:sqs/queuePolicy:QueuePolicy").inputs.policy);
    assert.match(policy, /"ArnEquals":\{"aws:SourceArn":"[^"]*EventRule\/rowstream-heartbeat"\}/);
    assert.match(policy, /aws:SecureTransport/);
  });

  it("puts the source's credentials into a secret, and nowhere else", async () => {
    const { recording } = await make();
    const version = recording.only("aws:secretsmanager/secretVersion:SecretVersion");
    assert.deepEqual(version.secrets, ["secretString"]);
    assert.deepEqual(JSON.parse(String(version.inputs.secretString)), {
      username: "dms",
      password: "hunter2",
      host: "db.internal",
      port: 5432,
    });
    const others = recording.resources.filter(({ type, inputs }) => {
      return !/secretVersion|dms\/endpoint/.test(type) && JSON.stringify(inputs).includes("hunter2");
    });
    assert.deepEqual(others, []);
  });

  it("reads a secret of the user's own, whose key is not known", async () => {
    const secretArn = "arn:aws:secretsmanager:eu-central-1:1:secret:theirs";
    const source = { name: "shop", engine: "postgres" as const, database: "shop", secretArn };
    const { recording } = await make({ source });
    assert.deepEqual(recording.ofType("aws:secretsmanager/secret:Secret"), []);
    const { ReadSecret, SecretKey } = statements(recording.only("aws:iam/rolePolicy:RolePolicy", NAME));
    assert.equal(ReadSecret?.Resource, secretArn);
    assert.equal(SecretKey?.Resource, "*");
  });

  it("may read its secret, write its log, and be connected to the network by Lambda alone", async () => {
    const { recording } = await make();
    const { ReadSecret, Log, Network, NotByTheCode, ...rest } = statements(
      recording.only("aws:iam/rolePolicy:RolePolicy", NAME),
    );
    assert.equal(ReadSecret?.Action, "secretsmanager:GetSecretValue");
    assert.match(String(Log?.Resource), /heartbeat-logs:\*$/);
    assert.deepEqual(Network?.Action, NotByTheCode?.Action);
    assert.equal(NotByTheCode?.Effect, "Deny");
    assert.deepEqual(Object.keys(rest), ["SecretKey"]);
  });

  it("gets a way to Secrets Manager", async () => {
    const services = ({ recording }: { recording: Recording }) =>
      recording.ofType("aws:ec2/vpcEndpoint:VpcEndpoint").map(({ name }) => name);
    assert.ok(services(await make()).includes("rowstream-secretsmanager"));
    assert.ok(!services(await make({ heartbeat: undefined })).includes("rowstream-secretsmanager"));
  });

  it("is replicated whatever the patterns are", async () => {
    const include = ["shop.%"];
    assert.deepEqual(included((await make({ tables: { include } })).recording), [
      "shop.%",
      "public.rowstream[_]heartbeat[_]shop",
    ]);
    assert.deepEqual(included((await make()).recording), ["public.%"]);
  });

  it("is an event whatever tables the events are of, and its row is measured", async () => {
    const replicatedTables = [
      replicatedTable("orders"),
      replicatedTable("customers"),
      replicatedTable(TABLE),
    ];
    const { result } = await make({ replicatedTables, events: { tables: { include: ["public.orders"] } } });
    assert.deepEqual(JSON.parse(result.eventSources).tables, {
      customers: { schema: "public", table: "customers", events: false },
      orders: { schema: "public", table: "orders" },
      [TABLE]: { schema: "public", table: TABLE, heartbeat: true },
    });
  });

  it("has an alarm that takes a heartbeat that stays away for the fault", async () => {
    const { recording } = await make();
    const { inputs } = recording.only(
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      "rowstream-heartbeat-latency",
    );
    assert.equal(inputs.metricName, "CommitToEventLatency");
    assert.equal(inputs.treatMissingData, "breaching");
    assert.deepEqual([inputs.period, inputs.evaluationPeriods, inputs.threshold], [300, 3, 300_000]);
    const body = String(recording.only("aws:cloudwatch/dashboard:Dashboard").inputs.dashboardBody);
    assert.match(body, /CommitToEventLatency/);
    const without = await make({ heartbeat: undefined });
    assert.ok(
      !without.recording
        .ofType("aws:cloudwatch/metricAlarm:MetricAlarm")
        .some(({ name }) => /heartbeat/.test(name)),
    );
  });

  it("looks over periods of its own length where it is seldom written", async () => {
    const { recording } = await make({ heartbeat: { intervalMinutes: 30 } });
    const { inputs } = recording.only(
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      "rowstream-heartbeat-latency",
    );
    assert.equal(inputs.period, 1800);
  });

  describe("refuses, with its key and before anything is made,", () => {
    const base = pipelineArgs().source;

    it("an interval that is no whole number of minutes from 1 to 60", async () => {
      assert.match(
        await faultsOf({ heartbeat: { intervalMinutes: 0 } }),
        /heartbeat\.intervalMinutes: 0 is not allowed/,
      );
      assert.match(await faultsOf({ heartbeat: {} as never }), /heartbeat\.intervalMinutes: is missing/);
    });

    it("an engine that there is no driver for", async () => {
      assert.match(
        await faultsOf({ source: { ...base, engine: "db2", sslMode: "none" } }),
        /heartbeat: is not possible with db2.*postgres, aurora-postgresql, mysql, mariadb, aurora, sqlserver, oracle/,
      );
    });

    it("a schema that is not known", async () => {
      const { database: _, ...server } = base;
      const mysql = { ...server, engine: "mysql" as const, sslMode: "none" as const };
      assert.match(await faultsOf({ source: mysql }), /heartbeat\.schema: is missing; give the database/);
      const secretArn = "arn:aws:secretsmanager:eu-central-1:1:secret:theirs";
      const oracle = {
        name: "erp",
        engine: "oracle" as const,
        database: "ERP",
        secretArn,
        sslMode: "none" as const,
      };
      assert.match(await faultsOf({ source: oracle }), /heartbeat\.schema: is missing; give the schema/);
    });

    it("names that are too long, that are patterns, or that DMS keeps for itself", async () => {
      const faults = (table: string) => faultsOf({ heartbeat: { intervalMinutes: 5, table } });
      assert.match(await faults("x".repeat(64)), /heartbeat\.table: .* has 64 characters/);
      assert.match(await faults("beat%"), /heartbeat\.table: "beat%" is no name/);
      assert.match(await faults("awsdms_beat"), /heartbeat\.table: .* DMS's own/);
    });

    it("a table that a pattern leaves out", async () => {
      assert.match(
        await faultsOf({ tables: { include: ["public.%"], exclude: ["public.rowstream%"] } }),
        /heartbeat\.table: public\.rowstream_heartbeat_shop is left out by tables\.exclude "public\.rowstream%"/,
      );
      assert.match(
        await faultsOf({ events: { tables: { exclude: ["%.rowstream%"] } } }),
        /heartbeat\.table: .* is left out by events\.tables\.exclude/,
      );
    });
  });

  it("takes the schema of each engine", async () => {
    const base = pipelineArgs().source;
    const schemas: Record<string, string> = {};
    for (const engine of ["aurora-postgresql", "mysql", "sqlserver", "oracle"] as const) {
      const { result } = await make({
        source: { ...base, engine, sslMode: "none" },
        tables: { include: ["x.%"] },
      });
      schemas[engine] = (await resolved(result.heartbeat))?.schema ?? "";
    }
    assert.deepEqual(schemas, {
      "aurora-postgresql": "public",
      mysql: "shop",
      sqlserver: "dbo",
      oracle: "DMS",
    });
  });
});
