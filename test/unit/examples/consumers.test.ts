import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as aws from "@pulumi/aws";
import { DEFAULT_CONNECTOR_JAR } from "../../../components/consumers/analytics/connectorJar";
import { Pipeline } from "../../../components/pipeline";
import { watchOrders } from "../../../examples/analytics";
import { logStatuses, mailPaidOrders } from "../../../examples/changeHandler";
import { keepChanges } from "../../../examples/dataLake";
import { showOrders } from "../../../examples/deviceBridge";
import { keepUpToDate } from "../../../examples/driverRuns";
import { queryOrders } from "../../../examples/warehouse";
import { checkout } from "../../helpers/loadScript";
import { type Recording, runMocked } from "../../helpers/mocks";
import { pipelineArgs } from "../../helpers/pipelineArgs";
import { enterProjectFolder } from "../../helpers/projectFolder";

/** The pages that show an example, below docs. */
const PAGES = [
  "driver-runs.md",
  ...readdirSync(join(checkout, "docs", "consumers")).map((page) => join("consumers", page)),
];

/** Runs an example beside a pipeline, in the checkout: its packages are the project's. */
async function deployed(example: (pipeline: Pipeline) => unknown): Promise<Recording> {
  process.chdir(checkout);
  return (await runMocked(() => example(new Pipeline("shop", pipelineArgs())))).recording;
}

describe("the examples of docs", function () {
  this.timeout(60_000);
  const before = process.cwd();
  after(() => process.chdir(before));

  for (const page of PAGES) {
    it(`are in ${page} what is compiled`, () => {
      const text = readFileSync(join(checkout, "docs", page), "utf8");
      const [, file, shown] = /<!-- (examples\/\w+\.ts) -->\n```ts\n([\s\S]*?)```/.exec(text) ?? [];
      assert.equal(shown, readFileSync(join(checkout, file ?? ""), "utf8"), `${page} shows another ${file}`);
    });
  }

  it("deploy: a handler of a few lines, and one that keeps a client warm", async () => {
    const recording = await deployed((pipeline) => {
      logStatuses(pipeline);
      mailPaidOrders(pipeline, new aws.sqs.Queue("mails", { kmsMasterKeyId: pipeline.kmsKeyArn }));
    });
    const names = recording.ofType("aws:lambda/function:Function").map(({ name }) => name);
    assert.deepEqual(names.sort(), ["log-statuses", "mail-paid-orders", "shop-fan-in", "shop-inspector"]);
    const policy = recording.only("aws:iam/rolePolicy:RolePolicy", "mail-paid-orders").inputs.policy;
    assert.match(String(policy), /sqs:SendMessage/);
  });

  it("deploy: analytics, on the connector that was fetched", async () => {
    const project = enterProjectFolder();
    try {
      mkdirSync(dirname(DEFAULT_CONNECTOR_JAR), { recursive: true });
      writeFileSync(DEFAULT_CONNECTOR_JAR, "jar");
      const { recording } = await runMocked(() => watchOrders(new Pipeline("shop", pipelineArgs())));
      assert.equal(recording.only("aws:sns/topicSubscription:TopicSubscription").inputs.protocol, "email");
      assert.equal(recording.only("rowstream:pipeline:Analytics").name, "analytics");
    } finally {
      project.dispose();
    }
  });

  it("deploy: a data lake", async () => {
    const recording = await deployed(keepChanges);
    assert.equal(recording.only("rowstream:pipeline:DataLake").name, "lake");
  });

  it("deploy: a warehouse", async () => {
    const recording = await deployed(queryOrders);
    const statements = recording.ofType("aws:redshiftdata/statement:Statement").map(({ name }) => name);
    assert.ok(statements.includes("warehouse-public_customers"));
  });

  it("deploy: a device bridge", async () => {
    const recording = await deployed(showOrders);
    assert.equal(recording.only("rowstream:pipeline:DeviceBridge").name, "displays");
  });

  it("deploy: runs of the driver", async () => {
    const recording = await deployed(keepUpToDate);
    const rules = recording.ofType("aws:cloudwatch/eventRule:EventRule").map(({ name }) => name);
    assert.deepEqual(
      rules.filter((name) => name.startsWith("driver-")),
      ["driver-schedule", "driver-new-table", "driver-started"],
    );
    const { policy } = recording.only("aws:iam/rolePolicy:RolePolicy", "driver-starter").inputs;
    assert.match(String(policy), /codebuild:StartBuild/);
  });
});
