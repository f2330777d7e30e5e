import assert from "node:assert/strict";
import { CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { readLastEvents } from "../../../../automation/status/lastEvents";

const NOW = Date.parse("2026-11-27T12:00:00Z");
const minutesAgo = (minutes: number) => new Date(NOW - minutes * 60_000);

function streamArn(table: string, label = "2026-11-01T00:00:00.000"): string {
  return `arn:aws:dynamodb:us-east-1:123456789012:table/${table}/stream/${label}`;
}

/** A CloudWatch with these records read, newest first, by the table's name. */
function cloudWatch(records: Record<string, [minutesAgo: number, count: number][]>) {
  const asked: MetricDataQuery[][] = [];
  const send = async (command: unknown) => {
    assert.ok(command instanceof GetMetricDataCommand);
    const queries = command.input.MetricDataQueries ?? [];
    assert.equal(Number(command.input.EndTime) - Number(command.input.StartTime), 86_400_000);
    asked.push(queries);
    return {
      MetricDataResults: queries.map(({ Id, MetricStat }) => {
        const table = MetricStat?.Metric?.Dimensions?.find(({ Name }) => Name === "TableName")?.Value ?? "";
        const values = records[table] ?? [];
        return {
          Id,
          Values: values.map(([, count]) => count),
          Timestamps: values.map(([at]) => minutesAgo(at)),
        };
      }),
    };
  };
  return { client: Object.assign(new CloudWatchClient({ region: "us-east-1" }), { send }), asked };
}

describe("readLastEvents", () => {
  it("tells the last five minutes in which a table's stream gave records", async () => {
    const { client, asked } = cloudWatch({
      orders: [
        [5, 0],
        [10, 7],
        [60, 99],
      ],
      customers: [[5, 0]],
    });
    const streams = { orders: streamArn("orders"), customers: streamArn("customers"), new: streamArn("new") };
    assert.deepEqual(await readLastEvents(client, streams, NOW), new Map([["orders", minutesAgo(10)]]));
    const [query] = asked[0] ?? [];
    assert.deepEqual(query?.MetricStat, {
      Metric: {
        Namespace: "AWS/DynamoDB",
        MetricName: "ReturnedRecordsCount",
        Dimensions: [
          { Name: "TableName", Value: "orders" },
          { Name: "StreamLabel", Value: "2026-11-01T00:00:00.000" },
          { Name: "Operation", Value: "GetRecords" },
        ],
      },
      Period: 300,
      Stat: "Sum",
    });
  });

  it("asks for many tables in as few calls as CloudWatch takes, and for none in none", async () => {
    const names = Array.from({ length: 800 }, (_, index) => `table_${index}`);
    const { client, asked } = cloudWatch({ table_799: [[5, 1]] });
    const streams = Object.fromEntries(names.map((name) => [name, streamArn(name)]));
    assert.deepEqual(await readLastEvents(client, streams, NOW), new Map([["table_799", minutesAgo(5)]]));
    assert.deepEqual(
      asked.map(({ length }) => length),
      [350, 350, 100],
    );
    const none = cloudWatch({});
    assert.deepEqual(await readLastEvents(none.client, {}, NOW), new Map());
    assert.deepEqual(none.asked, []);
  });
});
