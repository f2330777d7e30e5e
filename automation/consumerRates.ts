import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { consumerMetrics, type FigureMetric } from "./cost/consumerQuantities";
import { type ConsumerPart, consumerKey, deployedParts } from "./cost/deployedParts";
import { metricData, metricQuery, metricSum } from "./metricData";
import { stackSnapshot } from "./stackSnapshot";
import { requireOutputs } from "./tables";
import { openStack, type WorkspaceOptions } from "./workspace";

/** Events a second that consumers take, by {@link rateKey}; one that nobody counts is absent. */
export type ConsumerRates = ReadonlyMap<string, number>;

/** The component of each kind, as the stack's snapshot names consumers. */
const KINDS = {
  ChangeHandler: "function",
  DeviceBridge: "function",
  DataLake: "lake",
  Warehouse: "warehouse",
  Analytics: "analytics",
} as const satisfies Record<string, ConsumerPart["kind"]>;

/** The key of a consumer by its component's kind, e.g. `DataLake`, and its name. */
export function rateKey({ kind, name }: { kind: string; name: string }): string {
  return `${KINDS[kind as keyof typeof KINDS] ?? kind} ${name}`;
}

/** The window of the figures in seconds, and the time that the newest ones may be late. */
const WINDOW = 300;
const LATE = 60;

/** How long rates are remembered, in milliseconds: there is a figure a minute, and each has its price. */
const REMEMBERED_MS = 60_000;

/**
 * Opens a stack for the reading of what its consumers take, as often as is wanted. Where CloudWatch cannot be read,
 * nothing is known of any.
 *
 * @throws RowstreamError `StackNotDeployed`
 */
export async function openConsumerRates(options: WorkspaceOptions): Promise<() => Promise<ConsumerRates>> {
  const stack = await openStack(options);
  const deployment = await stack.exported();
  const outputs = requireOutputs(stack.name, stackSnapshot(deployment).outputs);
  const { consumers } = deployedParts(deployment, outputs);
  const client = new CloudWatchClient({ region: outputs.region });
  let last: { at: number; rates: Promise<ConsumerRates> } | undefined;
  return () => {
    if (last === undefined || Date.now() - last.at >= REMEMBERED_MS) {
      const rates = readConsumerRates(client, consumers, outputs.streamName, Date.now());
      last = { at: Date.now(), rates: rates.catch(() => new Map()) };
    }
    return last.rates;
  };
}

/**
 * Reads how many events each consumer took, on average over five minutes:
 *
 * - of a data lake, the records that Firehose read (`DataReadFromKinesisStream.Records`);
 * - of a function, the events that it handled: it writes one small item for each into the table that tells repeats
 *   (`ConsumedWriteCapacityUnits`); without that table, the records of its registered consumer
 *   (`SubscribeToShardEvent.Records`), before the filter;
 * - of a warehouse, of the analytics, and of a function with neither, nothing counts them.
 *
 * @param now milliseconds since 1970
 */
export async function readConsumerRates(
  client: CloudWatchClient,
  consumers: readonly ConsumerPart[],
  streamName: string,
  now: number,
): Promise<ConsumerRates> {
  const counted = consumers.flatMap((part) => {
    const metric = recordsMetric(part, streamName);
    return metric === undefined ? [] : [{ key: consumerKey(part), metric }];
  });
  const rates = new Map<string, number>();
  if (counted.length === 0) {
    return rates;
  }
  const until = now - LATE * 1000;
  const queries = counted.map(({ metric: [namespace, name, of] }, index) =>
    metricQuery(`consumer${index}`, [namespace, name], of, "Sum", 60),
  );
  const data = await metricData(client, queries, until - WINDOW * 1000, until);
  for (const [index, { key }] of counted.entries()) {
    const sum = metricSum(data(`consumer${index}`));
    if (sum !== undefined) {
      rates.set(key, sum / WINDOW);
    }
  }
  return rates;
}

function recordsMetric(part: ConsumerPart, streamName: string): FigureMetric | undefined {
  const { records, writes, fanOutBytes } = consumerMetrics(part, streamName);
  return (
    records ?? writes ?? (fanOutBytes && [fanOutBytes[0], "SubscribeToShardEvent.Records", fanOutBytes[2]])
  );
}
