import {
  type CloudWatchClient,
  type Dimension,
  GetMetricDataCommand,
  type MetricDataQuery,
} from "@aws-sdk/client-cloudwatch";

/** The values of one metric, newest first, each with the time at which its period began. */
export interface MetricValues {
  values: number[];
  times: Date[];
}

/** A query for one metric. @param periodSeconds a multiple of 60 */
export function metricQuery(
  Id: string,
  [Namespace, MetricName]: readonly [string, string],
  Dimensions: Dimension[],
  Stat: "Maximum" | "Sum",
  periodSeconds: number,
): MetricDataQuery {
  return {
    Id,
    MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: periodSeconds, Stat },
  };
}

/** Answers queries in one call (CloudWatch API, GetMetricData: at most 500), by their ids. */
export async function metricData(
  client: CloudWatchClient,
  queries: MetricDataQuery[],
  from: number,
  to: number,
): Promise<(id: string) => MetricValues> {
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      MetricDataQueries: queries,
      StartTime: new Date(from),
      EndTime: new Date(to),
      ScanBy: "TimestampDescending",
    }),
  );
  const results = new Map(
    MetricDataResults.map(({ Id, Values = [], Timestamps = [] }) => [
      Id,
      { values: Values, times: Timestamps },
    ]),
  );
  return (id) => results.get(id) ?? { values: [], times: [] };
}

/** The sum of a metric's values; undefined where it has none. */
export function metricSum({ values }: MetricValues): number | undefined {
  return values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0);
}
