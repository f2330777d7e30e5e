import assert from "node:assert/strict";
import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeTableCommand, DynamoDBClient, ResourceNotFoundException } from "@aws-sdk/client-dynamodb";
import type { ConsumerPart } from "../../../../automation/cost/deployedParts";
import { observeDay, observeNow, observeSizes } from "../../../../automation/cost/observed";
import { measuredUse, rates } from "../../../../automation/cost/rates";
import type { PipelineStatus } from "../../../../automation/status/pipelineStatus";
import { flowing } from "../status/statusFacts";
import { handler, known, lake } from "./costUse";

describe("rates", () => {
  it("takes what is given before what is observed, and that before what is assumed", () => {
    const observed = { changesPerSecond: known(5), rowBytes: known(100), eventBytes: known(900) };
    const all = rates({}, observed);
    assert.deepEqual(
      [all.changesPerSecond, all.rowBytes, all.eventBytes],
      [known(5), known(100), known(900)],
    );
    const given = rates({ changesPerSecond: 7, bytesPerRow: 200 }, observed);
    assert.deepEqual([given.changesPerSecond.value, given.changesPerSecond.origin], [7, "given"]);
    assert.deepEqual([given.rowBytes.value, given.rowBytes.origin], [200, "given"]);
    assert.deepEqual([given.eventBytes.value, given.eventBytes.origin], [900, "assumed"]);
    const none = rates({}, {});
    assert.deepEqual(
      [none.changesPerSecond, none.rowBytes, none.eventBytes].map(({ value, origin }) => [value, origin]),
      [
        [0, "assumed"],
        [1024, "assumed"],
        [2548, "assumed"],
      ],
    );
  });

  it("does not take what was measured at another rate for what comes of the given one", () => {
    const use = {
      bytesOut: known(1),
      fanIn: { calls: known(1), milliseconds: known(1) },
      logBytes: known(1),
      consumers: { "lake lake": { records: known(1) } },
    };
    assert.deepEqual(measuredUse({}, use), use);
    assert.deepEqual(measuredUse({ changesPerSecond: 7 }, use), {});
    assert.deepEqual(measuredUse({ bytesPerRow: 7 }, use), {});
  });
});

describe("observeDay", () => {
  const NOW = Date.parse("2026-11-27T12:00:00Z");
  const NAMES = {
    streamName: "changes",
    fanInName: "fan-in",
    logGroups: ["dms", "fan-in"],
    consumers: [] as ConsumerPart[],
  };

  /** A CloudWatch with these hourly values, newest first. */
  function cloudWatch(values: Record<string, number[]>): CloudWatchClient {
    const send = async (command: unknown) => {
      assert.ok(command instanceof GetMetricDataCommand);
      return {
        MetricDataResults: command.input.MetricDataQueries?.map(({ Id, MetricStat }) => {
          const found = values[`${MetricStat?.Metric?.Namespace} ${MetricStat?.Metric?.MetricName}`] ?? [];
          return {
            Id,
            Values: found,
            Timestamps: found.map((_, index) => new Date(NOW - (index + 1) * 3_600_000)),
          };
        }),
      };
    };
    return Object.assign(new CloudWatchClient({ region: "us-east-1" }), { send });
  }

  it("has nothing of a pipeline without figures", async () => {
    assert.deepEqual(await observeDay(cloudWatch({}), NAMES, NOW), {});
    assert.deepEqual(await observeDay(cloudWatch({ "AWS/Kinesis IncomingRecords": [0] }), NAMES, NOW), {});
  });

  it("counts since the first figure, and projects to a month", async () => {
    const client = cloudWatch({
      "AWS/Kinesis IncomingRecords": [7200, 7200],
      "AWS/Kinesis IncomingBytes": [720_000, 720_000],
      "AWS/Kinesis GetRecords.Bytes": [730, 0],
      "AWS/Lambda Invocations": [100, 300],
      "AWS/Lambda Duration": [20_000, 60_000],
      "AWS/Logs IncomingBytes": [500, 500],
    });
    const { changesPerSecond, eventBytes, bytesOut, fanIn, logBytes } = await observeDay(client, NAMES, NOW);
    assert.equal(changesPerSecond?.value, 2);
    assert.match(changesPerSecond?.basis ?? "", /the last 2 hours/);
    assert.equal(eventBytes?.value, 100);
    assert.equal(bytesOut?.value, (730 * 730) / 2);
    assert.deepEqual([fanIn?.calls.value, fanIn?.milliseconds.value], [400 * 365, 200]);
    assert.equal(logBytes?.value, 2 * 1000 * 365);
  });

  it("counts what each consumer did, by its own metrics", async () => {
    const client = cloudWatch({
      "AWS/Kinesis IncomingRecords": [7200],
      "AWS/Lambda Invocations": [10],
      "AWS/Lambda Duration": [500],
      "AWS/DynamoDB ConsumedWriteCapacityUnits": [80],
      "AWS/Kinesis SubscribeToShardEvent.Bytes": [9],
      "AWS/Firehose DataReadFromKinesisStream.Records": [70],
      "AWS/Redshift-Serverless ComputeSeconds": [4],
    });
    const consumers: ConsumerPart[] = [
      handler({ appliedTable: "notify-applied", fanOut: "notify" }),
      lake(),
      { kind: "warehouse", name: "wh", workgroup: { name: "wh-prod", baseRpu: 8 } },
      { kind: "warehouse", name: "nodes", cluster: { nodeType: "ra3.large", nodes: 2 } },
    ];
    const { consumers: measured = {} } = await observeDay(client, { ...NAMES, consumers }, NOW);
    const values = Object.fromEntries(
      Object.entries(measured).map(([key, figures]) => [
        key,
        Object.fromEntries(Object.entries(figures).map(([figure, { value }]) => [figure, value / 730])),
      ]),
    );
    assert.deepEqual(values, {
      "function notify": { calls: 10, milliseconds: 500, writes: 80, fanOutBytes: 9 },
      "lake lake": { records: 70 },
      "warehouse wh": { computeSeconds: 4 },
    });
    assert.match(
      measured["lake lake"]?.records?.basis ?? "",
      /^DataReadFromKinesisStream.Records of CloudWatch/,
    );
  });
});

describe("observeNow", () => {
  function status(at: string, inserts: number, updates: number): PipelineStatus {
    return { at, tables: [flowing({ applied: { inserts, updates, deletes: 0 } })] } as PipelineStatus;
  }

  it("counts the changes between two looks, and weighs the events that came", async () => {
    const looks = [status("2026-11-27T12:00:00Z", 10, 5), status("2026-11-27T12:00:10Z", 20, 25)];
    const reader = { read: async () => looks.shift() as PipelineStatus };
    const sizes = [100, 300];
    const { changesPerSecond, eventBytes } = await observeNow(
      reader,
      async (from, onBytes) => {
        assert.equal(from, Date.parse("2026-11-27T12:00:00Z"));
        sizes.forEach(onBytes);
      },
      0,
      undefined,
    );
    assert.equal(changesPerSecond?.value, 3);
    assert.equal(eventBytes?.value, 200);
  });

  it("knows no event's size where none came, and takes a reloaded table for no change below zero", async () => {
    const looks = [status("2026-11-27T12:00:00Z", 10, 5), status("2026-11-27T12:00:10Z", 0, 0)];
    const reader = { read: async () => looks.shift() as PipelineStatus };
    const { changesPerSecond, eventBytes } = await observeNow(reader, async () => undefined, 0, undefined);
    assert.deepEqual([changesPerSecond?.value, eventBytes], [0, undefined]);
  });
});

describe("observeSizes", () => {
  const client = Object.assign(new DynamoDBClient({ region: "us-east-1" }), {
    send: async (command: unknown) => {
      assert.ok(command instanceof DescribeTableCommand);
      const sizes: Record<string, [number, number]> = { orders: [1000, 10], lines: [500, 5], empty: [0, 0] };
      const found = sizes[command.input.TableName ?? ""];
      if (!found) {
        throw new ResourceNotFoundException({ message: "", $metadata: {} });
      }
      return { Table: { TableSizeBytes: found[0], ItemCount: found[1] } };
    },
  });

  it("adds up the tables that are there", async () => {
    const { storedBytes, rowBytes } = await observeSizes(client, ["orders", "lines", "empty", "gone"]);
    assert.deepEqual([storedBytes.value, rowBytes?.value], [1500, 100]);
  });

  it("knows no row of empty tables", async () => {
    const { storedBytes, rowBytes } = await observeSizes(client, ["empty"]);
    assert.deepEqual([storedBytes.value, rowBytes], [0, undefined]);
  });
});
