import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Monitoring, type MonitoringArgs } from "../../../components/monitoring";
import { alarmRules } from "../../../components/monitoring/alarms";
import { type AlarmThresholds, DEFAULT_THRESHOLDS } from "../../../components/monitoring/thresholds";
import { failMocked, type Recording, resolved, runMocked } from "../../helpers/mocks";
import { replicatedTable } from "../../helpers/pipelineArgs";
import { enterProjectFolder, type ProjectFolder } from "../../helpers/projectFolder";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const DASHBOARD = "aws:cloudwatch/dashboard:Dashboard";
const FUNCTION = "aws:lambda/function:Function";
const TOPIC = "aws:sns/topic:Topic";

const ARGS: MonitoringArgs = {
  streamName: "changes",
  fanInName: "fan-in",
  failureBucketName: "failures",
  failureBucketArn: "arn:aws:s3:::failures",
  replication: {
    instanceId: "rowstream-prod",
    taskArn: "arn:aws:dms:eu-central-1:123456789012:task:TASK7",
    storageGib: 100,
  },
  replicatedTables: [replicatedTable("orders"), replicatedTable("customers")],
  kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/k",
};
const SERVERLESS: MonitoringArgs = {
  ...ARGS,
  replication: { configArn: "arn:aws:dms:eu-central-1:123456789012:replication-config:CONFIG7" },
};

const monitoring = (args: MonitoringArgs = ARGS) => runMocked(() => new Monitoring("shop", args));

/** The alarms' inputs, by the ends of their names. */
function alarms(recording: Recording): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    recording.ofType(ALARM).map(({ name, inputs }) => [name.replace(/^shop-/, ""), inputs]),
  );
}

describe("Monitoring", () => {
  let project: ProjectFolder;

  before(() => {
    project = enterProjectFolder();
  });

  after(() => {
    project.dispose();
  });

  it("watches every part of a pipeline on an instance", async () => {
    const { recording } = await monitoring();
    const made = alarms(recording);
    const metrics = Object.entries(made).map(([name, { namespace, metricName, dimensions }]) => [
      name,
      `${namespace} ${metricName} ${JSON.stringify(dimensions)}`,
    ]);
    const task = '{"ReplicationInstanceIdentifier":"rowstream-prod","ReplicationTaskIdentifier":"TASK7"}';
    const instance = '{"ReplicationInstanceIdentifier":"rowstream-prod"}';
    assert.deepEqual(Object.fromEntries(metrics), {
      "replication-stopped": 'rowstream ReplicationStopped {"ChangeStream":"changes"}',
      "source-latency": `AWS/DMS CDCLatencySource ${task}`,
      "target-latency": `AWS/DMS CDCLatencyTarget ${task}`,
      "apply-exceptions": 'AWS/DynamoDB ConsumedWriteCapacityUnits {"TableName":"awsdms_apply_exceptions"}',
      "free-storage": `AWS/DMS FreeStorageSpace ${instance}`,
      "free-memory": `AWS/DMS FreeableMemory ${instance}`,
      "suspended-tables": 'rowstream SuspendedTables {"ChangeStream":"changes"}',
      "unfed-tables": 'rowstream UnfedTables {"ChangeStream":"changes"}',
      "failure-objects": 'rowstream FailureObjects {"ChangeStream":"changes"}',
      "iterator-age": 'AWS/Lambda IteratorAge {"FunctionName":"fan-in"}',
      "fan-in-errors": 'AWS/Lambda Errors {"FunctionName":"fan-in"}',
      "fan-in-throttles": 'AWS/Lambda Throttles {"FunctionName":"fan-in"}',
      "stream-throttles": 'AWS/Kinesis WriteProvisionedThroughputExceeded {"StreamName":"changes"}',
    });
    assert.equal(made["free-storage"]?.threshold, 20 * 1024 ** 3);
    assert.equal(made["free-storage"]?.comparisonOperator, "LessThanOrEqualToThreshold");
    assert.equal(made["iterator-age"]?.threshold, 300_000);
    assert.equal(made["iterator-age"]?.comparisonOperator, "GreaterThanOrEqualToThreshold");
  });

  it("watches the memory of a serverless replication, which has no instance", async () => {
    const made = alarms((await monitoring(SERVERLESS)).recording);
    assert.deepEqual(made.capacity?.dimensions, { ReplicationConfigId: "CONFIG7" });
    assert.deepEqual(made["source-latency"]?.dimensions, { ReplicationConfigId: "CONFIG7" });
    assert.equal(made["free-memory"], undefined);
    assert.equal(made["free-storage"], undefined);
  });

  it("has every alarm tell the topic when it is raised and when it ends, and say what to do", async () => {
    const { result, recording } = await monitoring();
    const told = [await resolved(result.topicArn)];
    for (const [
      name,
      { alarmActions, okActions, insufficientDataActions, alarmDescription },
    ] of Object.entries(alarms(recording))) {
      assert.deepEqual([alarmActions, okActions], [told, told], name);
      assert.deepEqual(insufficientDataActions, name === "replication-stopped" ? told : undefined, name);
      // CloudWatch takes 1,024 characters.
      assert.ok(String(alarmDescription).length > 60 && String(alarmDescription).length < 1024, name);
    }
  });

  it("takes silence for what it is: of a source that rests, of a task that stopped, of the inspector", async () => {
    const silence = Object.fromEntries(
      Object.entries(alarms((await monitoring()).recording)).map(([name, { treatMissingData }]) => [
        name,
        treatMissingData,
      ]),
    );
    assert.deepEqual(silence, {
      "replication-stopped": "missing",
      "source-latency": "ignore",
      "target-latency": "ignore",
      "apply-exceptions": "notBreaching",
      "free-storage": "missing",
      "free-memory": "missing",
      "suspended-tables": "ignore",
      "unfed-tables": "ignore",
      "failure-objects": "ignore",
      "iterator-age": "notBreaching",
      "fan-in-errors": "notBreaching",
      "fan-in-throttles": "notBreaching",
      "stream-throttles": "notBreaching",
    });
  });

  it("moves an alarm by each threshold, and no other", async () => {
    const thresholds = async ({ replication }: MonitoringArgs, given: AlarmThresholds) => {
      const watched = {
        region: "eu-central-1",
        streamName: "s",
        fanInName: "f",
        tableNames: [],
        replication,
        heartbeatMinutes: 1,
      };
      const rules = alarmRules(watched, { ...DEFAULT_THRESHOLDS, ...given });
      return Promise.all(
        Object.entries(rules).map(async ([name, rule]) => `${name} ${await resolved(rule.threshold)}`),
      );
    };
    for (const name of Object.keys(DEFAULT_THRESHOLDS) as (keyof AlarmThresholds)[]) {
      const args = name === "capacityPercent" ? SERVERLESS : ARGS;
      const before = await thresholds(args, {});
      const moved = (await thresholds(args, { [name]: 7 })).filter((line) => !before.includes(line));
      assert.equal(moved.length, 1, name);
    }
  });

  it("says of each threshold, in the manual and in the configuration's schema, what it is", () => {
    const [manual, schema] = ["docs/operations.md", "Pulumi.yaml"].map((file) =>
      readFileSync(join(__dirname, "../../../..", file), "utf8").replace(/\s+/g, " "),
    );
    for (const [name, value] of Object.entries(DEFAULT_THRESHOLDS)) {
      assert.match(manual ?? "", new RegExp(`\\| \`${name}\` \\(${value}\\b`), name);
      assert.match(schema ?? "", new RegExp(`\\b${name}: ${value}\\b`), name);
    }
  });

  it("makes an encrypted topic that the account's alarms alone may publish to", async () => {
    const { recording } = await monitoring();
    assert.equal(recording.only(TOPIC).inputs.kmsMasterKeyId, ARGS.kmsKeyArn);
    const { policy } = recording.only("aws:sns/topicPolicy:TopicPolicy").inputs;
    const [alarm, tls] = JSON.parse(String(policy)).Statement;
    assert.deepEqual(alarm.Principal, { Service: "cloudwatch.amazonaws.com" });
    assert.deepEqual(alarm.Condition, {
      ArnLike: { "aws:SourceArn": "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:*" },
      StringEquals: { "aws:SourceAccount": "123456789012" },
    });
    assert.equal(tls.Effect, "Deny");
  });

  it("tells a topic of the user's own and makes none", async () => {
    const topicArn = "arn:aws:sns:eu-central-1:123456789012:pager";
    const { result, recording } = await monitoring({ ...ARGS, topicArn });
    assert.deepEqual(recording.ofType(TOPIC), []);
    assert.equal(result.nodes.topic, undefined);
    assert.deepEqual(alarms(recording)["iterator-age"]?.alarmActions, [topicArn]);
  });

  it("draws the alarms and the pipeline on a dashboard of the stack", async () => {
    const { recording } = await monitoring();
    const { dashboardName, dashboardBody } = recording.only(DASHBOARD).inputs;
    assert.equal(dashboardName, "shop-test");
    const { widgets } = JSON.parse(String(dashboardBody));
    assert.equal(widgets[0].properties.alarms.length, recording.ofType(ALARM).length);
    const drawn = JSON.stringify(widgets);
    for (const { inputs } of recording.ofType(ALARM)) assert.ok(drawn.includes(`"${inputs.metricName}"`));
    for (const table of ["orders", "customers"]) assert.ok(drawn.includes(`"TableName","${table}"`));
    const places = widgets.map(({ x, y }: { x: number; y: number }) => `${x} ${y}`);
    assert.equal(new Set(places).size, widgets.length);
  });

  it("leaves out of the dashboard the tables that no picture could show, and says so", async () => {
    const replicatedTables = Array.from({ length: 120 }, (_, index) => replicatedTable(`t${index}`));
    const { recording } = await monitoring({ ...ARGS, replicatedTables });
    assert.match(String(recording.only(DASHBOARD).inputs.dashboardBody), /20 tables are not drawn/);
  });

  it("has the inspector look every five minutes, in a role that changes nothing", async () => {
    const { recording } = await monitoring();
    const rule = recording.only("aws:cloudwatch/eventRule:EventRule");
    assert.equal(rule.inputs.scheduleExpression, "rate(5 minutes)");
    const target = recording.only("aws:cloudwatch/eventTarget:EventTarget");
    assert.ok(target.dependencies.includes("Permission shop-inspector"));
    const { sourceArn, principal } = recording.only("aws:lambda/permission:Permission").inputs;
    assert.equal(principal, "events.amazonaws.com");
    assert.match(String(sourceArn), /EventRule\/shop-inspector$/);
    const { Statement } = JSON.parse(String(recording.only("aws:iam/rolePolicy:RolePolicy").inputs.policy));
    const actions = (Statement as { Action: string | string[] }[]).flatMap(({ Action }) => Action);
    assert.deepEqual(
      actions.filter((action) => !/:(Describe|List)/.test(action)),
      ["logs:CreateLogStream", "logs:PutLogEvents"],
    );
  });

  it("ships the inspector with the tables that it looks at, in whatever order they come", async () => {
    const code = async (args: MonitoringArgs) => {
      const { inputs } = (await monitoring(args)).recording.only(FUNCTION);
      const { assets } = inputs.code as { assets: Record<string, { text?: string }> };
      return { text: assets["__index.js"]?.text ?? "", variables: inputs.environment };
    };
    const { text, variables } = await code(ARGS);
    assert.deepEqual(variables, {
      variables: {
        REPLICATION_ARN: "arn:aws:dms:eu-central-1:123456789012:task:TASK7",
        FAN_IN_NAME: "fan-in",
        FAILURE_BUCKET: "failures",
        STREAM_NAME: "changes",
      },
    });
    const turned = [...ARGS.replicatedTables].reverse();
    assert.equal((await code({ ...ARGS, replicatedTables: turned })).text, text);
    writeFileSync(join(project.path, "__index.js"), text);
    const { handler } = createRequire(join(project.path, "/"))("./__index.js");
    assert.deepEqual((await handler()).tables, [
      { schema: "public", table: "customers", tableName: "customers" },
      { schema: "public", table: "orders", tableName: "orders" },
    ]);
  });

  it("names all faults at once and registers nothing", async () => {
    const { error, recording } = await failMocked(
      () =>
        new Monitoring("shop", {
          ...ARGS,
          topicArn: "pager",
          thresholds: { iteratorAgeSeconds: 90_000, freeStoragePercent: 0 },
        }),
    );
    assert.deepEqual(error.message.split("\n"), [
      'monitoring "shop" has 3 faults:',
      '  topicArn: "pager" is not the ARN of an SNS topic',
      "  thresholds.iteratorAgeSeconds: 90000 is not allowed; give a whole number of seconds from 1 to 82800",
      "  thresholds.freeStoragePercent: 0 is not allowed; give a whole number of percent from 1 to 90",
    ]);
    assert.deepEqual(recording.resources, []);
  });
});
