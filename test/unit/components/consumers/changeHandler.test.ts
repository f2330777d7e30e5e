import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { ChangeHandler, type ChangeHandlerArgs } from "../../../../components/consumers/changeHandler";
import { Pipeline } from "../../../../components/pipeline";
import type { PolicyStatement } from "../../../../components/policyDocument";
import type { ChangeEvent } from "../../../../functions/changeEvent";
import { archiveOf, codeOf, runShipped } from "../../../helpers/functionArchive";
import { failMocked, type Recording, resolved, runMocked } from "../../../helpers/mocks";
import { pipelineArgs } from "../../../helpers/pipelineArgs";
import { enterProjectFolder, type ProjectFolder } from "../../../helpers/projectFolder";

const FUNCTION = "aws:lambda/function:Function";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const TABLE = "aws:dynamodb/table:Table";
const CONSUMER = "aws:kinesis/streamConsumer:StreamConsumer";
const STREAM_ARN = "arn:aws:kinesis:eu-central-1:123456789012:stream/changes";
const KEY_ARN = "arn:aws:kms:eu-central-1:123456789012:key/k";

const ARGS: ChangeHandlerArgs = {
  streamArn: STREAM_ARN,
  kmsKeyArn: KEY_ARN,
  tables: ["orders"],
  ops: ["update"],
  onChange: async (event) => event.op,
};

/** The text of `__index.js` as Pulumi ships it for {@link ARGS}: the user's lines, what they go to, and Pulumi's frame. */
const GOLDEN = `var __settings = {};
var __settings_tables = ["orders"];
__settings.tables = __settings_tables;
var __settings_ops = ["update"];
__settings.ops = __settings_ops;
__settings.concurrency = 10;

function __f1(__0) {
  return (function() {
    with({ this: undefined, arguments: undefined }) {

return async (event) => event.op;

    }
  }).apply(undefined, undefined).apply(this, arguments);
}

function __f0() {
  return (function() {
    with({ settings: __settings, onChange: __f1, this: undefined, arguments: undefined }) {

return () => {
        // The path is the one in the zip, where this text is a file at the root; not the one in this repository.
        const { createChangeHandler } = require("./dist/lambda/changeHandler.js");
        return createChangeHandler(process.env, settings, onChange);
    };

    }
  }).apply(undefined, undefined).apply(this, arguments);
}

exports.handler = __f0();`;

function statements(recording: Recording): PolicyStatement[] {
  return JSON.parse(String(recording.only("aws:iam/rolePolicy:RolePolicy").inputs.policy)).Statement;
}

function statement(recording: Recording, sid: string): PolicyStatement | undefined {
  return statements(recording).find(({ Sid }) => Sid === sid);
}

describe("ChangeHandler", () => {
  let project: ProjectFolder;

  beforeEach(() => {
    project = enterProjectFolder();
  });

  afterEach(() => {
    project.dispose();
  });

  it("maps the stream to the function: filtered, from its beginning, in partial batches, giving up into a bucket", async () => {
    const { recording } = await runMocked(() => new ChangeHandler("notify", ARGS));
    const { inputs, parent, dependencies } = recording.only(MAPPING);
    const { functionName, ...mapping } = inputs;
    assert.match(String(functionName), /Function\/notify$/);
    assert.deepEqual(mapping, {
      eventSourceArn: STREAM_ARN,
      startingPosition: "TRIM_HORIZON",
      batchSize: 100,
      maximumBatchingWindowInSeconds: 1,
      parallelizationFactor: 1,
      maximumRetryAttempts: 100,
      maximumRecordAgeInSeconds: -1,
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ["ReportBatchItemFailures"],
      destinationConfig: {
        onFailure: { destinationArn: "arn:aws:test:eu-central-1:123456789012:Bucket/notify-failures" },
      },
      filterCriteria: { filters: [{ pattern: '{"data":{"op":["update"],"source":{"table":["orders"]}}}' }] },
      metricsConfig: { metrics: ["EventCount"] },
    });
    assert.equal(parent, "notify");
    assert.ok(
      dependencies.includes("RolePolicy notify"),
      "Lambda asks for the rights before it makes a mapping",
    );
  });

  it("ships the user's few lines and what hands them to the bundle, and nothing else of this program", async () => {
    const { recording } = await runMocked(() => new ChangeHandler("notify", ARGS));
    assert.equal(codeOf(recording.only(FUNCTION)).trim(), GOLDEN);
    assert.deepEqual(Object.keys(archiveOf(recording.only(FUNCTION))).sort(), [
      "__index.js",
      "dist/lambda/changeHandler.js",
    ]);
  });

  it("runs: the shipped text calls the user's function with what it captured", async () => {
    const greeting = "hello";
    const { recording } = await runMocked(
      () => new ChangeHandler("notify", { ...ARGS, onChange: (event) => `${greeting} ${event.id}` }),
    );
    assert.deepEqual(await runShipped(recording.only(FUNCTION), project.path, { id: "7" }), {
      table: undefined,
      settings: { tables: ["orders"], ops: ["update"], concurrency: 10 },
      answer: "hello 7",
    });
  });

  it("makes the user's function in Lambda where a factory is given, so that what it makes besides stays warm", async () => {
    const { recording } = await runMocked(
      () =>
        new ChangeHandler("notify", {
          ...ARGS,
          onChange: undefined,
          onChangeFactory: () => {
            const seen = new Map([["factory", 1]]);
            return () => seen.get("factory");
          },
        }),
    );
    const answer = await runShipped(recording.only(FUNCTION), project.path, {});
    assert.equal((answer as { answer: number }).answer, 1);
  });

  it("lets the role read this stream, keep failures, remember rows, and nothing else", async () => {
    const { recording } = await runMocked(() => new ChangeHandler("notify", ARGS));
    assert.deepEqual(
      statements(recording).map(({ Sid }) => Sid),
      [
        "ReadStream",
        "StreamKey",
        "KeepFailures",
        "FindBucket",
        "BucketKey",
        "Log",
        "RememberRows",
        "TableKey",
      ],
    );
    assert.equal(statement(recording, "ReadStream")?.Resource, STREAM_ARN);
    for (const { Sid, Action, Resource, Condition } of statements(recording)) {
      assert.notEqual(Resource, "*", Sid);
      for (const action of [Action].flat()) {
        assert.ok(!action.includes("*"), action);
        if (action.startsWith("kms:")) assert.ok(Condition?.StringEquals?.["kms:ViaService"], Sid);
      }
    }
  });

  it("adds the rights that the user's function needs, with ARNs that are known later", async () => {
    const topic = pulumi.output("arn:aws:sns:eu-central-1:123456789012:orders");
    const { recording } = await runMocked(
      () =>
        new ChangeHandler("notify", {
          ...ARGS,
          permissions: [{ actions: ["sns:Publish"], resources: [topic] }],
        }),
    );
    assert.deepEqual(statement(recording, "Permission1"), {
      Sid: "Permission1",
      Effect: "Allow",
      Action: ["sns:Publish"],
      Resource: ["arn:aws:sns:eu-central-1:123456789012:orders"],
    });
  });

  it("remembers the rows it handled in an encrypted table whose items end by themselves", async () => {
    const { recording } = await runMocked(() => new ChangeHandler("notify", ARGS));
    const { inputs } = recording.only(TABLE);
    assert.deepEqual(inputs.ttl, { enabled: true, attributeName: "expires" });
    assert.deepEqual(inputs.serverSideEncryption, { enabled: true, kmsKeyArn: KEY_ARN });
    const { variables } = recording.only(FUNCTION).inputs.environment as {
      variables: Record<string, string>;
    };
    assert.deepEqual(variables, { APPLIED_TABLE: "notify-applied-physical", APPLIED_DAYS: "30" });
  });

  it("has no such table, and no right to one, where repeats are the user's to tell", async () => {
    const { recording } = await runMocked(() => new ChangeHandler("notify", { ...ARGS, dropRepeats: false }));
    assert.deepEqual(recording.ofType(TABLE), []);
    assert.equal(statement(recording, "RememberRows"), undefined);
  });

  it("reads through a registered consumer where enhanced fan-out is asked for", async () => {
    const { recording } = await runMocked(
      () => new ChangeHandler("notify", { ...ARGS, enhancedFanOut: true }),
    );
    assert.deepEqual(recording.only(CONSUMER).inputs, { streamArn: STREAM_ARN });
    const arn = "arn:aws:test:eu-central-1:123456789012:StreamConsumer/notify";
    assert.equal(recording.only(MAPPING).inputs.eventSourceArn, arn);
    assert.deepEqual(statement(recording, "Subscribe"), {
      Sid: "Subscribe",
      Effect: "Allow",
      Action: ["kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"],
      Resource: arn,
    });
  });

  it("begins at the time that it is told", async () => {
    const { recording } = await runMocked(
      () => new ChangeHandler("notify", { ...ARGS, mapping: { startAt: "2026-11-27T13:00:00.5+01:00" } }),
    );
    const { startingPosition, startingPositionTimestamp } = recording.only(MAPPING).inputs;
    assert.deepEqual([startingPosition, startingPositionTimestamp], ["AT_TIMESTAMP", "2026-11-27T12:00:00Z"]);
  });

  it("raises an alarm when it falls behind, fails or gives up, and tells whom it is told to", async () => {
    const topicArns = ["arn:aws:sns:eu-central-1:123456789012:alarms"];
    const { recording } = await runMocked(
      () => new ChangeHandler("notify", { ...ARGS, alarms: { behindSeconds: 120, topicArns } }),
    );
    assert.deepEqual(
      recording.ofType(ALARM).map(({ name, inputs }) => [name, inputs.metricName, inputs.threshold]),
      [
        ["notify-behind", "IteratorAge", 120_000],
        ["notify-errors", "Errors", 1],
        ["notify-given-up", "OnFailureDestinationDeliveredEventCount", 1],
      ],
    );
    for (const { inputs } of recording.ofType(ALARM)) {
      assert.deepEqual([inputs.alarmActions, inputs.okActions], [topicArns, topicArns]);
      assert.equal(inputs.treatMissingData, "notBreaching");
    }
    assert.deepEqual(recording.only(ALARM, "notify-given-up").inputs.dimensions, {
      EventSourceMappingUUID: "notify-id",
    });
  });

  it("takes in the packages that the function requires, with all that they need", async () => {
    const write = (name: string, dependencies: Record<string, string>) => {
      mkdirSync(`node_modules/${name}`, { recursive: true });
      writeFileSync(
        `node_modules/${name}/package.json`,
        JSON.stringify({ name, version: "1.0.0", dependencies }),
      );
    };
    write("mailer", { shared: "1.0.0" });
    write("shared", {});
    write("other", {});
    writeFileSync(
      "package.json",
      JSON.stringify({
        name: "p",
        version: "1.0.0",
        dependencies: { mailer: "1.0.0", shared: "1.0.0", other: "1.0.0" },
      }),
    );
    const { recording } = await runMocked(
      () => new ChangeHandler("notify", { ...ARGS, packages: ["mailer"] }),
    );
    assert.deepEqual(Object.keys(archiveOf(recording.only(FUNCTION))).sort(), [
      "__index.js",
      "dist/lambda/changeHandler.js",
      "node_modules/mailer",
      "node_modules/shared",
    ]);
  });

  it("gives every child that can have them the tags, and hands every transform to its child", async () => {
    const { recording } = await runMocked(
      () =>
        new ChangeHandler("notify", {
          ...ARGS,
          enhancedFanOut: true,
          tags: { team: "data" },
          transform: {
            function: { reservedConcurrentExecutions: 4 },
            role: { path: "/team/" },
            logGroup: { retentionInDays: 7 },
            mapping: { tumblingWindowInSeconds: 0 },
            streamConsumer: { name: "ours" },
            appliedTable: { deletionProtectionEnabled: true },
            failureBucket: { bucket: { bucketPrefix: "ours-" } },
            alarms: { evaluationPeriods: 9 },
          },
        }),
    );
    assert.equal(recording.only(FUNCTION).inputs.reservedConcurrentExecutions, 4);
    assert.equal(recording.only("aws:iam/role:Role").inputs.path, "/team/");
    assert.equal(recording.only("aws:cloudwatch/logGroup:LogGroup").inputs.retentionInDays, 7);
    assert.equal(recording.only(MAPPING).inputs.tumblingWindowInSeconds, 0);
    assert.equal(recording.only(CONSUMER).inputs.name, "ours");
    assert.equal(recording.only(TABLE).inputs.deletionProtectionEnabled, true);
    assert.equal(recording.only("aws:s3/bucket:Bucket").inputs.bucketPrefix, "ours-");
    assert.ok(recording.ofType(ALARM).every(({ inputs }) => inputs.evaluationPeriods === 9));
    for (const type of [
      FUNCTION,
      MAPPING,
      ALARM,
      TABLE,
      CONSUMER,
      "aws:s3/bucket:Bucket",
      "aws:iam/role:Role",
    ]) {
      for (const { name, inputs } of recording.ofType(type))
        assert.deepEqual(inputs.tags, { team: "data" }, name);
    }
  });

  it("names every fault of its arguments at once and registers nothing", async () => {
    const { error, recording } = await failMocked(
      () =>
        new ChangeHandler("notify", {
          streamArn: "changes",
          kmsKeyArn: "",
          tables: ["public.%"],
          ops: ["upsert" as never],
          onChange: undefined as never,
          memoryMib: 64,
          mapping: { windowSeconds: 0, maxAgeSeconds: 5, startAt: "yesterday" },
          concurrency: 0,
          dropRepeats: false,
          rememberDays: 7,
          alarms: { behindSeconds: 5 },
          packages: ["mailer"],
          environment: { APPLIED_TABLE: "mine" },
          permissions: [{ actions: ["s3:*"], resources: [] }],
        }),
    );
    assert.deepEqual(
      error.message.split("\n").map((line) => line.trim().split(":")[0]),
      [
        'change handler "notify" has 17 faults',
        "streamArn",
        "kmsKeyArn",
        "kmsKeyArn",
        "tables[0]",
        "ops[0]",
        "memoryMib",
        "mapping.maxAgeSeconds",
        "mapping.windowSeconds",
        "mapping.startAt",
        "concurrency",
        "rememberDays",
        "alarms.behindSeconds",
        "permissions[0].resources",
        "permissions[0].actions[0]",
        "packages[0]",
        "onChange",
        "environment.APPLIED_TABLE",
      ],
    );
    assert.deepEqual(recording.resources, []);
  });

  it("takes one of the function and its factory", async () => {
    const { error } = await failMocked(
      () => new ChangeHandler("notify", { ...ARGS, onChangeFactory: () => () => 1 }),
    );
    assert.match(error.message, /onChange: is given with onChangeFactory; give the function/);
  });

  it("says how to make the bundle when it is missing", async () => {
    project.dispose();
    project = enterProjectFolder(false);
    const { error } = await failMocked(() => new ChangeHandler("notify", ARGS));
    assert.match(error.message, /dist\/lambda\/changeHandler\.js is missing; make it with: npm run build/);
  });

  describe("of a pipeline", () => {
    it("is a sentence, and takes the pipeline's stream, key, bucket, tags and way to end", async () => {
      type Order = ChangeEvent<{ order_id: number; status: string }>;
      const { result, recording } = await runMocked(() => {
        const pipeline = new Pipeline(
          "shop",
          pipelineArgs({ tags: { team: "data" }, tablesOnDestroy: "delete" }),
        );
        return pipeline.onChange("notify", { tables: ["orders"] }, async (event: Order) => event.new?.status);
      });
      const mapping = recording.only(MAPPING, "notify");
      assert.equal(
        mapping.inputs.eventSourceArn,
        "arn:aws:test:eu-central-1:123456789012:Stream/shop-stream",
      );
      assert.deepEqual(mapping.inputs.tags, { team: "data" });
      assert.equal(recording.only("rowstream:pipeline:ChangeHandler").parent, "shop");
      assert.equal(recording.only("aws:s3/bucket:Bucket", "notify-failures").inputs.forceDestroy, true);
      const policy = String(recording.only("aws:iam/rolePolicy:RolePolicy", "notify").inputs.policy);
      assert.match(policy, /Bucket\/shop-fan-in-failures\/oversize\/\*/);
      assert.equal(await resolved(result.functionName), "notify-physical");
    });
  });
});
