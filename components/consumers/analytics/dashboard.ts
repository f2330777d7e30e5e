import * as pulumi from "@pulumi/pulumi";
import { ANALYTICS_DIMENSIONS, CHANGES_METRIC, TOLD_METRIC } from "../../../functions/analyticsResults";
import { METRIC_NAMESPACE } from "../../../functions/embeddedMetrics";
import { FLINK_METRICS, type WatchedApplication } from "./alarms";

/** What the dashboard shows. */
export interface AnalyticsDashboard extends WatchedApplication {
  region: pulumi.Input<string>;
  /** What the metrics are told by: the value of their dimension `Analytics`. */
  analytics: string;
  /** The length of a window, in seconds. */
  windowSeconds: number;
  alarmArns: pulumi.Input<string>[];
}

/** The grid has 24 columns: two widgets a row. */
const WIDTH = 12;
const HEIGHT = 6;

/**
 * The body of a dashboard (CloudWatch API reference, "Dashboard body structure and syntax"). Tables come by a search, so
 * that one that changes for the first time is on it at once. A window that is told twice, after a failure, is one value
 * twice: the maximum of a window's length is right, a sum would not be.
 */
export function analyticsDashboard(shown: AnalyticsDashboard): pulumi.Output<string> {
  const { region, analytics, windowSeconds, applicationName, streamName, alarmArns } = shown;
  const search = (metric: string, dimensions: readonly string[], stat: string) =>
    `SEARCH('{${METRIC_NAMESPACE},${dimensions.join(",")}} MetricName="${metric}" Analytics="${analytics}"', '${stat}', ${windowSeconds})`;
  const changes = search(CHANGES_METRIC, ANALYTICS_DIMENSIONS.changes, "Maximum");
  const ofApplication = (...names: string[]) =>
    names.map((name) => [FLINK_METRICS, name, "Application", applicationName]);
  const charts = [
    {
      title: `Changes in ${windowSeconds} s, by table and operation`,
      stacked: true,
      metrics: [[{ expression: changes, label: "", id: "tables" }]],
    },
    {
      title: `Changes in ${windowSeconds} s, all tables`,
      metrics: [[{ expression: `SUM(${changes})`, label: "changes", id: "all" }]],
    },
    {
      title: "Alerts, by rule",
      stacked: true,
      metrics: [
        [{ expression: search(TOLD_METRIC, ANALYTICS_DIMENSIONS.told, "Sum"), label: "", id: "told" }],
      ],
    },
    {
      title: "Behind the change stream (its slowest reader), milliseconds",
      metrics: [["AWS/Kinesis", "GetRecords.IteratorAgeMilliseconds", "StreamName", streamName]],
    },
    {
      title: "Application: CPU and heap, percent",
      metrics: ofApplication("cpuUtilization", "heapMemoryUtilization"),
    },
    {
      title: "Application: restarts, failed checkpoints, changes that came too late to be counted",
      metrics: ofApplication("fullRestarts", "numberOfFailedCheckpoints", "numLateRecordsDropped"),
    },
  ];
  return pulumi.jsonStringify({
    widgets: [
      { type: "alarm", x: 0, y: 0, width: 24, height: 3, properties: { title: "Alarms", alarms: alarmArns } },
      ...charts.map(({ title, metrics, stacked = false }, index) => ({
        type: "metric",
        x: (index % 2) * WIDTH,
        y: 3 + Math.floor(index / 2) * HEIGHT,
        width: WIDTH,
        height: HEIGHT,
        properties: {
          title,
          region,
          stat: "Maximum",
          period: windowSeconds,
          view: "timeSeries",
          stacked,
          metrics,
        },
      })),
    ],
  });
}
