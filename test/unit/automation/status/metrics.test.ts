import assert from "node:assert/strict";
import {
  CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  ListMetricsCommand,
  type Metric,
} from "@aws-sdk/client-cloudwatch";
import { readMetrics } from "../../../../automation/status/metrics";

const NAMES = { functionName: "fan-in", streamName: "changes", replicationIds: ["shop-task", "ABC123"] };
const NOW = Date.parse("2026-11-27T12:00:00Z");

/** A CloudWatch that has these metrics of DMS, and these values, newest first, by the metric's name. */
function cloudWatch(listed: Metric[], values: Record<string, number[]>) {
  const asked: GetMetricDataCommandInput[] = [];
  const send = async (command: unknown) => {
    if (command instanceof ListMetricsCommand) {
      return { Metrics: listed.filter(({ MetricName }) => MetricName === command.input.MetricName) };
    }
    assert.ok(command instanceof GetMetricDataCommand);
    asked.push(command.input);
    return {
      MetricDataResults: (command.input.MetricDataQueries ?? []).map(({ Id, MetricStat }) => ({
        Id,
        Values: values[MetricStat?.Metric?.MetricName ?? ""] ?? [],
      })),
    };
  };
  return { client: Object.assign(new CloudWatchClient({ region: "us-east-1" }), { send }), asked };
}

function latency(MetricName: string, task: string): Metric {
  const Dimensions = [
    { Name: "ReplicationInstanceIdentifier", Value: "shop" },
    { Name: "ReplicationTaskIdentifier", Value: task },
  ];
  return { Namespace: "AWS/DMS", MetricName, Dimensions };
}

describe("readMetrics", () => {
  it("has nothing where CloudWatch has nothing", async () => {
    const { client, asked } = cloudWatch([], {});
    assert.deepEqual(await readMetrics(client, NAMES, NOW), {
      replication: {},
      fanIn: {},
      stream: {},
      heartbeat: {},
    });
    const [input] = asked;
    assert.equal(Number(input?.EndTime) - Number(input?.StartTime), 300_000);
    assert.ok(
      !input?.MetricDataQueries?.some(({ MetricStat }) => MetricStat?.Metric?.Namespace === "AWS/DMS"),
    );
  });

  it("takes the newest of what is a level, and adds up what is a count", async () => {
    const { client } = cloudWatch(
      [latency("CDCLatencySource", "SHOP-TASK"), latency("CDCLatencyTarget", "abc123")],
      {
        CDCLatencySource: [2, 90],
        CDCLatencyTarget: [3, 80],
        IteratorAge: [1500, 9000],
        Invocations: [4, 5],
        Errors: [0, 1],
        Throttles: [0],
        IncomingRecords: [100, 200],
        IncomingBytes: [1000, 2000],
        WriteProvisionedThroughputExceeded: [0, 7],
      },
    );
    assert.deepEqual(await readMetrics(client, NAMES, NOW), {
      replication: { sourceLatencySeconds: 2, targetLatencySeconds: 3 },
      fanIn: { iteratorAgeSeconds: 1.5, invocations: 9, errors: 1, throttles: 0 },
      stream: { recordsIn: 300, bytesIn: 3000, throttledRecords: 7 },
      heartbeat: {},
    });
  });

  it("does not take another task's latency for this one's", async () => {
    const { client } = cloudWatch(
      [latency("CDCLatencyTarget", "another"), latency("CDCLatencyTarget", "abc123")],
      { CDCLatencyTarget: [3] },
    );
    assert.deepEqual((await readMetrics(client, NAMES, NOW)).replication, { targetLatencySeconds: 3 });
    const other = cloudWatch([latency("CDCLatencyTarget", "another")], { CDCLatencyTarget: [3] });
    assert.deepEqual((await readMetrics(other.client, NAMES, NOW)).replication, {});
  });
});
