import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CloudWatchClient, ListMetricsCommand } from "@aws-sdk/client-cloudwatch";
import { IAMClient } from "@aws-sdk/client-iam";
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { type DeployResult, deploy } from "../../automation/deploy";
import { RowstreamError } from "../../automation/errors";
import type { RowstreamEvent } from "../../automation/events";
import type { PipelineStatus } from "../../automation/status/pipelineStatus";
import { openStatus } from "../../automation/status/status";
import { ChangeEvents } from "../helpers/changeEvents";
import { poll } from "../helpers/poll";
import { SandboxBench } from "../helpers/sandboxBench";
import { roleNamed, takeAway } from "../helpers/takeAway";

const TABLE = "rowstream_heartbeat_shop";
const HEARTBEAT = { "rowstream:heartbeat": { value: '{"intervalMinutes":1}' } };

describe("the heartbeat in the sandbox", function () {
  this.timeout(300_000);
  let bench: SandboxBench;
  let deployed: DeployResult;
  let refused: unknown;
  let events: ChangeEvents;
  const codes: RowstreamEvent["code"][] = [];
  const lambda = () => new LambdaClient({});

  /** What the schedule would do: the sandbox has none. */
  async function beat(): Promise<void> {
    const { FunctionError, Payload } = await lambda().send(
      new InvokeCommand({ FunctionName: deployed.outputs.heartbeat?.functionName }),
    );
    assert.equal(FunctionError, undefined, Buffer.from(Payload ?? []).toString());
  }

  /** How far DMS has confirmed the source's log. */
  async function confirmed(): Promise<bigint> {
    const [row] = await bench.query(
      "SELECT pg_wal_lsn_diff(confirmed_flush_lsn, '0/0') AS bytes FROM pg_replication_slots",
    );
    return BigInt(String(row?.bytes));
  }

  const heartbeats = async () => (await events.read()).filter(({ source }) => source.table === TABLE);

  before(async () => {
    bench = await SandboxBench.start();
    const options = bench.configured(({ code }) => codes.push(code), HEARTBEAT);
    // The table's name is taken by something that no row can be written to: the driver must say what is refused.
    await bench.query(`CREATE VIEW ${TABLE} AS SELECT 1 AS id, 2 AS written_at`);
    refused = await deploy(options).catch((error: unknown) => error);
    codes.push("NothingChanged");
    await bench.query(`DROP VIEW ${TABLE}`);
    deployed = await deploy(options);
    events = new ChangeEvents(bench.sandbox.environment, deployed.outputs.streamName);
  });

  after(() => bench?.stop());

  it("stops before the replication where the source refuses it, and names the statement and the grants", () => {
    assert.ok(RowstreamError.is(refused), String(refused));
    assert.equal(refused.code, "HeartbeatFailed");
    assert.match(refused.message, /INSERT INTO "public"\."rowstream_heartbeat_shop"/);
    assert.match(
      refused.message,
      /GRANT SELECT, INSERT, UPDATE ON "public"\."rowstream_heartbeat_shop" TO <user>/,
    );
    assert.ok(!codes.slice(0, codes.indexOf("NothingChanged")).includes("FullLoadStarted"));
  });

  it("is written before the full load, which takes its table in like any other", () => {
    const order = codes.filter((code) => code === "HeartbeatWritten" || code === "FullLoadStarted");
    assert.deepEqual(order, ["HeartbeatWritten", "FullLoadStarted"]);
    assert.ok(deployed.discovery.tables.some(({ table }) => table === TABLE));
  });

  it("is connected to the network that DMS is in", async () => {
    const { VpcConfig } = await lambda().send(
      new GetFunctionConfigurationCommand({ FunctionName: deployed.outputs.heartbeat?.functionName }),
    );
    assert.equal(VpcConfig?.SubnetIds?.length, 2);
    assert.equal(VpcConfig?.SecurityGroupIds?.length, 1);
  });

  it("comes out as an event, and has DMS confirm the log of a database that rests", async () => {
    const before = await confirmed();
    assert.deepEqual(await heartbeats(), [], "the first one was loaded, and is no event");
    await beat();
    const [event] = await poll("the heartbeat's event", async () => {
      const found = await heartbeats();
      return found.length > 0 && found;
    });
    assert.deepEqual([event?.op, event?.key], ["update", { id: 1 }]);
    await poll("the slot to be confirmed further", async () => (await confirmed()) > before);
    assert.ok(
      (await events.read()).every(({ source }) => source.table === TABLE),
      "nothing else has changed",
    );
  });

  it("is measured from its writing to its event, as a metric and in the status", async () => {
    const reader = await openStatus(bench.workspace());
    const { heartbeat } = await poll(
      "the metric",
      async () => {
        const status: PipelineStatus = await reader.read();
        return status.heartbeat?.commitToEventMs !== undefined && status;
      },
      150_000,
    );
    assert.deepEqual(heartbeat?.table, `public.${TABLE}`);
    assert.ok(Number(heartbeat?.commitToEventMs) >= 0 && Number(heartbeat?.commitToEventMs) < 60_000);
    const { Metrics = [] } = await new CloudWatchClient({}).send(
      new ListMetricsCommand({ Namespace: "rowstream", MetricName: "CommitToEventLatency" }),
    );
    assert.deepEqual(
      Metrics.map(({ Dimensions }) => Dimensions),
      [[{ Name: "ChangeStream", Value: deployed.outputs.streamName }]],
    );
    const { stdout } = await bench.command("status");
    assert.match(stdout, new RegExp(`heartbeat +public\\.${TABLE}: .* ms from its commit to its event`));
  });

  it("is written no more by a second run, which changes nothing", async () => {
    codes.length = 0;
    const { changed } = await deploy(bench.configured(({ code }) => codes.push(code)));
    assert.equal(changed, false);
    assert.ok(!codes.includes("HeartbeatWritten"));
  });

  for (const [statement, action] of [
    ["ReadSecret", "secretsmanager:GetSecretValue"],
    ["SecretKey", "kms:Decrypt"],
  ] as const) {
    it(`says so where its role may not ${action}`, async () => {
      const iam = new IAMClient({});
      const putBack = await takeAway(iam, await roleNamed(iam, "rowstream-heartbeat"), { statement, action });
      const FunctionName = deployed.outputs.heartbeat?.functionName;
      const refused = async () => {
        const { Payload } = await lambda().send(new InvokeCommand({ FunctionName }));
        return /the source's secret .* cannot be read .*not authorized/.test(
          Buffer.from(Payload ?? []).toString(),
        );
      };
      // As with IAM, what a role may do changes some time after its policy.
      await poll(`the heartbeat to be refused without ${action}`, refused);
      await putBack();
      await poll(`the heartbeat to be written with ${action}`, async () => !(await refused()));
    });
  }

  it("leaves the password in the secret alone", () => {
    const { password } = new URL(bench.sandbox.sourceUrl);
    const log = join(bench.folder, "sandbox/lambda/logs", `${deployed.outputs.heartbeat?.functionName}.log`);
    assert.ok(!readFileSync(log, "utf8").includes(decodeURIComponent(password)));
    assert.ok(!JSON.stringify(deployed.outputs).includes(password));
  });
});
