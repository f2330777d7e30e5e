import { z } from "zod";
import { RowstreamError } from "../errors";

/** What each price is of: the unit of the number, and what it is paid for. All in USD. */
export const PRICE_UNITS = {
  dmsInstanceHour: "an hour of the stack's replication instance, of its class, in one zone or two as it is",
  dmsStorageGbMonth: "a GB and month of the replication instance's storage, in one zone or two as it is",
  dmsServerlessDcuHour: "a DCU and hour of DMS Serverless, in one zone or two as it is",
  vpcEndpointHour: "an hour of an interface endpoint in one zone",
  vpcEndpointGb: "a GB through interface endpoints",
  natGatewayHour: "an hour of a NAT gateway",
  dynamoWriteMillion: "a million write request units of on-demand tables",
  dynamoWriteCapacityHour: "an hour of a provisioned write capacity unit",
  dynamoReadCapacityHour: "an hour of a provisioned read capacity unit",
  dynamoStorageGbMonth: "a GB and month in tables",
  dynamoBackupGbMonth: "a GB and month of point-in-time recovery",
  lambdaRequestMillion: "a million calls of a function, of the fan-in's architecture",
  lambdaGbSecond: "a GB and second of a function, of the fan-in's architecture",
  kinesisStreamHour: "an hour of an on-demand stream",
  kinesisGbIn: "a GB into an on-demand stream",
  kinesisGbOut: "a GB out of an on-demand stream, without enhanced fan-out",
  kinesisRetentionGbMonth: "a GB and month kept by an on-demand stream after its first day, up to a week",
  kinesisLongRetentionGbMonth: "a GB and month kept by a stream after its first week",
  kinesisShardHour: "an hour of a shard of a provisioned stream",
  kinesisPutMillion: "a million payload units of 25 KB into a provisioned stream",
  kinesisRetentionShardHour: "an hour of a shard that keeps records after their first day, up to a week",
  kmsKeyMonth: "a month of a key",
  kmsRequestTenThousand: "ten thousand requests to KMS",
  secretMonth: "a month of a secret",
  s3StorageGbMonth: "a GB and month in S3's standard class",
  logsGb: "a GB into CloudWatch's logs",
  alarmMonth: "a month of an alarm",
  metricMonth: "a month of a metric of one's own",
  dashboardMonth: "a month of a dashboard",
} as const;

/** What a price is of. */
export type PriceKey = keyof typeof PRICE_UNITS;

/** Every price there is a name for. */
export const PRICE_KEYS = Object.keys(PRICE_UNITS) as PriceKey[];

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
