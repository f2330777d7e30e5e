import { type CloudWatchClient, type Dimension, paginateListMetrics } from "@aws-sdk/client-cloudwatch";
import { metricData, metricQuery, metricSum } from "../metricData";
import type { FanInStatus, ReplicationStatus, StreamStatus } from "./pipelineStatus";

/** What CloudWatch knows of a pipeline; what it has no figure of is absent. */
export interface PipelineMetrics {
  replication: Pick<ReplicationStatus, "sourceLatencySeconds" | "targetLatencySeconds">;
  fanIn: Pick<FanInStatus, "iteratorAgeSeconds" | "invocations" | "errors" | "throttles">;
  stream: Pick<StreamStatus, "recordsIn" | "bytesIn" | "throttledRecords">;
}

/** Whose figures are read. */
export interface MetricNames {
  functionName: string;
  streamName: string;
  /** The names that DMS may know the replication by: its identifier, the last part of its ARN. */
  replicationIds: readonly string[];
}

/** The period of the figures, in seconds: AWS's services give one a minute. */
const PERIOD = 60;

/** How far back figures are looked for. */
const WINDOW_MS = 300_000;

type Latency = "CDCLatencySource" | "CDCLatencyTarget";

/**
 * Reads a pipeline's figures of the last five minutes, in one call beside those that find DMS's.
 *
 * DMS's metrics have the dimensions of the instance and of the task, and its guide leaves open by which of its names a
 * task is meant there, or a serverless replication: the metrics are found by any of the values.
 */
export async function readMetrics(
  client: CloudWatchClient,
  names: MetricNames,
  now: number,
): Promise<PipelineMetrics> {
  const dimensions = {
    CDCLatencySource: await latencyDimensions(client, "CDCLatencySource", names.replicationIds),
    CDCLatencyTarget: await latencyDimensions(client, "CDCLatencyTarget", names.replicationIds),
  };
  const lambda = [{ Name: "FunctionName", Value: names.functionName }];
  const kinesis = [{ Name: "StreamName", Value: names.streamName }];
  const query = (id: string, metric: [string, string], of: Dimension[], stat: "Maximum" | "Sum") =>
    metricQuery(id, metric, of, stat, PERIOD);
  const queries = [
    query("iteratorAge", ["AWS/Lambda", "IteratorAge"], lambda, "Maximum"),
    query("invocations", ["AWS/Lambda", "Invocations"], lambda, "Sum"),
    query("errors", ["AWS/Lambda", "Errors"], lambda, "Sum"),
    query("throttles", ["AWS/Lambda", "Throttles"], lambda, "Sum"),
    query("recordsIn", ["AWS/Kinesis", "IncomingRecords"], kinesis, "Sum"),
    query("bytesIn", ["AWS/Kinesis", "IncomingBytes"], kinesis, "Sum"),
    query("throttledRecords", ["AWS/Kinesis", "WriteProvisionedThroughputExceeded"], kinesis, "Sum"),
    ...(["CDCLatencySource", "CDCLatencyTarget"] as const).flatMap((name) => {
      const of = dimensions[name];
      return of === undefined ? [] : [query(name.toLowerCase(), ["AWS/DMS", name], of, "Maximum")];
    }),
  ];
  const data = await metricData(client, queries, now - WINDOW_MS, now);
  const latest = (id: string) => data(id).values[0];
  const sum = (id: string) => metricSum(data(id));
  const iteratorAgeMs = latest("iteratorAge");
  return {
    replication: present({
      sourceLatencySeconds: latest("cdclatencysource"),
      targetLatencySeconds: latest("cdclatencytarget"),
    }),
    fanIn: present({
      iteratorAgeSeconds: iteratorAgeMs === undefined ? undefined : iteratorAgeMs / 1000,
      invocations: sum("invocations"),
      errors: sum("errors"),
      throttles: sum("throttles"),
    }),
    stream: present({
      recordsIn: sum("recordsIn"),
      bytesIn: sum("bytesIn"),
      throttledRecords: sum("throttledRecords"),
    }),
  };
}

/** All dimensions of the metric that is a replication's; undefined where DMS has reported none. */
async function latencyDimensions(
  client: CloudWatchClient,
  MetricName: Latency,
  ids: readonly string[],
): Promise<Dimension[] | undefined> {
  const wanted = new Set(ids.map((id) => id.toLowerCase()));
  for await (const page of paginateListMetrics({ client }, { Namespace: "AWS/DMS", MetricName })) {
    for (const { Dimensions = [] } of page.Metrics ?? []) {
      if (Dimensions.some(({ Value = "" }) => wanted.has(Value.toLowerCase()))) {
        return Dimensions;
      }
    }
  }
  return undefined;
}

function present<T extends Record<string, number | undefined>>(
  figures: T,
): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
