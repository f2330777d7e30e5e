import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type MetricValues, metricData, metricQuery, metricSum } from "../metricData";
import { pause } from "../poll";
import type { PipelineStatus } from "../status/pipelineStatus";
import type { StatusReader } from "../status/statusReader";
import { describeTables } from "../tableStreams";
import { type ConsumerFigure, type ConsumerUse, consumerMetrics } from "./consumerQuantities";
import type { Known } from "./costEstimate";
import { type ConsumerPart, consumerKey } from "./deployedParts";
import { type FunctionUse, HOURS } from "./month";

const DAY_MS = 86_400_000;
const HOUR = 3600;

/** What was measured of a pipeline; what was not is absent. */
export interface Observed {
  changesPerSecond?: Known;
  eventBytes?: Known;
  rowBytes?: Known;
  bytesOut?: Known;
  fanIn?: FunctionUse;
  logBytes?: Known;
  /** By `consumerKey`. */
  consumers?: Record<string, ConsumerUse>;
}

/** The sizes of tables; of those without an item there is no row. */
export interface ObservedSizes {
  storedBytes: Known;
  rowBytes?: Known;
}

/** Whose figures are read. */
export interface ObservedNames {
  streamName: string;
  fanInName: string;
  logGroups: readonly string[];
  consumers: readonly ConsumerPart[];
}

/** Reads what a pipeline has done in the last day, or since its first figure, out of CloudWatch. */
export async function observeDay(
  client: CloudWatchClient,
  names: ObservedNames,
  now: number,
): Promise<Observed> {
  const stream = [{ Name: "StreamName", Value: names.streamName }];
  const lambda = [{ Name: "FunctionName", Value: names.fanInName }];
  const logs = names.logGroups.map((group, index) =>
    metricQuery(
      `logs${index}`,
      ["AWS/Logs", "IncomingBytes"],
      [{ Name: "LogGroupName", Value: group }],
      "Sum",
      HOUR,
    ),
  );
  const figures = names.consumers.flatMap((part) =>
    Object.entries(consumerMetrics(part, names.streamName)).map(([figure, [namespace, metric, of]]) => ({
      consumer: consumerKey(part),
      figure: figure as ConsumerFigure,
      metric,
      query: [namespace, metric, of] as const,
    })),
  );
  const data = await metricData(
    client,
    [
      metricQuery("records", ["AWS/Kinesis", "IncomingRecords"], stream, "Sum", HOUR),
      metricQuery("bytes", ["AWS/Kinesis", "IncomingBytes"], stream, "Sum", HOUR),
      metricQuery("bytesOut", ["AWS/Kinesis", "GetRecords.Bytes"], stream, "Sum", HOUR),
      metricQuery("calls", ["AWS/Lambda", "Invocations"], lambda, "Sum", HOUR),
      metricQuery("milliseconds", ["AWS/Lambda", "Duration"], lambda, "Sum", HOUR),
      ...logs,
      ...figures.map(({ query: [namespace, metric, of] }, index) =>
        metricQuery(`consumer${index}`, [namespace, metric], of, "Sum", HOUR),
      ),
    ],
    now - DAY_MS,
    now,
  );
  const records = metricSum(data("records"));
  if (records === undefined || records === 0) {
    return {};
  }
  const seconds = (now - earliest(data("records"), now)) / 1000;
  const known = (value: number, what: string): Known => ({
    value,
    origin: "observed",
    basis: `${what} of CloudWatch, the last ${Number((seconds / HOUR).toPrecision(2))} hours`,
  });
  const month = (sum: number) => (sum * HOURS * HOUR) / seconds;
  const bytes = metricSum(data("bytes"));
  const bytesOut = metricSum(data("bytesOut"));
  const calls = metricSum(data("calls"));
  const milliseconds = metricSum(data("milliseconds"));
  const consumers: Record<string, ConsumerUse> = {};
  for (const [index, { consumer, figure, metric }] of figures.entries()) {
    const sum = metricSum(data(`consumer${index}`));
    if (sum !== undefined) {
      consumers[consumer] = { ...consumers[consumer], [figure]: known(month(sum), metric) };
    }
  }
  const logged = logs.flatMap(({ Id = "" }) => metricSum(data(Id)) ?? []);
  return {
    changesPerSecond: known(records / seconds, "IncomingRecords"),
    ...(bytes !== undefined && { eventBytes: known(bytes / records, "IncomingBytes by IncomingRecords") }),
    ...(bytesOut !== undefined && { bytesOut: known(month(bytesOut), "GetRecords.Bytes") }),
    ...(calls !== undefined &&
      calls > 0 &&
      milliseconds !== undefined && {
        fanIn: {
          calls: known(month(calls), "Invocations"),
          milliseconds: known(milliseconds / calls, "Duration by Invocations"),
        },
      }),
    ...(logged.length > 0 && {
      logBytes: known(month(logged.reduce((sum, one) => sum + one, 0)), "IncomingBytes of the logs"),
    }),
    consumers,
  };
}

/** The beginning of the oldest period. */
function earliest({ times }: MetricValues, now: number): number {
  return times.reduce((first, time) => Math.min(first, time.getTime()), now - HOUR * 1000);
}

/** Reads all records of a stream from a time on, up to its tip. */
export type ReadStream = (from: number, onBytes: (bytes: number) => void) => Promise<void>;

/** Watches a pipeline for a while: DMS's counts before and after, and the events that come meanwhile. */
export async function observeNow(
  reader: StatusReader,
  readStream: ReadStream,
  seconds: number,
  signal: AbortSignal | undefined,
): Promise<Observed> {
  const before = await reader.read();
  await pause(seconds * 1000, signal);
  const after = await reader.read();
  const elapsed = (Date.parse(after.at) - Date.parse(before.at)) / 1000;
  let events = 0;
  let bytes = 0;
  await readStream(Date.parse(before.at), (size) => {
    events += 1;
    bytes += size;
  });
  const basis = `${Number(elapsed.toPrecision(2))} seconds of watching`;
  return {
    changesPerSecond: {
      value: Math.max(0, appliedChanges(after) - appliedChanges(before)) / elapsed,
      origin: "observed",
      basis: `DMS's counts of applied changes, ${basis}`,
    },
    ...(events > 0 && {
      eventBytes: { value: bytes / events, origin: "observed", basis: `${events} events, ${basis}` },
    }),
  };
}

function appliedChanges({ tables }: PipelineStatus): number {
  return tables.reduce(
    (sum, { applied }) => sum + (applied ? applied.inserts + applied.updates + applied.deletes : 0),
    0,
  );
}

/** What DynamoDB says of the tables' sizes, which it counts every six hours or so (DynamoDB API, DescribeTable). */
export async function observeSizes(
  client: DynamoDBClient,
  tableNames: readonly string[],
): Promise<ObservedSizes> {
  const tables = [...(await describeTables(client, tableNames)).values()];
  const bytes = tables.reduce((sum, { TableSizeBytes = 0 }) => sum + TableSizeBytes, 0);
  const items = tables.reduce((sum, { ItemCount = 0 }) => sum + ItemCount, 0);
  const basis = `DynamoDB's own count, hours old, of ${tables.length} tables`;
  return {
    storedBytes: { value: bytes, origin: "observed", basis },
    ...(bytes > 0 && items > 0 && { rowBytes: { value: bytes / items, origin: "observed", basis } }),
  };
}
