import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { metricData, metricQuery } from "../metricData";

/** The period of the figures, in seconds: DynamoDB gives this one every five minutes. */
const PERIOD = 300;

/** How far back is looked: a table's stream reaches no further. */
const WINDOW_MS = 24 * 3600 * 1000;

/** One call may ask for 500 metrics and gets 100,800 values (CloudWatch API, GetMetricData); a table has 288 a day. */
const TABLES_A_CALL = 350;

/**
 * When records of the tables' streams were last read, in the day before: the beginning of those five minutes, by the
 * table's name in DynamoDB. The fan-in's mapping is who reads them, and publishes what it has read before it reads on.
 *
 * It is DynamoDB's `ReturnedRecordsCount` (DynamoDB developer guide, "Metrics and dimensions"), which costs nothing to
 * have. To be asked for it costs as any metric: 0.01 USD for 1,000 tables.
 *
 * @param streamArns the tables' streams, by the table's name in DynamoDB
 * @param now milliseconds since 1970
 */
export async function readLastEvents(
  client: CloudWatchClient,
  streamArns: Readonly<Record<string, string>>,
  now: number,
): Promise<Map<string, Date>> {
  const streams = Object.entries(streamArns);
  const last = new Map<string, Date>();
  for (let first = 0; first < streams.length; first += TABLES_A_CALL) {
    const some = streams.slice(first, first + TABLES_A_CALL);
    const queries = some.map(([tableName, streamArn], index) =>
      metricQuery(
        `stream${index}`,
        ["AWS/DynamoDB", "ReturnedRecordsCount"],
        [
          { Name: "TableName", Value: tableName },
          { Name: "StreamLabel", Value: streamArn.slice(streamArn.lastIndexOf("/") + 1) },
          { Name: "Operation", Value: "GetRecords" },
        ],
        "Sum",
        PERIOD,
      ),
    );
    const data = await metricData(client, queries, now - WINDOW_MS, now);
    for (const [index, [tableName]] of some.entries()) {
      const { values, times } = data(`stream${index}`);
      // A read that brings nothing may be counted as none.
      const at = times[values.findIndex((records) => records > 0)];
      if (at !== undefined) {
        last.set(tableName, at);
      }
    }
  }
  return last;
}
