import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Analytics, type AnalyticsArgs } from "../../../../components/consumers/analytics";
import { mainProgram } from "../../../../components/consumers/analytics/application";
import { CONNECTOR, DEFAULT_CONNECTOR_JAR } from "../../../../components/consumers/analytics/connectorJar";
import { kinesisConnectors } from "../../../../components/consumers/analytics/connectors";
import { analyticsJob, type Job } from "../../../../components/consumers/analytics/sql";
import type { PolicyStatement } from "../../../../components/policyDocument";
import type { ResourceType } from "../../../../policy/lib/resources";
import { policies } from "../../../../policy/policies";
import { check } from "../../../helpers/checkPolicy";
import { runShipped } from "../../../helpers/functionArchive";
import { RESOURCE_TYPES } from "../../../helpers/goodResources";
import { failMocked, type Recording, runMocked } from "../../../helpers/mocks";
import { enterProjectFolder, type ProjectFolder } from "../../../helpers/projectFolder";
import { tools } from "../../../helpers/tools";

const APPLICATION = "aws:kinesisanalyticsv2/application:Application";
const OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2";
const STREAM = "aws:kinesis/stream:Stream";
const FUNCTION = "aws:lambda/function:Function";
const POLICY = "aws:iam/rolePolicy:RolePolicy";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const DASHBOARD = "aws:cloudwatch/dashboard:Dashboard";

const KEY = "arn:aws:kms:eu-central-1:123456789012:key/k";
const CHANGES = "arn:aws:kinesis:eu-central-1:123456789012:stream/changes";

const ARGS: AnalyticsArgs = {
  streamArn: CHANGES,
  kmsKeyArn: KEY,
  alerts: [{ name: "large", tables: ["orders"], when: [{ column: "total", is: ">", value: 1000 }] }],
};

/** The options that the connector documents for `kinesis` (Apache Flink AWS connectors 5.x), and those of its formats. */
const DOCUMENTED = new Set([
  "connector",
  "stream.arn",
  "aws.region",
  "source.init.position",
  "source.init.timestamp",
  "format",
  "json.ignore-parse-errors",
  "json.decode.json-parser.enabled",
  "json.encode.decimal-as-plain-number",
]);

async function analytics(args: Partial<AnalyticsArgs> = {}): Promise<Recording> {
  const outputs = { [OBJECT]: () => ({ versionId: "v7" }) };
  return (await runMocked(() => new Analytics("an", { ...ARGS, ...args }), { outputs })).recording;
}

function statements(recording: Recording, name: string): PolicyStatement[] {
  return JSON.parse(String(recording.only(POLICY, name).inputs.policy)).Statement;
}

/** What is in the zip: texts by content, files by path. */
function zip(recording: Recording): Record<string, { text?: string; path?: string }> {
  return (
    recording.only(OBJECT).inputs.source as { assets: Record<string, { text?: string; path?: string }> }
  ).assets;
}

/** Runs a main.py with a pyflink that writes down what it is asked for. */
function runMain(text: string, folder: string): Job {
  mkdirSync(join(folder, "pyflink"), { recursive: true });
  writeFileSync(join(folder, "main.py"), text);
  writeFileSync(join(folder, "pyflink", "__init__.py"), "");
  writeFileSync(join(folder, "pyflink", "table.py"), PYFLINK);
  const python = join(dirname(tools().ministack), "python");
  const { stdout, stderr, status } = spawnSync(python, ["main.py"], { cwd: folder, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Job;
}

const PYFLINK = `
import json

class EnvironmentSettings:
    @staticmethod
    def in_streaming_mode():
        return "streaming"

class Set:
    def __init__(self, job):
        self.job = job
    def add_insert_sql(self, statement):
        self.job["inserts"].append(statement)
    def execute(self):
        print(json.dumps(self.job))

class Config:
    def __init__(self, job):
        self.job = job
    def set(self, key, value):
        self.job["settings"][key] = value

class TableEnvironment:
    @staticmethod
    def create(settings):
        assert settings == "streaming"
        return TableEnvironment()
    def __init__(self):
        self.job = {"settings": {}, "tables": [], "inserts": []}
    def get_config(self):
        return Config(self.job)
    def execute_sql(self, statement):
        self.job["tables"].append(statement)
    def create_statement_set(self):
        return Set(self.job)
`;

describe("Analytics", () => {
  let project: ProjectFolder;

  beforeEach(() => {
    project = enterProjectFolder();
    mkdirSync(dirname(DEFAULT_CONNECTOR_JAR), { recursive: true });
    writeFileSync(DEFAULT_CONNECTOR_JAR, "jar");
  });

  afterEach(() => {
    project.dispose();
  });

  it("is a Python application that starts, keeps its state and is sized by its arguments", async () => {
    const recording = await analytics({
      parallelism: 4,
      parallelismPerKpu: 2,
      autoScaling: false,
      logLevel: "WARN",
    });
    const { inputs, dependencies } = recording.only(APPLICATION);
    assert.deepEqual(
      [inputs.name, inputs.runtimeEnvironment, inputs.applicationMode, inputs.startApplication],
      ["an-test", "FLINK-1_20", "STREAMING", true],
    );
    assert.ok(dependencies.includes("RolePolicy an"));
    const configuration = inputs.applicationConfiguration as Record<string, object>;
    assert.deepEqual(configuration.applicationSnapshotConfiguration, { snapshotsEnabled: true });
    assert.deepEqual(configuration.environmentProperties, {
      propertyGroups: [
        {
          propertyGroupId: "kinesis.analytics.flink.run.options",
          propertyMap: {
            python: "main.py",
            jarfile: `lib/${CONNECTOR.artifactId}-${CONNECTOR.version}.jar`,
          },
        },
      ],
    });
    assert.deepEqual(configuration.runConfiguration, {
      applicationRestoreConfiguration: { applicationRestoreType: "RESTORE_FROM_LATEST_SNAPSHOT" },
      flinkRunConfiguration: { allowNonRestoredState: true },
    });
    assert.deepEqual(configuration.flinkApplicationConfiguration, {
      checkpointConfiguration: {
        configurationType: "CUSTOM",
        checkpointingEnabled: true,
        checkpointInterval: 60_000,
        minPauseBetweenCheckpoints: 5000,
      },
      monitoringConfiguration: { configurationType: "CUSTOM", logLevel: "WARN", metricsLevel: "APPLICATION" },
      parallelismConfiguration: {
        configurationType: "CUSTOM",
        parallelism: 4,
        parallelismPerKpu: 2,
        autoScalingEnabled: false,
      },
    });
  });

  it("ships its program and the connector in a versioned, encrypted bucket, and names the version", async () => {
    const recording = await analytics();
    const files = zip(recording);
    assert.deepEqual(Object.keys(files).sort(), [
      `lib/${CONNECTOR.artifactId}-${CONNECTOR.version}.jar`,
      "main.py",
    ]);
    const { inputs, dependencies } = recording.only(OBJECT);
    assert.equal(inputs.kmsKeyId, KEY);
    assert.ok(
      dependencies.some((one) => one.startsWith("BucketVersioning")),
      dependencies.join(),
    );
    const { applicationCodeConfiguration } = recording.only(APPLICATION).inputs.applicationConfiguration as {
      applicationCodeConfiguration: { codeContent: { s3ContentLocation: Record<string, unknown> } };
    };
    assert.equal(applicationCodeConfiguration.codeContent.s3ContentLocation.objectVersion, "v7");
  });

  it("runs the statements on the streams' own ARNs, from a quarter of an hour before it starts", async () => {
    const recording = await analytics();
    const ran = runMain(zip(recording)["main.py"]?.text ?? "", project.path);
    const expected = analyticsJob({
      windowSeconds: 60,
      lateSeconds: 30,
      quietSeconds: 300,
      alerts: ARGS.alerts ?? [],
      connectors: kinesisConnectors({
        region: "eu-central-1",
        streamArn: CHANGES,
        resultsArn: "arn:aws:test:eu-central-1:123456789012:Stream/an-results",
      }),
    });
    const start = /'source.init.timestamp' = '([^']+)'/.exec(ran.tables[0] ?? "")?.[1] ?? "";
    assert.ok(Math.abs(Date.now() - 900_000 - Date.parse(start)) < 60_000, start);
    assert.deepEqual({ ...ran, tables: ran.tables.map((text) => text.replace(start, "@START@")) }, expected);
  });

  it("gives the application rights on its code, the two streams and its log, and no more", async () => {
    const recording = await analytics();
    const trust = JSON.parse(String(recording.only("aws:iam/role:Role", "an").inputs.assumeRolePolicy));
    assert.deepEqual(trust.Statement[0].Principal, { Service: "kinesisanalytics.amazonaws.com" });
    assert.deepEqual(trust.Statement[0].Condition, {
      StringEquals: { "aws:SourceAccount": "123456789012" },
    });
    assert.deepEqual(
      statements(recording, "an").map(({ Sid, Action }) => [Sid, Action]),
      [
        ["ReadCode", ["s3:GetObject", "s3:GetObjectVersion"]],
        ["CodeKey", "kms:Decrypt"],
        [
          "ReadStream",
          [
            "kinesis:DescribeStream",
            "kinesis:DescribeStreamSummary",
            "kinesis:GetRecords",
            "kinesis:GetShardIterator",
            "kinesis:ListShards",
          ],
        ],
        ["StreamKey", "kms:Decrypt"],
        ["WriteResults", "kinesis:PutRecords"],
        ["ResultsKey", "kms:GenerateDataKey"],
        ["FindLog", "logs:DescribeLogStreams"],
        ["Log", "logs:PutLogEvents"],
        ["FindLogGroup", "logs:DescribeLogGroups"],
      ],
    );
    for (const { Sid, Resource, Condition } of statements(recording, "an")) {
      if (Sid.endsWith("Key")) assert.ok(Condition?.StringEquals?.["kms:ViaService"], Sid);
      assert.notEqual(Resource, "*", Sid);
    }
  });

  it("has a function read the results, which may tell its topic and nobody else", async () => {
    const recording = await analytics();
    const fn = recording.only(FUNCTION);
    assert.deepEqual(await runShipped(fn, project.path, {}), { analytics: undefined });
    const { variables } = fn.inputs.environment as { variables: Record<string, string> };
    assert.equal(variables.ANALYTICS, "an-test");
    assert.match(variables.TOPIC_ARN ?? "", /Topic\/an-alerts/);
    const mapping = recording.only("aws:lambda/eventSourceMapping:EventSourceMapping").inputs;
    assert.match(String(mapping.eventSourceArn), /Stream\/an-results/);
    assert.deepEqual(mapping.functionResponseTypes, ["ReportBatchItemFailures"]);
    const publish = statements(recording, "an-results").filter(({ Action }) =>
      Action.includes("sns:Publish"),
    );
    assert.deepEqual(
      publish.map(({ Resource }) => Resource),
      [[variables.TOPIC_ARN]],
    );
    assert.equal(recording.only("aws:sns/topic:Topic").inputs.kmsMasterKeyId, KEY);
    assert.equal(recording.only(STREAM).inputs.kmsKeyId, KEY);
  });

  it("raises alarms about the application and about its results' function, to who is named", async () => {
    const recording = await analytics({ alarms: { behindSeconds: 120, topicArns: ["arn:topic"] } });
    const alarms = new Map(recording.ofType(ALARM).map(({ name, inputs }) => [name, inputs]));
    assert.deepEqual([...alarms.keys()].sort(), [
      "an-behind",
      "an-checkpoints",
      "an-down",
      "an-late",
      "an-restarts",
      "an-results-behind",
      "an-results-errors",
      "an-results-given-up",
    ]);
    for (const [name, { alarmActions }] of alarms) assert.deepEqual(alarmActions, ["arn:topic"], name);
    assert.deepEqual(alarms.get("an-behind")?.threshold, 120_000);
    assert.deepEqual(alarms.get("an-down")?.dimensions, { Application: "an-test" });
    const queries = alarms.get("an-checkpoints")?.metricQueries as { expression?: string }[];
    assert.equal(queries[1]?.expression, "DIFF(since)");
  });

  it("shows the counts of every table by a search, at the length of a window", async () => {
    const recording = await analytics({ windowSeconds: 300 });
    const { widgets } = JSON.parse(String(recording.only(DASHBOARD).inputs.dashboardBody));
    assert.equal(
      widgets[1].properties.metrics[0][0].expression,
      `SEARCH('{rowstream,Analytics,Table,Operation} MetricName="Changes" Analytics="an-test"', 'Maximum', 300)`,
    );
    assert.equal(widgets[0].properties.alarms.length, 8);
  });

  it("passes every policy of the pack", async () => {
    for (const { type, name, inputs: props } of (await analytics()).resources) {
      if (!RESOURCE_TYPES.includes(type as ResourceType)) continue;
      for (const policy of policies) {
        assert.deepEqual(check(policy, type as ResourceType, props), [], `${policy.name} on ${name}`);
      }
    }
  });

  it("can be previewed, when nothing of it is known yet", async () => {
    const { recording } = await runMocked(() => new Analytics("an", ARGS), { preview: true });
    assert.equal(recording.ofType(APPLICATION).length, 1);
  });

  it("hands every transform to its child, and tags them", async () => {
    const recording = await analytics({
      tags: { team: "data" },
      transform: {
        application: { description: "ours" },
        role: { path: "/ours/" },
        logGroup: { name: "ours" },
        bucket: { bucket: { bucket: "ours" } },
        resultStream: { retentionPeriod: 24 },
        topic: { displayName: "ours" },
        dashboard: { dashboardName: "ours" },
        alarms: { evaluationPeriods: 9 },
        results: { function: { memorySize: 1024 } },
      },
    });
    const { description, tags } = recording.only(APPLICATION).inputs;
    assert.deepEqual([description, tags], ["ours", { team: "data" }]);
    assert.equal(recording.only("aws:iam/role:Role", "an").inputs.path, "/ours/");
    assert.equal(
      recording.only("aws:cloudwatch/logGroup:LogGroup", "an-application-logs").inputs.name,
      "ours",
    );
    assert.equal(recording.only("aws:s3/bucket:Bucket", "an-code").inputs.bucket, "ours");
    assert.equal(recording.only(STREAM).inputs.retentionPeriod, 24);
    assert.equal(recording.only("aws:sns/topic:Topic").inputs.displayName, "ours");
    assert.equal(recording.only(DASHBOARD).inputs.dashboardName, "ours");
    assert.equal(recording.only(ALARM, "an-down").inputs.evaluationPeriods, 9);
    assert.equal(recording.only(FUNCTION).inputs.memorySize, 1024);
  });

  it("names every fault of its arguments at once and registers nothing", async () => {
    const { error, recording } = await failMocked(
      () =>
        new Analytics("an", {
          streamArn: "changes",
          kmsKeyArn: KEY,
          alerts: [
            { name: "a b", tables: [], ops: ["upsert" as never] },
            { name: "x", when: [{ column: "", is: "like" as never, value: undefined as never }] },
            { name: "x", count: { atLeast: 0, withinSeconds: 1 } },
            { name: "y", ops: ["insert"], when: [{ column: "a", is: "<", value: null, row: "old" }] },
            { name: "z", ops: ["delete"], when: [{ column: "a", is: "<", value: 1e-11, row: "new" }] },
            { name: "w", when: [{ column: "a", is: "=", value: 1e22, row: "both" as never }] },
            { name: "v", count: { atLeast: 1 } as never },
          ],
          windowSeconds: 45,
          lateSeconds: -1,
          startSecondsBack: 0.5,
          parallelism: 65,
          parallelismPerKpu: 0,
          autoScaling: "yes" as never,
          logLevel: "TRACE" as never,
          logRetentionDays: 2,
          connectorJar: "lib/none.jar",
          alarms: { behindSeconds: 1 },
          failuresOnDestroy: "keep" as never,
        }),
    );
    assert.deepEqual(
      error.message.split("\n").map((line) => line.trim().split(": ")[0]),
      [
        'analytics "an" has 28 faults:',
        "streamArn",
        "alerts[0].name",
        "alerts[0].tables",
        "alerts[0].ops[0]",
        "alerts[1].when[0].column",
        "alerts[1].when[0].is",
        "alerts[1].when[0].value",
        "alerts[2].name",
        "alerts[2].count.atLeast",
        "alerts[2].count.withinSeconds",
        "alerts[3].when[0].row",
        "alerts[3].when[0].is",
        "alerts[4].when[0].row",
        "alerts[4].when[0].value",
        "alerts[5].when[0].row",
        "alerts[5].when[0].value",
        "alerts[6].count.withinSeconds",
        "windowSeconds",
        "lateSeconds",
        "startSecondsBack",
        "parallelism",
        "parallelismPerKpu",
        "autoScaling",
        "logLevel",
        "logRetentionDays",
        "connectorJar",
        "alarms.behindSeconds",
        "failuresOnDestroy",
      ],
    );
    assert.deepEqual(recording.resources, []);
  });

  it("says how to get the connector where it is missing", async () => {
    const { error } = await failMocked(() => new Analytics("an", { ...ARGS, connectorJar: "x/y.jar" }));
    assert.match(error.message, /connectorJar: "x\/y.jar" is missing; fetch it with npm run connector/);
  });
});

describe("the analytics' statements", () => {
  const job = analyticsJob({
    windowSeconds: 3600,
    lateSeconds: 90,
    quietSeconds: 300,
    alerts: [
      {
        name: "quoted",
        tables: ["Sales.order's"],
        ops: ["update"],
        when: [
          { column: "it's", row: "old", is: "<>", value: "a'b\\c" },
          { column: "total", is: ">=", value: -0.5 },
          { column: "gone", is: "=", value: null },
        ],
      },
    ],
    connectors: kinesisConnectors({ region: "eu-central-1", streamArn: CHANGES, resultsArn: "arn:results" }),
  });

  it("name no option that the connector does not document", () => {
    for (const table of job.tables.filter((text) => text.includes("'kinesis'"))) {
      const options = [...table.slice(table.indexOf("WITH")).matchAll(/'([\w.-]+)' = /g)].map(
        ([, name]) => name ?? "",
      );
      for (const required of ["connector", "stream.arn", "aws.region", "format"]) {
        assert.ok(options.includes(required), `${required} is missing in ${table}`);
      }
      assert.deepEqual(
        options.filter((name) => !DOCUMENTED.has(name)),
        [],
      );
    }
    assert.match(job.tables[0] ?? "", /'source\.init\.position' = 'AT_TIMESTAMP'/);
  });

  it("quote what a rule names, to the letter", () => {
    assert.ok(
      job.inserts[1]?.includes(
        `((\`schema\` = 'Sales' AND \`table\` = 'order''s'))
    AND \`old\`['it''s'] IS DISTINCT FROM 'a''b\\c'
    AND TRY_CAST(COALESCE(\`new\`, \`old\`)['total'] AS DECIMAL(38, 10)) >= CAST('-0.5000000000' AS DECIMAL(38, 10))
    AND COALESCE(\`new\`, \`old\`)['gone'] IS NULL`,
      ),
      job.inserts[1],
    );
  });

  it("measure time by days and times of day", () => {
    assert.ok(job.tables[0]?.includes("- INTERVAL '0 00:01:30' DAY TO SECOND"));
    assert.ok(job.tables[1]?.includes("- INTERVAL '0 00:06:30' DAY TO SECOND"));
    assert.ok(job.inserts[0]?.includes("INTERVAL '0 01:00:00' DAY TO SECOND"));
  });

  it("survive the way into Python, whatever is in them", () => {
    const project = enterProjectFolder();
    try {
      const nasty = {
        settings: { a: "1" },
        tables: ["\u2028 \\n '''\"\"\" é 🙂 \ud800 {x} %s \u007f"],
        inserts: ["b\n\t\\"],
      };
      assert.deepEqual(runMain(mainProgram(nasty, 5), project.path), nasty);
    } finally {
      project.dispose();
    }
  });
});
