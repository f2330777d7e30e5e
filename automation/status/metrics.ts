import { type CloudWatchClient, type Dimension, paginateListMetrics } from "@aws-sdk/client-cloudwatch";
import { METRIC_DIMENSION, METRIC_NAMESPACE } from "../../functions/embeddedMetrics";
import { COMMIT_TO_EVENT_LATENCY } from "../../functions/heartbeat/latency";
import { metricData, metricQuery, metricSum } from "../metricData";
import type { FanInStatus, HeartbeatStatus, ReplicationStatus, StreamStatus } from "./pipelineStatus";

/** What CloudWatch knows of a pipeline; what it has no figure of is absent. */
export interface PipelineMetrics {
  replication: Pick<ReplicationStatus, "sourceLatencySeconds" | "targetLatencySeconds">;
  fanIn: Pick<FanInStatus, "iteratorAgeSeconds" | "invocations" | "errors" | "throttles">;
  stream: Pick<StreamStatus, "recordsIn" | "bytesIn" | "throttledRecords">;
  heartbeat: Pick<HeartbeatStatus, "commitToEventMs" | "lastAt">;
}

/** Whose figures are read. */
export interface MetricNames {
  functionName: string;
  streamName: string;
  /** The names that DMS may know the replication by: its identifier, the last part of its ARN. */
  replicationIds: readonly string[];
  /** How often the heartbeat is written; undefined where there is none. */
  heartbeatMinutes?: number | undefined;
}

/** The period of the figures, in seconds: AWS's services give one a minute. */
const PERIOD = 60;

/** How far back figures are looked for. */
const WINDOW_MS = 300_000;

/** How many heartbeats must stay away until there is no figure of them. */
const HEARTBEATS_MISSED = 3;

/** The least time in which one is looked for, in milliseconds: that of the alarm. */
const HEARTBEAT_WINDOW_MS = 900_000;

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
  const heartbeat = await heartbeatMetrics(client, names, now);
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
    heartbeat,
    stream: present({
      recordsIn: sum("recordsIn"),
      bytesIn: sum("bytesIn"),
      throttledRecords: sum("throttledRecords"),
    }),
  };
}

/** The last heartbeat's figure: its interval may be longer than the time that the others are looked for in. */
async function heartbeatMetrics(
  client: CloudWatchClient,
  { streamName, heartbeatMinutes }: MetricNames,
  now: number,
): Promise<PipelineMetrics["heartbeat"]> {
  if (heartbeatMinutes === undefined) {
    return {};
  }
  const window = Math.max(HEARTBEAT_WINDOW_MS, HEARTBEATS_MISSED * heartbeatMinutes * 60_000);
  const of = [{ Name: METRIC_DIMENSION, Value: streamName }];
  const query = metricQuery("heartbeat", [METRIC_NAMESPACE, COMMIT_TO_EVENT_LATENCY], of, "Maximum", PERIOD);
  const { values, times } = (await metricData(client, [query], now - window, now))("heartbeat");
  return {
    ...(values[0] !== undefined && { commitToEventMs: values[0] }),
    ...(times[0] !== undefined && { lastAt: times[0].toISOString() }),
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
