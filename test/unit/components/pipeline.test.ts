import assert from "node:assert/strict";
import { Pipeline, type PipelineArgs } from "../../../components/pipeline";
import { failMocked, resolved, runMocked } from "../../helpers/mocks";
import { pipelineArgs, replicatedTable } from "../../helpers/pipelineArgs";
import { enterProjectFolder, type ProjectFolder } from "../../helpers/projectFolder";

const KEY = "aws:kms/key:Key";
const TABLE = "aws:dynamodb/table:Table";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";

/** The resources that AWS, or the provider, gives no tags. */
const UNTAGGABLE = new Set([
  "aws:kms/alias:Alias",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  "aws:s3/bucketPolicy:BucketPolicy",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/bucketVersioning:BucketVersioning",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:appautoscaling/policy:Policy",
  "aws:cloudwatch/dashboard:Dashboard",
  "aws:cloudwatch/eventTarget:EventTarget",
  "aws:lambda/permission:Permission",
  "aws:sns/topicPolicy:TopicPolicy",
]);

const isComponent = (type: string) => type.startsWith("rowstream:");

describe("Pipeline", () => {
  let project: ProjectFolder;

  before(() => {
    project = enterProjectFolder();
  });

  after(() => {
    project.dispose();
  });

  it("makes no table feed in the first pass", async () => {
    const { result, recording } = await runMocked(() => new Pipeline("rowstream", pipelineArgs()));
    assert.deepEqual(recording.ofType(TABLE), []);
    assert.deepEqual(await resolved(result.tableNames), []);
    assert.deepEqual(await resolved(result.tables), []);
    assert.equal(result.nodes.feeds.length, 0);
  });

  it("lets the fan-in's records grow as large as the change stream accepts", async () => {
    const sizes = async (stream: PipelineArgs["stream"]) => {
      const { recording } = await runMocked(
        () => new Pipeline("rowstream", pipelineArgs({ stream, monitoring: false })),
      );
      const { environment } = recording.only("aws:lambda/function:Function", "rowstream-fan-in").inputs as {
        environment: { variables: Record<string, string> };
      };
      return environment.variables.MAX_RECORD_BYTES;
    };
    assert.equal(await sizes({}), "1048576");
    assert.equal(await sizes({ maxRecordKib: 10_240 }), "10485760");
    assert.equal(await sizes({ existingName: "theirs" }), "2097152");
  });

  it("feeds every table in the second pass, after the function has learnt of it", async () => {
    const replicatedTables = [replicatedTable("orders"), replicatedTable("customers")];
    const { result, recording } = await runMocked(
      () => new Pipeline("rowstream", pipelineArgs({ replicatedTables })),
    );
    assert.deepEqual(
      recording.ofType(TABLE).map(({ importId }) => importId),
      ["customers", "orders"],
    );
    for (const { dependencies } of recording.ofType(MAPPING)) {
      assert.ok(dependencies.includes("Function rowstream-fan-in"));
      assert.ok(dependencies.includes("RolePolicy rowstream-fan-in"));
    }
    assert.deepEqual(await resolved(result.tableNames), ["customers", "orders"]);
    assert.deepEqual(await resolved(result.tables), [...replicatedTables].reverse());
  });

  it("does not remember a table before its feed is in place", async () => {
    const { result } = await runMocked(
      () => new Pipeline("rowstream", pipelineArgs({ replicatedTables: [replicatedTable("orders")] })),
    );
    const resources = await (
      result.tables as unknown as { allResources(): Promise<Set<unknown>> }
    ).allResources();
    assert.ok(resources.has(result.nodes.feeds[0]?.nodes.mapping));
  });

  it("encrypts everything with one key that rotates", async () => {
    const { result, recording } = await runMocked(
      () => new Pipeline("rowstream", pipelineArgs({ replicatedTables: [replicatedTable("orders")] })),
    );
    assert.equal(recording.only(KEY).inputs.enableKeyRotation, true);
    const key = await resolved(result.kmsKeyArn);
    const users = recording.resources.filter(({ type, inputs }) => {
      return (
        !isComponent(type) &&
        type !== KEY &&
        !type.includes("rolePolicy") &&
        JSON.stringify(inputs).includes(key)
      );
    });
    assert.deepEqual(users.map(({ type }) => type.split(":").at(-1)).sort(), [
      "BucketServerSideEncryptionConfiguration",
      "Endpoint",
      "Endpoint",
      "Function",
      "Function",
      "LogGroup",
      "LogGroup",
      "LogGroup",
      "ReplicationInstance",
      "Stream",
      "Table",
      "Topic",
    ]);
  });

  it("leaves the key with the tables that it encrypts, and stops at a bucket with records in it", async () => {
    const bucket = "aws:s3/bucket:Bucket";
    const retain = (await runMocked(() => new Pipeline("rowstream", pipelineArgs()))).recording;
    assert.equal(retain.only(KEY).retainOnDelete, true);
    assert.equal(retain.only(bucket).inputs.forceDestroy, false);
    const args = pipelineArgs({ tablesOnDestroy: "delete" });
    const all = (await runMocked(() => new Pipeline("rowstream", args))).recording;
    assert.equal(all.only(KEY).retainOnDelete, false);
    assert.equal(all.only(bucket).inputs.forceDestroy, true);
  });

  it("takes a key of the user's own and makes none", async () => {
    const kmsKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/theirs";
    const { result, recording } = await runMocked(
      () => new Pipeline("rowstream", pipelineArgs({ kmsKeyArn })),
    );
    assert.deepEqual(recording.ofType(KEY), []);
    assert.equal(result.nodes.key, undefined);
    assert.equal(recording.only("aws:kinesis/stream:Stream").inputs.kmsKeyId, kmsKeyArn);
  });

  it("watches itself unless it is told not to", async () => {
    const watched = await runMocked(() => new Pipeline("rowstream", pipelineArgs()));
    assert.equal(await resolved(watched.result.dashboardName ?? ""), "rowstream-test");
    const alone = await runMocked(() => new Pipeline("rowstream", pipelineArgs({ monitoring: false })));
    assert.equal(alone.result.alarmTopicArn, undefined);
    assert.deepEqual(alone.recording.ofType("aws:cloudwatch/metricAlarm:MetricAlarm"), []);
  });

  it("tags every child that can have tags", async () => {
    const { recording } = await runMocked(
      () =>
        new Pipeline(
          "rowstream",
          pipelineArgs({
            replicatedTables: [replicatedTable("orders")],
            tableFeed: { capacity: { mode: "provisioned", maxReadUnits: 5, maxWriteUnits: 5 } },
            tags: { team: "data" },
          }),
        ),
    );
    const children = recording.resources.filter(({ type }) => !isComponent(type) && !UNTAGGABLE.has(type));
    assert.ok(children.length > 15);
    for (const { type, name, inputs } of children) {
      assert.deepEqual(inputs.tags, { team: "data" }, `${type} ${name}`);
    }
  });

  it("gives every child a parent, and only the pipeline none", async () => {
    const { recording } = await runMocked(
      () => new Pipeline("rowstream", pipelineArgs({ replicatedTables: [replicatedTable("orders")] })),
    );
    const orphans = recording.resources.filter(({ parent }) => parent === undefined);
    assert.deepEqual(
      orphans.map(({ type }) => type),
      ["rowstream:pipeline:Pipeline"],
    );
  });

  it("registers the outputs of every component", async () => {
    const { recording } = await runMocked(
      () => new Pipeline("rowstream", pipelineArgs({ replicatedTables: [replicatedTable("orders")] })),
    );
    for (const { type, outputs } of recording.resources.filter(({ type }) => isComponent(type))) {
      assert.ok(outputs, `${type} registered no outputs`);
    }
  });

  it("gives each resource a name of its own", async () => {
    const { recording } = await runMocked(
      () => new Pipeline("rowstream", pipelineArgs({ replicatedTables: [replicatedTable("orders")] })),
    );
    const urns = recording.resources.map(({ type, name, parent }) => `${parent} ${type} ${name}`);
    assert.equal(new Set(urns).size, urns.length);
  });

  it("never lets the password out of the endpoint", async () => {
    const { recording } = await runMocked(() => new Pipeline("rowstream", pipelineArgs()));
    const leaks = recording.resources.filter((resource) => JSON.stringify(resource).includes("hunter2"));
    assert.deepEqual(
      leaks.map(({ type, secrets }) => [type, secrets]),
      [["aws:dms/endpoint:Endpoint", ["password"]]],
    );
  });

  it("previews: nothing waits for what only an update knows", async () => {
    const { recording } = await runMocked(
      () => new Pipeline("rowstream", pipelineArgs({ replicatedTables: [replicatedTable("orders")] })),
      { preview: true },
    );
    assert.equal(recording.ofType(MAPPING).length, 1);
  });

  it("names the faults of all its parts at once, by the names that the user gave them", async () => {
    const { error, recording } = await failMocked(
      () =>
        new Pipeline(
          "rowstream",
          pipelineArgs({
            source: { ...pipelineArgs().source, port: 0 },
            tables: { include: ["public"] },
            replication: { instance: { storageGib: 1 } },
            network: { cidrBlock: "10.0.0.0/30" },
            stream: { retentionHours: 1 },
            fanIn: { memoryMib: 1 },
            tableFeed: { mapping: { batchSize: 0 } },
            monitoring: { thresholds: { fanInErrors: 0 } },
            tablesOnDestroy: "keep" as never,
            kmsKeyArn: "alias/mine",
            replicatedTables: [replicatedTable("orders"), replicatedTable("orders")],
          }),
        ),
    );
    assert.deepEqual(
      error.message.split("\n").map((line) => line.split(": ")[0]?.trim()),
      [
        'pipeline "rowstream" has 11 faults:',
        "source.port",
        "tables.include[0]",
        "replication.instance.storageGib",
        "network.cidrBlock",
        "stream.retentionHours",
        "fanIn.memoryMib",
        "tableFeed.mapping.batchSize",
        "monitoring.thresholds.fanInErrors",
        "tablesOnDestroy",
        "kmsKeyArn",
        "replicatedTables[1]",
      ],
    );
    assert.deepEqual(recording.resources, []);
  });
});
