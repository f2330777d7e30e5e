import * as pulumi from "@pulumi/pulumi";
import { COMMIT_TO_EVENT_LATENCY } from "../../functions/heartbeat/latency";
import { INSPECTOR_METRICS } from "../../functions/inspection";
import {
  exceptionWrites,
  fanInMetric,
  instanceMetric,
  type Metric,
  ownMetric,
  replicationMetric,
  streamMetric,
  tableWrites,
  type Watched,
} from "./metrics";

/** CloudWatch takes 500 metrics in a graph; more lines than these are no picture. */
const MOST_TABLES = 100;

/** The grid has 24 columns: three widgets a row. */
const WIDTH = 8;
const HEIGHT = 6;

/** One graph: its title, the statistic of its metrics, and the metrics. */
interface Graph {
  title: string;
  stat: "Average" | "Maximum" | "Minimum" | "Sum";
  metrics: Metric[];
}

/**
 * The body of a dashboard (CloudWatch API reference, "Dashboard body structure and syntax"): the alarms on top, then the
 * pipeline in the order in which the data flow.
 */
export function dashboardBody(watched: Watched, alarmArns: pulumi.Input<string>[]): pulumi.Output<string> {
  const { region, tableNames } = watched;
  const charts = graphs(watched).map(({ title, stat, metrics }, index) => ({
    type: "metric",
    x: (index % 3) * WIDTH,
    y: 4 + Math.floor(index / 3) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
    properties: { title, region, stat, period: 60, view: "timeSeries", metrics: metrics.map(asList) },
  }));
  const left = tableNames.length - MOST_TABLES;
  return pulumi.jsonStringify({
    widgets: [
      {
        type: "alarm",
        x: 0,
        y: 0,
        width: 24,
        height: 4,
        properties: {
          title: left > 0 ? `Alarms (${left} tables are not drawn below)` : "Alarms",
          alarms: alarmArns,
        },
      },
      ...charts,
    ],
  });
}

function graphs(watched: Watched): Graph[] {
  const { replication, tableNames, heartbeatMinutes } = watched;
  const size: Graph[] =
    "configArn" in replication
      ? [
          {
            title: "Replication: memory used, percent",
            stat: "Maximum",
            metrics: [replicationMetric(watched, "CapacityUtilization")],
          },
        ]
      : [
          {
            title: "Replication instance: free memory, bytes",
            stat: "Minimum",
            metrics: [instanceMetric(replication.instanceId, "FreeableMemory")],
          },
          {
            title: "Replication instance: free storage, bytes",
            stat: "Minimum",
            metrics: [instanceMetric(replication.instanceId, "FreeStorageSpace")],
          },
        ];
  return [
    {
      title: "Replication: seconds behind the source",
      stat: "Maximum",
      metrics: [
        replicationMetric(watched, "CDCLatencySource"),
        replicationMetric(watched, "CDCLatencyTarget"),
      ],
    },
    {
      title: "Heartbeat: from its commit in the source to its event, milliseconds",
      stat: "Maximum",
      metrics: heartbeatMinutes === undefined ? [] : [ownMetric(watched, COMMIT_TO_EVENT_LATENCY)],
    },
    ...size,
    {
      title: "Tables: suspended, without events; replication stopped",
      stat: "Maximum",
      metrics: [INSPECTOR_METRICS.suspended, INSPECTOR_METRICS.unfed, INSPECTOR_METRICS.stopped].map((name) =>
        ownMetric(watched, name),
      ),
    },
    {
      title: "Not applied (all replications of the account), not published",
      stat: "Maximum",
      metrics: [exceptionWrites, ownMetric(watched, INSPECTOR_METRICS.failures)],
    },
    { title: "Tables: write units", stat: "Sum", metrics: tableNames.slice(0, MOST_TABLES).map(tableWrites) },
    {
      title: "Fan-in: age of the oldest unread record, milliseconds",
      stat: "Maximum",
      metrics: [fanInMetric(watched, "IteratorAge")],
    },
    {
      title: "Fan-in: invocations, errors, throttles",
      stat: "Sum",
      metrics: ["Invocations", "Errors", "Throttles"].map((name) => fanInMetric(watched, name)),
    },
    {
      title: "Change stream: records in, records throttled",
      stat: "Sum",
      metrics: ["IncomingRecords", "WriteProvisionedThroughputExceeded"].map((name) =>
        streamMetric(watched, name),
      ),
    },
  ].filter(({ metrics }) => metrics.length > 0) as Graph[];
}

/** A metric as a dashboard writes it: namespace, name, and the dimensions one after the other. */
function asList({ namespace, metricName, dimensions }: Metric): pulumi.Input<string>[] {
  return [namespace, metricName, ...Object.entries(dimensions).flat()];
}
