import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DriverRuns, type DriverRunsArgs } from "../../../components/driverRuns";
import { buildspec } from "../../../components/driverRuns/buildspec";
import type { PolicyStatement } from "../../../components/policyDocument";
import type { ResourceType } from "../../../policy/lib/resources";
import { policies } from "../../../policy/policies";
import { check } from "../../helpers/checkPolicy";
import { TARGET_ROLE, TASK } from "../../helpers/driverEvents";
import { RESOURCE_TYPES } from "../../helpers/goodResources";
import { checkout } from "../../helpers/loadScript";
import { failMocked, type Recording, runMocked } from "../../helpers/mocks";
import { temporaryFolder } from "../../helpers/temporaryFolder";
import { understood } from "../../helpers/understoodCommand";

const PROJECT = "aws:codebuild/project:Project";
const ROLE = "aws:iam/role:Role";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const RULE = "aws:cloudwatch/eventRule:EventRule";
const TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const TOPIC = "aws:sns/topic:Topic";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const LOGS = "aws:cloudwatch/logGroup:LogGroup";

const KEY = "arn:aws:kms:eu-central-1:123456789012:key/k";
const CONNECTION = "arn:aws:codeconnections:eu-central-1:123456789012:connection/c";
const PASSPHRASE = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:passphrase-a1b2c3";
const TOKEN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:token-a1b2c3";
const RIGHTS = "arn:aws:iam::123456789012:policy/deploy";

const ARGS: DriverRunsArgs = {
  source: { repositoryUrl: "https://github.com/acme/rowstream.git", connectionArn: CONNECTION },
  stackName: "prod",
  backendUrl: "s3://acme-state",
  passphraseSecretArn: PASSPHRASE,
  policyArns: [RIGHTS],
  kmsKeyArn: KEY,
};
const ZIP: Partial<DriverRunsArgs> = { source: { bucket: "releases", key: "rowstream.zip" } };

async function driverRuns(args: Partial<DriverRunsArgs> = {}, preview = false): Promise<Recording> {
  return (await runMocked(() => new DriverRuns("driver", { ...ARGS, ...args }), { preview })).recording;
}

function statements(recording: Recording, name: string): PolicyStatement[] {
  return JSON.parse(String(recording.only(ROLE_POLICY, name).inputs.policy)).Statement;
}

interface Buildspec {
  version: number;
  phases: Record<string, { "runtime-versions"?: Record<string, number>; commands: string[] }>;
}

describe("DriverRuns", () => {
  it("runs one build at a time, never again by itself, with encrypted logs", async () => {
    const recording = await driverRuns();
    const { inputs } = recording.only(PROJECT);
    assert.deepEqual(
      [inputs.concurrentBuildLimit, inputs.autoRetryLimit, inputs.buildTimeout, inputs.artifacts],
      [1, 0, 480, { type: "NO_ARTIFACTS" }],
    );
    assert.deepEqual(inputs.logsConfig, { cloudwatchLogs: { groupName: "driver-physical" } });
    const logs = recording.only(LOGS).inputs;
    assert.deepEqual([logs.kmsKeyId, logs.retentionInDays], [KEY, 30]);
  });

  it("has secrets from Secrets Manager alone, and nothing else in the environment but names", async () => {
    const { inputs } = (
      await driverRuns({ backendUrl: "https://api.pulumi.com", accessTokenSecretArn: TOKEN })
    ).only(PROJECT);
    const { environmentVariables } = inputs.environment as { environmentVariables: object[] };
    assert.deepEqual(environmentVariables, [
      { name: "ROWSTREAM_STACK", value: "prod" },
      { name: "PULUMI_BACKEND_URL", value: "https://api.pulumi.com" },
      { name: "PULUMI_CONFIG_PASSPHRASE", type: "SECRETS_MANAGER", value: PASSPHRASE },
      { name: "PULUMI_ACCESS_TOKEN", type: "SECRETS_MANAGER", value: TOKEN },
    ]);
  });

  it("takes the checkout from GitHub by a connection, or from a zip", async () => {
    const github = (await driverRuns()).only(PROJECT).inputs.source as Record<string, unknown>;
    assert.deepEqual(
      [github.type, github.location, github.auth],
      ["GITHUB", "https://github.com/acme/rowstream.git", { type: "CODECONNECTIONS", resource: CONNECTION }],
    );
    const zip = (await driverRuns(ZIP)).only(PROJECT).inputs.source as Record<string, unknown>;
    assert.deepEqual([zip.type, zip.location], ["S3", "releases/rowstream.zip"]);
    const tagged = await driverRuns({
      source: { ...ARGS.source, version: "v1" } as DriverRunsArgs["source"],
    });
    assert.equal(tagged.only(PROJECT).inputs.sourceVersion, "v1");
  });

  it("has a role that reads its source and its secrets, and deploys by the user's policies alone", async () => {
    const recording = await driverRuns();
    assert.deepEqual(
      statements(recording, "driver").map(({ Action, Resource }) => [Action, Resource]),
      [
        [
          ["logs:CreateLogStream", "logs:PutLogEvents"],
          "arn:aws:test:eu-central-1:123456789012:LogGroup/driver:*",
        ],
        [["codeconnections:GetConnection", "codeconnections:GetConnectionToken"], CONNECTION],
        ["secretsmanager:GetSecretValue", [PASSPHRASE]],
        ["kms:Decrypt", "*"],
      ],
    );
    assert.deepEqual(
      recording.ofType(ATTACHMENT).map(({ inputs }) => inputs.policyArn),
      [RIGHTS],
    );
    const [trust] = JSON.parse(String(recording.only(ROLE, "driver").inputs.assumeRolePolicy)).Statement;
    assert.deepEqual(trust.Condition, { StringEquals: { "aws:SourceAccount": "123456789012" } });

    const zip = statements(await driverRuns({ ...ZIP, passphraseSecretArn: undefined as never }), "driver");
    assert.deepEqual(
      zip.slice(1).map(({ Action, Resource, Condition }) => [Action, Resource, Condition]),
      [
        [["s3:GetObject", "s3:GetObjectVersion"], "arn:aws:s3:::releases/rowstream.zip", undefined],
        ["kms:Decrypt", "*", { StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" } }],
      ],
    );
    const older = CONNECTION.replace("codeconnections", "codestar-connections");
    const source = { repositoryUrl: "https://github.com/acme/rowstream.git", connectionArn: older };
    assert.deepEqual(statements(await driverRuns({ source }), "driver")[1]?.Action, [
      "codestar-connections:GetConnection",
      "codestar-connections:GetConnectionToken",
    ]);
  });

  it("takes a role of the user's own, held by a boundary or whole", async () => {
    const boundary = "arn:aws:iam::123456789012:policy/boundary";
    const held = await driverRuns({ permissionsBoundaryArn: boundary });
    assert.equal(held.only(ROLE, "driver").inputs.permissionsBoundary, boundary);
    const roleArn = "arn:aws:iam::123456789012:role/deployer";
    const own = await driverRuns({ roleArn, policyArns: [] });
    assert.equal(own.only(PROJECT).inputs.serviceRole, roleArn);
    assert.deepEqual(
      own.ofType(ROLE).map(({ name }) => name),
      ["driver-starter"],
    );
  });

  it("runs by the hour, and by the events that it is told to look for", async () => {
    const rules = (recording: Recording) => recording.ofType(RULE).map(({ name }) => name);
    assert.deepEqual(rules(await driverRuns()), ["driver-schedule"]);
    const recording = await driverRuns({
      schedule: "rate(6 hours)",
      targetRoleArn: TARGET_ROLE,
      taskArn: TASK,
    });
    assert.deepEqual(rules(recording), ["driver-schedule", "driver-new-table", "driver-started"]);
    assert.equal(recording.only(RULE, "driver-schedule").inputs.scheduleExpression, "rate(6 hours)");
    for (const { inputs } of recording.ofType(TARGET)) {
      assert.match(String(inputs.arn), /Project\/driver$/);
      assert.match(String(inputs.roleArn), /Role\/driver-starter$/);
      assert.deepEqual(inputs.retryPolicy, { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 });
    }
    assert.deepEqual(
      statements(recording, "driver-starter").map(({ Action, Resource }) => [Action, Resource]),
      [["codebuild:StartBuild", "arn:aws:test:eu-central-1:123456789012:Project/driver"]],
    );
  });

  it("tells of a failed run and of the next good one: the pipeline's topic, or one of its own", async () => {
    const own = await driverRuns();
    assert.equal(own.only(TOPIC).inputs.kmsMasterKeyId, KEY);
    const { inputs } = own.only(ALARM);
    assert.deepEqual(
      [inputs.namespace, inputs.metricName, inputs.dimensions],
      ["AWS/CodeBuild", "FailedBuilds", { ProjectName: "driver-physical" }],
    );
    assert.deepEqual(inputs.alarmActions, inputs.okActions);
    const topicArn = "arn:aws:sns:eu-central-1:123456789012:alarms";
    const given = await driverRuns({ topicArn });
    assert.deepEqual(given.ofType(TOPIC), []);
    assert.deepEqual(given.only(ALARM).inputs.alarmActions, [topicArn]);
  });

  it("passes every policy of the pack", async () => {
    for (const args of [{ targetRoleArn: TARGET_ROLE, taskArn: TASK }, ZIP]) {
      for (const { type, name, inputs } of (await driverRuns(args)).resources) {
        if (!RESOURCE_TYPES.includes(type as ResourceType)) continue;
        for (const policy of policies) {
          const settings = { services: ["codebuild.amazonaws.com", "events.amazonaws.com"] };
          const strict = policy.name === "trust-source-condition" ? { settings } : {};
          assert.deepEqual(
            check(policy, type as ResourceType, inputs, strict),
            [],
            `${policy.name} on ${name}`,
          );
        }
      }
    }
  });

  it("can be previewed, when nothing of it is known yet", async () => {
    const recording = await driverRuns({ targetRoleArn: TARGET_ROLE, taskArn: TASK }, true);
    assert.equal(recording.ofType(RULE).length, 3);
  });

  it("hands every transform to its child, and tags them", async () => {
    const recording = await driverRuns({
      tags: { team: "data" },
      transform: {
        project: { queuedTimeout: 30 },
        role: { path: "/ours/" },
        starterRole: { path: "/theirs/" },
        logGroup: { retentionInDays: 7 },
        rule: { state: "DISABLED" },
        topic: { displayName: "runs" },
        alarm: { evaluationPeriods: 3 },
      },
    });
    const read = (type: string, name: string, key: string) => recording.only(type, name).inputs[key];
    assert.deepEqual(
      [
        read(PROJECT, "driver", "queuedTimeout"),
        read(ROLE, "driver", "path"),
        read(ROLE, "driver-starter", "path"),
        read(LOGS, "driver", "retentionInDays"),
        read(RULE, "driver-schedule", "state"),
        read(TOPIC, "driver", "displayName"),
        read(ALARM, "driver-failed", "evaluationPeriods"),
        read(PROJECT, "driver", "tags"),
      ],
      [30, "/ours/", "/theirs/", 7, "DISABLED", "runs", 3, { team: "data" }],
    );
  });

  it("names every fault of its arguments at once, shows no credential and registers nothing", async () => {
    const faulty: DriverRunsArgs = {
      source: { repositoryUrl: "git@github.com:acme/rowstream", connectionArn: "" },
      stackName: "a b",
      backendUrl: "postgres://me:hunter2@db/state",
      passphraseSecretArn: "hunter2",
      roleArn: "me",
      policyArns: ["all"],
      schedule: "hourly",
      targetRoleArn: "role",
      taskArn: "task",
      timeoutMinutes: 10,
      topicArn: "topic",
      kmsKeyArn: "key",
    };
    const { error, recording } = await failMocked(() => new DriverRuns("driver", faulty));
    assert.deepEqual(
      error.message.split("\n").map((line) => line.trim().split(": ")[0]),
      [
        'driver runs "driver" has 14 faults:',
        "source.repositoryUrl",
        "source.connectionArn",
        "stackName",
        "backendUrl",
        "passphraseSecretArn",
        "roleArn",
        "roleArn",
        "policyArns[0]",
        "schedule",
        "targetRoleArn",
        "taskArn",
        "timeoutMinutes",
        "topicArn",
        "kmsKeyArn",
      ],
    );
    assert.doesNotMatch(error.message, /me:hunter2/);
    assert.deepEqual(recording.resources, []);
  });

  it("names what is missing, and rights before all: there is no default for them", async () => {
    const none = await failMocked(() => new DriverRuns("driver", {} as DriverRunsArgs));
    assert.deepEqual(
      none.error.message.split("\n").map((line) => line.trim().split(": ")[0]),
      ['driver runs "driver" has 5 faults:', "source", "stackName", "backendUrl", "policyArns", "kmsKeyArn"],
    );
    const cloud = await failMocked(
      () => new DriverRuns("driver", { ...ARGS, backendUrl: "https://api.pulumi.com" }),
    );
    assert.match(cloud.error.message, /accessTokenSecretArn: is missing/);
    const both = { ...ARGS.source, bucket: "b", key: "k" };
    const mixed = await failMocked(() => new DriverRuns("driver", { ...ARGS, source: both }));
    assert.match(mixed.error.message, /source: is a repository and a zip/);
  });
});

describe("the commands of a run", () => {
  const spec = JSON.parse(buildspec(480)) as Buildspec;
  const [setup] = spec.phases.install?.commands ?? [];
  const [up = ""] = spec.phases.build?.commands ?? [];
  let folder: string;

  beforeEach(() => {
    folder = temporaryFolder();
    mkdirSync(join(folder, "bin"));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs a command in a checkout whose driver is this script. */
  function run(command: string, driver: string): Promise<{ code: number; stdout: string }> {
    writeFileSync(join(folder, "bin", "rowstream.js"), driver);
    const env = { ...process.env, ROWSTREAM_STACK: "acme/rowstream/prod" };
    return new Promise((resolve) => {
      execFile("bash", ["-c", command], { cwd: folder, env }, (error, stdout) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout });
      });
    });
  }

  it("set up the checkout by its own script, on a Node that it takes", () => {
    const { scripts, engines } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
    assert.equal(setup, "npm run setup");
    assert.ok("setup" in scripts);
    assert.match(engines.node, />=22/);
    assert.equal(spec.phases.install?.["runtime-versions"]?.nodejs, 22);
  });

  it("bring the stack up to date, by options that there are, and end as the driver does", async () => {
    const { code, stdout } = await run(
      up,
      "console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 1;",
    );
    assert.equal(code, 1);
    assert.deepEqual(await understood(JSON.parse(stdout)), {
      name: "up",
      options: { stack: "acme/rowstream/prod", yes: true },
    });
  });

  it("ask the driver alone to end in order, half an hour before the build is killed, and fail then", async () => {
    assert.match(up, / 450m /);
    const soon = up.replace(" 450m ", " 3s ");
    // The child is the engine, which the driver itself asks: by how it ends it tells who was first.
    const { code, stdout } = await run(
      soon,
      `const engine = require("node:child_process").spawn("sleep", ["60"]);
       engine.on("exit", (_, signal) => { console.log(signal); process.exit(0); });
       process.on("SIGINT", () => engine.kill("SIGTERM"));`,
    );
    assert.deepEqual([code, stdout.trim()], [124, "SIGTERM"]);
  });
});
