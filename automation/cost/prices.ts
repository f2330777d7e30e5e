import { z } from "zod";
import { RowstreamError } from "../errors";

/** What each price is of: the unit of the quantity that it is multiplied with, and what it is paid for. All in USD. */
export const PRICES = {
  dmsInstanceHour: {
    unit: "hour",
    of: "an hour of the stack's replication instance, of its class, in one zone or two as it is",
  },
  dmsStorageGbMonth: {
    unit: "GB-month",
    of: "a GB and month of the replication instance's storage, in one zone or two as it is",
  },
  dmsServerlessDcuHour: {
    unit: "DCU-hour",
    of: "a DCU and hour of DMS Serverless, in one zone or two as it is",
  },
  vpcEndpointHour: { unit: "hour", of: "an hour of an interface endpoint in one zone" },
  vpcEndpointGb: { unit: "GB", of: "a GB through interface endpoints" },
  natGatewayHour: { unit: "hour", of: "an hour of a NAT gateway" },
  dynamoWriteMillion: { unit: "million units", of: "a million write request units of on-demand tables" },
  dynamoReadMillion: { unit: "million units", of: "a million read request units of on-demand tables" },
  dynamoWriteCapacityHour: { unit: "unit-hour", of: "an hour of a provisioned write capacity unit" },
  dynamoReadCapacityHour: { unit: "unit-hour", of: "an hour of a provisioned read capacity unit" },
  dynamoStorageGbMonth: { unit: "GB-month", of: "a GB and month in tables" },
  dynamoBackupGbMonth: { unit: "GB-month", of: "a GB and month of point-in-time recovery" },
  lambdaRequestMillion: {
    unit: "million calls",
    of: "a million calls of a function, of the fan-in's architecture",
  },
  lambdaGbSecond: { unit: "GB-second", of: "a GB and second of a function, of the fan-in's architecture" },
  kinesisStreamHour: { unit: "hour", of: "an hour of an on-demand stream" },
  kinesisGbIn: { unit: "GB", of: "a GB into an on-demand stream" },
  kinesisGbOut: { unit: "GB", of: "a GB out of an on-demand stream, without enhanced fan-out" },
  kinesisFanOutGb: { unit: "GB", of: "a GB out of an on-demand stream by enhanced fan-out" },
  kinesisFanOutShardHour: {
    unit: "shard-hour",
    of: "an hour of a shard and a registered consumer of a provisioned stream",
  },
  kinesisFanOutShardGb: { unit: "GB", of: "a GB out of a provisioned stream by enhanced fan-out" },
  kinesisRetentionGbMonth: {
    unit: "GB-month",
    of: "a GB and month kept by an on-demand stream after its first day, up to a week",
  },
  kinesisLongRetentionGbMonth: {
    unit: "GB-month",
    of: "a GB and month kept by a stream after its first week",
  },
  kinesisShardHour: { unit: "shard-hour", of: "an hour of a shard of a provisioned stream" },
  kinesisPutMillion: {
    unit: "million units",
    of: "a million payload units of 25 KB into a provisioned stream",
  },
  kinesisRetentionShardHour: {
    unit: "shard-hour",
    of: "an hour of a shard that keeps records after their first day, up to a week",
  },
  kmsKeyMonth: { unit: "key-month", of: "a month of a key" },
  kmsRequestTenThousand: { unit: "ten thousand", of: "ten thousand requests to KMS" },
  secretMonth: { unit: "secret-month", of: "a month of a secret" },
  s3StorageGbMonth: { unit: "GB-month", of: "a GB and month in S3's standard class" },
  s3PutThousand: { unit: "thousand", of: "a thousand objects written to S3" },
  firehoseGb: { unit: "GB", of: "a GB into Firehose from a stream, each record rounded up to 5 KB" },
  firehosePartitionGb: { unit: "GB", of: "a GB through Firehose's dynamic partitioning" },
  firehoseObjectThousand: {
    unit: "thousand",
    of: "a thousand objects that Firehose's dynamic partitioning delivers",
  },
  firehoseConversionGb: { unit: "GB", of: "a GB that Firehose converts to Parquet" },
  redshiftRpuHour: { unit: "RPU-hour", of: "an RPU and hour of Redshift Serverless" },
  redshiftNodeHour: { unit: "node-hour", of: "an hour of a node of the stack's cluster, of its type" },
  redshiftStorageGbMonth: { unit: "GB-month", of: "a GB and month in Redshift's managed storage" },
  flinkKpuHour: { unit: "KPU-hour", of: "an hour of a processing unit of Managed Service for Apache Flink" },
  flinkStorageGbMonth: { unit: "GB-month", of: "a GB and month of a running Flink application" },
  iotMessageMillion: {
    unit: "million messages",
    of: "a million messages of up to 5 KB that AWS IoT Core takes",
  },
  logsGb: { unit: "GB", of: "a GB into CloudWatch's logs" },
  alarmMonth: { unit: "alarm-month", of: "a month of an alarm" },
  metricMonth: { unit: "metric-month", of: "a month of a metric of one's own" },
  dashboardMonth: { unit: "dashboard-month", of: "a month of a dashboard" },
} as const;

/** What a price is of. */
export type PriceKey = keyof typeof PRICES;

/** Every price there is a name for. */
export const PRICE_KEYS = Object.keys(PRICES) as PriceKey[];

/** One price: in USD, or the reason why there is none. */
export type Price = { usd: number } | { missing: string };

/** Where a price came from, and the price of each key; a key that nobody asked for is absent. */
export interface Prices {
  /** `file` with its date, or `price list`. */
  source: string;
  of: Partial<Record<PriceKey, Price>>;
}

const price = z.number().nonnegative();

const pricesFile = z.strictObject({
  /** The day the prices were looked up, for the reader. */
  asOf: z.iso.date(),
  /** For the reader, too. */
  note: z.string().optional(),
  currency: z.literal("USD"),
  prices: z.strictObject(
    Object.fromEntries(PRICE_KEYS.map((key) => [key, price.optional()])) as Record<
      PriceKey,
      z.ZodOptional<typeof price>
    >,
  ),
});

/**
 * Reads a file of prices: `{"asOf": "2026-11-27", "currency": "USD", "prices": {"kmsKeyMonth": 1, …}}`. A key that is
 * not in it has no price.
 *
 * @param path the file's name, for messages
 * @throws RowstreamError `PricesInvalid`, which names each key at fault
 */
export function readPrices(text: string, path: string): Prices {
  const parsed = pricesFile.safeParse(parseJson(text, path));
  if (!parsed.success) {
    throw invalid(path, z.prettifyError(parsed.error));
  }
  const { asOf, prices } = parsed.data;
  const missing = { missing: `${path} has no price for it` };
  return {
    source: `${path}, as of ${asOf}`,
    of: Object.fromEntries(
      PRICE_KEYS.map((key) => {
        const usd = prices[key];
        return [key, usd === undefined ? missing : { usd }];
      }),
    ),
  };
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(path, (error as Error).message);
  }
}

function invalid(path: string, why: string): RowstreamError {
  return new RowstreamError("PricesInvalid", "user", `${path} is no file of prices:\n${why}`, {
    remedy: "docs/prices.example.json shows one, with every key there is",
  });
}
