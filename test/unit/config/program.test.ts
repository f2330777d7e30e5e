import assert from "node:assert/strict";
import { program } from "../../../program";
import { resolved, runMocked } from "../../helpers/mocks";
import { replicatedTable } from "../../helpers/pipelineArgs";
import { enterProjectFolder, type ProjectFolder } from "../../helpers/projectFolder";

const STACK_REFERENCE = "pulumi:pulumi:StackReference";

const CONFIG = {
  "rowstream:source": JSON.stringify({
    name: "shop",
    engine: "postgres",
    host: "db",
    database: "shop",
    username: "dms",
  }),
  "rowstream:sourcePassword": "hunter2",
  "rowstream:tables": JSON.stringify({
    include: ["public.%"],
    keys: { "public.order_lines": ["order_id", "line_no"] },
  }),
};

/** Runs the program as it would run in a stack whose last outputs held `remembered`. */
async function outputsOf(tables?: Parameters<typeof program>[0], remembered?: unknown, more = {}) {
  const { result, recording } = await runMocked(() => program(tables), {
    config: { ...CONFIG, ...more },
    outputs: { [STACK_REFERENCE]: () => ({ outputs: { tables: remembered } }) },
  });
  return { outputs: (await resolved(result)) as Record<string, unknown>, recording };
}

describe("program", () => {
  let project: ProjectFolder;

  before(() => {
    project = enterProjectFolder();
  });

  after(() => {
    project.dispose();
  });

  it("gives the outputs that the driver reads", async () => {
    const { outputs } = await outputsOf([replicatedTable("orders")]);
    assert.deepEqual(Object.keys(outputs).sort(), [
      "alarmTopicArn",
      "dashboardName",
      "eventSources",
      "failureBucketName",
      "fanInName",
      "inspectorName",
      "region",
      "replicationInstanceArn",
      "replicationLogGroup",
      "replicationTaskArn",
      "sourceEndpointArn",
      "streamArn",
      "streamName",
      "tableNames",
      "tableStreamArns",
      "tables",
      "tablesOnDestroy",
      "targetEndpointArn",
      "targetNames",
    ]);
    assert.deepEqual(outputs.tables, [replicatedTable("orders")]);
    assert.deepEqual(outputs.targetNames, { "public.order_lines": "public_order_lines" });
    assert.equal(outputs.tablesOnDestroy, "retain");
    assert.equal(outputs.region, "eu-central-1");
  });

  it("gives the configuration's ARN in place of task and instance when it is serverless", async () => {
    const { outputs } = await outputsOf([], undefined, {
      "rowstream:replication": JSON.stringify({ serverless: { maxDcu: 4 } }),
    });
    assert.ok(outputs.replicationConfigArn);
    assert.equal(outputs.replicationTaskArn, undefined);
    assert.equal(outputs.replicationInstanceArn, undefined);
  });

  it("gives the driver what it needs to publish initial rows, where they are wanted", async () => {
    const { outputs, recording } = await outputsOf([replicatedTable("orders")], undefined, {
      "rowstream:initialLoad": "events",
    });
    assert.deepEqual(outputs.initialLoad, {
      progressTable: "rowstream-load-progress-physical",
      maxRecordKib: 1024,
    });
    const tables = recording.ofType("aws:dynamodb/table:Table");
    const progress = tables.find(({ name }) => name === "rowstream-load-progress");
    assert.equal(progress?.inputs.billingMode, "PAY_PER_REQUEST");
    assert.equal(progress?.importId, undefined);
  });

  it("adopts the account's own DMS roles when it has them", async () => {
    const { result, recording } = await runMocked(() => program([]), {
      config: CONFIG,
      calls: { "aws:iam/getRoles:getRoles": { names: ["dms-vpc-role"] } },
    });
    assert.ok(result.streamName);
    const roles = recording.ofType("aws:iam/role:Role").filter(({ importId }) => importId !== undefined);
    assert.deepEqual(
      roles.map(({ importId }) => importId),
      ["dms-vpc-role"],
    );
  });

  it("asks for no roles when it is told to reuse them", async () => {
    const { recording } = await outputsOf([], undefined, {
      "rowstream:replication": JSON.stringify({ accountRoles: "reuse" }),
    });
    assert.deepEqual(recording.ofType("rowstream:pipeline:AccountRoles"), []);
  });

  it("keeps the tables of the stack's own last outputs when nobody passes any", async () => {
    const { outputs, recording } = await outputsOf(undefined, [replicatedTable("orders")]);
    assert.equal(recording.only("aws:dynamodb/table:Table").importId, "orders");
    assert.deepEqual(outputs.tableNames, ["orders"]);
  });

  it("starts with no tables in a stack that has no outputs yet", async () => {
    const { outputs } = await outputsOf(undefined, undefined);
    assert.deepEqual(outputs.tables, []);
  });

  it("does not look at the last outputs when the driver passes tables, none among them", async () => {
    const { outputs } = await outputsOf([], [replicatedTable("orders")]);
    assert.deepEqual(outputs.tables, []);
  });
});
