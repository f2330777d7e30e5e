import assert from "node:assert/strict";
import {
  CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
} from "@aws-sdk/client-cloudwatch";
import { rateKey, readConsumerRates } from "../../../automation/consumerRates";
import type { ConsumerPart } from "../../../automation/cost/deployedParts";
import { handler, lake } from "./cost/costUse";

const NOW = Date.parse("2026-11-27T12:00:00Z");

/** A CloudWatch with these sums a minute, by the metric and the value of its last dimension. */
function cloudWatch(sums: Record<string, number[]>) {
  const asked: GetMetricDataCommandInput[] = [];
  const send = async (command: unknown) => {
    assert.ok(command instanceof GetMetricDataCommand);
    asked.push(command.input);
    return {
      MetricDataResults: command.input.MetricDataQueries?.map(({ Id, MetricStat }) => {
        const { MetricName, Dimensions } = MetricStat?.Metric ?? {};
        return { Id, Values: sums[`${MetricName} ${Dimensions?.at(-1)?.Value}`] ?? [] };
      }),
    };
  };
  return { client: Object.assign(new CloudWatchClient({ region: "us-east-1" }), { send }), asked };
}

describe("readConsumerRates", () => {
  it("tells what each consumer took, over the five minutes whose figures are there", async () => {
    const consumers: ConsumerPart[] = [
      handler({ name: "notify", appliedTable: "notify-applied", fanOut: "notify-fast" }),
      handler({ name: "fast", fanOut: "fast-1" }),
      handler({ name: "uncounted" }),
      handler({ name: "silent", appliedTable: "silent-applied" }),
      lake(),
      { kind: "warehouse", name: "wh", workgroup: { name: "wh-prod", baseRpu: 8 } },
    ];
    const { client, asked } = cloudWatch({
      "ConsumedWriteCapacityUnits notify-applied": [600, 0, 300],
      "SubscribeToShardEvent.Records notify-fast": [9_999],
      "SubscribeToShardEvent.Records fast-1": [30],
      "DataReadFromKinesisStream.Records lake-1": [0],
    });
    assert.deepEqual(
      await readConsumerRates(client, consumers, "changes", NOW),
      new Map([
        ["function notify", 3],
        ["function fast", 0.1],
        ["lake lake", 0],
      ]),
    );
    const [{ StartTime, EndTime } = {}] = asked;
    assert.deepEqual([NOW - Number(StartTime), NOW - Number(EndTime)], [360_000, 60_000]);
  });

  it("asks for nothing where nothing is counted", async () => {
    const { client, asked } = cloudWatch({});
    assert.deepEqual(await readConsumerRates(client, [handler()], "changes", NOW), new Map());
    assert.deepEqual(asked, []);
  });

  it("knows consumers by their components' kinds", () => {
    assert.equal(rateKey({ kind: "DeviceBridge", name: "a" }), rateKey({ kind: "ChangeHandler", name: "a" }));
    assert.equal(rateKey({ kind: "DataLake", name: "lake" }), "lake lake");
    assert.equal(rateKey({ kind: "Theirs", name: "x" }), "Theirs x");
  });
});
