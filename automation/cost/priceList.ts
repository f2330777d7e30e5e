import { type Filter, type PricingClient, paginateGetProducts } from "@aws-sdk/client-pricing";
import { z } from "zod";
import type { DeployedParts } from "./deployedParts";
import type { Price, PriceKey, Prices } from "./prices";

/** The Price List API answers in a few regions, for all of them (AWS Price List API, endpoints). */
export const PRICE_LIST_REGION = "us-east-1";

/** Where a price is in the price list. */
interface Place {
  serviceCode: string;
  /**
   * The usage type without its region's prefix: `WriteRequestUnits` is `USE2-WriteRequestUnits` in Ohio. A product
   * whose usage type is another has another price, and is passed over.
   */
  usage?: string;
  /** A part of the usage type, where no source says what it is; several prices are then none. */
  usagePart?: string;
  /** Attributes that the product must have. */
  attributes?: Record<string, string>;
  /** How many of the price list's units there are in one of ours. */
  times?: number;
}

/** What of a stack decides on its prices. */
export type PricedParts = Pick<DeployedParts, "instance" | "serverless" | "fanIn" | "consumers">;

const MILLION = 1e6;

/** A region's prefix of a usage type: `USE2-`, `EU-`, `APN1-`, KMS's `us-east-2-`; none in the first region. */
const PREFIX = /^(?:(?!IA-)[A-Z]{2,4}\d?-|[a-z]{2}(?:-[a-z]+)+-\d-)?/;

/** The places of all prices, for what a stack is made of; undefined where the stack has no such part. */
export function pricePlaces(parts: PricedParts): Record<PriceKey, Place | undefined> {
  const { instance, serverless, fanIn, consumers } = parts;
  const nodeType = consumers.flatMap((one) =>
    one.kind === "warehouse" ? (one.cluster?.nodeType ?? []) : [],
  )[0];
  const arm = fanIn.architecture === "arm64" ? "-ARM" : "";
  const dynamo = (usage: string, times = 1): Place => ({ serviceCode: "AmazonDynamoDB", usage, times });
  const kinesis = (usage: string, times = 1): Place => ({ serviceCode: "AmazonKinesis", usage, times });
  const firehose = (usagePart: string, times = 1): Place => ({
    serviceCode: "AmazonKinesisFirehose",
    usagePart,
    times,
  });
  const flink = (usagePart: string): Place => ({ serviceCode: "AmazonKinesisAnalytics", usagePart });
  const redshift = (usage: string): Place => ({ serviceCode: "AmazonRedshift", usage });
  const cloudWatch = (usage: string): Place => ({ serviceCode: "AmazonCloudWatch", usage });
  return {
    dmsInstanceHour: instance && {
      serviceCode: "AWSDatabaseMigrationSvc",
      usage: `${instance.multiAz ? "Multi-AZUsg" : "InstanceUsg"}:${instance.class}`,
    },
    dmsStorageGbMonth: instance && {
      serviceCode: "AWSDatabaseMigrationSvc",
      attributes: { storageMedia: "SSD", availabilityZone: instance.multiAz ? "Multiple" : "Single" },
    },
    dmsServerlessDcuHour: serverless && {
      serviceCode: "AWSDatabaseMigrationSvc",
      usagePart: "DCU",
    },
    vpcEndpointHour: { serviceCode: "AmazonVPC", usage: "VpcEndpoint-Hours" },
    vpcEndpointGb: { serviceCode: "AmazonVPC", usage: "VpcEndpoint-Bytes" },
    natGatewayHour: { serviceCode: "AmazonEC2", usage: "NatGateway-Hours" },
    dynamoWriteMillion: dynamo("WriteRequestUnits", MILLION),
    dynamoReadMillion: dynamo("ReadRequestUnits", MILLION),
    dynamoWriteCapacityHour: dynamo("WriteCapacityUnit-Hrs"),
    dynamoReadCapacityHour: dynamo("ReadCapacityUnit-Hrs"),
    dynamoStorageGbMonth: dynamo("TimedStorage-ByteHrs"),
    dynamoBackupGbMonth: dynamo("TimedPITRStorage-ByteHrs"),
    lambdaRequestMillion: { serviceCode: "AWSLambda", usage: `Request${arm}`, times: MILLION },
    lambdaGbSecond: { serviceCode: "AWSLambda", usage: `Lambda-GB-Second${arm}` },
    kinesisStreamHour: kinesis("OnDemand-StreamHour"),
    kinesisGbIn: kinesis("OnDemand-BilledIncomingBytes"),
    kinesisGbOut: kinesis("OnDemand-BilledOutgoingBytes"),
    kinesisFanOutGb: kinesis("OnDemand-BilledOutgoingEFOBytes"),
    kinesisFanOutShardHour: kinesis("EnhancedFanoutHour"),
    kinesisFanOutShardGb: kinesis("ReadBytes"),
    kinesisRetentionGbMonth: kinesis("OnDemand-ExtendedRetention-ByteHrs"),
    kinesisLongRetentionGbMonth: kinesis("LongTermRetention-ByteHrs"),
    kinesisShardHour: kinesis("Storage-ShardHour"),
    kinesisPutMillion: kinesis("PutRequestPayloadUnits", MILLION),
    kinesisRetentionShardHour: kinesis("Extended-ShardHour"),
    kmsKeyMonth: { serviceCode: "awskms", usage: "KMS-Keys" },
    kmsRequestTenThousand: { serviceCode: "awskms", usage: "KMS-Requests", times: 10_000 },
    secretMonth: { serviceCode: "AWSSecretsManager", usage: "AWSSecretsManager-Secrets" },
    s3StorageGbMonth: { serviceCode: "AmazonS3", usage: "TimedStorage-ByteHrs" },
    s3PutThousand: { serviceCode: "AmazonS3", usage: "Requests-Tier1", times: 1000 },
    firehoseGb: firehose("BilledBytes"),
    firehosePartitionGb: firehose("DynamicPartitioning-Bytes"),
    firehoseObjectThousand: firehose("DynamicPartitioning-Objects", 1000),
    firehoseConversionGb: firehose("FormatConversion"),
    redshiftRpuHour: redshift("Redshift:ServerlessUsage"),
    redshiftNodeHour: nodeType === undefined ? undefined : redshift(`Node:${nodeType}`),
    redshiftStorageGbMonth: redshift(nodeType === undefined ? "RMS:Serverless" : `RMS:${nodeType}`),
    flinkKpuHour: flink("KPU-Hour"),
    flinkStorageGbMonth: flink("RunningApplicationStorage"),
    iotMessageMillion: { serviceCode: "AWSIoT", usagePart: "Messages", times: MILLION },
    logsGb: cloudWatch("DataProcessing-Bytes"),
    alarmMonth: cloudWatch("CW:AlarmMonitorUsage"),
    metricMonth: cloudWatch("CW:MetricMonitorUsage"),
    dashboardMonth: cloudWatch("DashboardsUsageHour"),
  };
}

/** Asks AWS for prices of a region. A price that cannot be had says why, and takes no other with it. */
export async function fetchPrices(
  client: PricingClient,
  region: string,
  keys: readonly PriceKey[],
  parts: PricedParts,
): Promise<Prices> {
  const places = pricePlaces(parts);
  const of: Prices["of"] = {};
  for (const key of new Set(keys)) {
    const place = places[key];
    of[key] = place ? await fetchPrice(client, region, place) : { missing: "the stack has no such part" };
  }
  return { source: `AWS's price list of ${region}, ${new Date().toISOString().slice(0, 10)}`, of };
}

async function fetchPrice(client: PricingClient, region: string, place: Place): Promise<Price> {
  const match = (Field: string, Value: string): Filter => ({ Type: "TERM_MATCH", Field, Value });
  const usage = place.usage ?? place.usagePart;
  const filters: Filter[] = [
    match("regionCode", region),
    ...(usage === undefined ? [] : [{ Type: "CONTAINS" as const, Field: "usagetype", Value: usage }]),
    ...Object.entries(place.attributes ?? {}).map(([name, value]) => match(name, value)),
  ];
  try {
    const products: string[] = [];
    const input = { ServiceCode: place.serviceCode, Filters: filters, FormatVersion: "aws_v1" };
    for await (const page of paginateGetProducts({ client }, input)) {
      products.push(...(page.PriceList ?? []).map(String));
    }
    return priceIn(products, place);
  } catch (error) {
    return { missing: `the price list cannot be read: ${(error as Error).message}` };
  }
}

const product = z.object({
  product: z.object({ attributes: z.record(z.string(), z.string()) }),
  terms: z.object({
    OnDemand: z.record(
      z.string(),
      z.object({
        priceDimensions: z.record(
          z.string(),
          z.object({
            beginRange: z.string().optional(),
            pricePerUnit: z.record(z.string(), z.string()),
          }),
        ),
      }),
    ),
  }),
});

/**
 * The price of a place in what GetProducts answered: JSON texts of products with their terms (AWS Billing user guide,
 * "Reading an offer file"). Of a price by tiers it is the first that is paid: free ones are not taken off. Pure.
 */
export function priceIn(
  products: readonly string[],
  { usage, times = 1 }: Pick<Place, "usage" | "times">,
): Price {
  const found = new Set<number>();
  for (const text of products) {
    const parsed = product.safeParse(json(text));
    if (!parsed.success) {
      return { missing: `the price list is not as it is documented: ${z.prettifyError(parsed.error)}` };
    }
    const { usagetype = "" } = parsed.data.product.attributes;
    if (usage !== undefined && usagetype.replace(PREFIX, "") !== usage) {
      continue;
    }
    const tiers = Object.values(parsed.data.terms.OnDemand)
      .flatMap(({ priceDimensions }) => Object.values(priceDimensions))
      .map(({ beginRange = "0", pricePerUnit }) => ({
        from: Number(beginRange),
        usd: Number(pricePerUnit.USD),
      }))
      .filter(({ usd }) => usd > 0)
      .sort((a, b) => a.from - b.from);
    if (tiers[0]) {
      found.add(tiers[0].usd);
    }
  }
  const [usd, another] = found;
  if (usd === undefined) {
    return { missing: "the price list has no such product in this region" };
  }
  if (another !== undefined) {
    return { missing: `the price list has ${found.size} such products: ${[...found].join(", ")} USD` };
  }
  return { usd: usd * times };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
