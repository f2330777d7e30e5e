import assert from "node:assert/strict";
import { DeviceBridge, type DeviceBridgeArgs } from "../../../../components/consumers/deviceBridge";
import { runShipped } from "../../../helpers/functionArchive";
import { failMocked, type Recording, runMocked } from "../../../helpers/mocks";
import { enterProjectFolder, type ProjectFolder } from "../../../helpers/projectFolder";

const FUNCTION = "aws:lambda/function:Function";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const TOPIC = "arn:aws:iot:eu-central-1:123456789012:topic";

const ARGS: DeviceBridgeArgs = {
  streamArn: "arn:aws:kinesis:eu-central-1:123456789012:stream/changes",
  kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/k",
  tables: ["public.orders", "sales.orders", "a+b"],
};

/** What the role may publish to. */
function topics(recording: Recording): string[] {
  const { Statement } = JSON.parse(String(recording.only("aws:iam/rolePolicy:RolePolicy").inputs.policy)) as {
    Statement: { Action: string[]; Resource: string[] }[];
  };
  return Statement.flatMap(({ Action, Resource }) => (Action.includes("iot:Publish") ? Resource : []));
}

describe("DeviceBridge", () => {
  let project: ProjectFolder;

  beforeEach(() => {
    project = enterProjectFolder();
  });

  afterEach(() => {
    project.dispose();
  });

  it("is a consumer that is called for the tables that are named, and told where devices are reached", async () => {
    const { result, recording } = await runMocked(
      () => new DeviceBridge("devices", { ...ARGS, topicPrefix: "plant/7", ops: ["update"] }),
    );
    const { filterCriteria, functionResponseTypes } = recording.only(MAPPING).inputs;
    assert.deepEqual(functionResponseTypes, ["ReportBatchItemFailures"]);
    assert.equal((filterCriteria as { filters: unknown[] }).filters.length, 3);
    assert.deepEqual(await runShipped(recording.only(FUNCTION), project.path, {}), {
      settings: { tables: ARGS.tables, ops: ["update"], concurrency: 10, topicPrefix: "plant/7" },
    });
    const { variables } = recording.only(FUNCTION).inputs.environment as {
      variables: Record<string, string>;
    };
    assert.deepEqual(variables, {
      IOT_ENDPOINT: "abc-ats.iot.eu-central-1.amazonaws.com",
      FAILURE_BUCKET: "devices-failures-physical",
      APPLIED_TABLE: "devices-applied-physical",
      APPLIED_DAYS: "30",
    });
    assert.equal(result.topicFilter, "plant/7/#");
  });

  it("may publish to the topics of its tables and operations alone", async () => {
    const all = await runMocked(() => new DeviceBridge("devices", ARGS));
    assert.deepEqual(topics(all.recording), [`${TOPIC}/rowstream/orders/*`, `${TOPIC}/rowstream/a%2Bb/*`]);
    const some = await runMocked(
      () => new DeviceBridge("devices", { ...ARGS, tables: ["orders"], ops: ["insert", "update"] }),
    );
    assert.deepEqual(topics(some.recording), [
      `${TOPIC}/rowstream/orders/insert`,
      `${TOPIC}/rowstream/orders/update`,
    ]);
  });

  it("raises a consumer's alarms", async () => {
    const { recording } = await runMocked(() => new DeviceBridge("devices", ARGS));
    const names = recording.ofType("aws:cloudwatch/metricAlarm:MetricAlarm").map(({ name }) => name);
    assert.deepEqual(names, ["devices-behind", "devices-errors", "devices-given-up"]);
  });

  it("names every fault of its arguments at once and registers nothing", async () => {
    const { error, recording } = await failMocked(
      () =>
        new DeviceBridge("devices", {
          ...ARGS,
          tables: ["public.orders", "+".repeat(90)],
          topicPrefix: "a/#",
          concurrency: 0,
        }),
    );
    assert.match(error.message, /tables\[1\]: .* makes a topic of 281 bytes, and AWS IoT Core takes 256/);
    assert.match(error.message, /topicPrefix: .*one to four levels/);
    assert.match(error.message, /concurrency/);
    assert.deepEqual(recording.resources, []);
    const { error: none } = await failMocked(
      () => new DeviceBridge("devices", { ...ARGS, tables: undefined as never }),
    );
    assert.match(none.message, /tables: is missing; name the tables whose changes go to devices/);
  });
});
