import type { Dimension } from "@aws-sdk/client-cloudwatch";
import type { CostQuantity, Known } from "./costEstimate";
import {
  type AnalyticsConsumer,
  type ConsumerPart,
  consumerKey,
  type FunctionConsumer,
  type LakeConsumer,
  type WarehouseConsumer,
} from "./deployedParts";
import {
  assumedUse,
  changesInMonth,
  functionLines,
  GB,
  HOURS,
  type Line,
  linesOf,
  MILLION,
  rateText,
  short,
  weaker,
} from "./month";
import type { CostUse } from "./quantities";

/** What CloudWatch counts of consumers; which of it is of one, its kind says. */
export type ConsumerFigure =
  | "calls"
  | "milliseconds"
  | "writes"
  | "reads"
  | "fanOutBytes"
  | "records"
  | "bytes"
  | "objects"
  | "bytesDelivered"
  | "computeSeconds";

/** What was measured of a consumer, as sums of a month; what was not is absent. */
export type ConsumerUse = Partial<Record<ConsumerFigure, Known>>;

/** A metric that counts one figure of a consumer. */
export type FigureMetric = readonly [namespace: string, name: string, of: Dimension[]];

/** The metrics that a consumer's figures are sums of. */
export function consumerMetrics(
  part: ConsumerPart,
  streamName: string,
): Partial<Record<ConsumerFigure, FigureMetric>> {
  switch (part.kind) {
    case "function": {
      const lambda = [{ Name: "FunctionName", Value: part.functionName }];
      const dynamo = [{ Name: "TableName", Value: part.appliedTable ?? "" }];
      const fanOut = [
        { Name: "StreamName", Value: streamName },
        { Name: "ConsumerName", Value: part.fanOut ?? "" },
      ];
      return {
        calls: ["AWS/Lambda", "Invocations", lambda],
        milliseconds: ["AWS/Lambda", "Duration", lambda],
        ...(part.appliedTable !== undefined && {
          writes: ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", dynamo],
          reads: ["AWS/DynamoDB", "ConsumedReadCapacityUnits", dynamo],
        }),
        ...(part.fanOut !== undefined && {
          fanOutBytes: ["AWS/Kinesis", "SubscribeToShardEvent.Bytes", fanOut],
        }),
      };
    }
    case "lake": {
      const firehose = [{ Name: "DeliveryStreamName", Value: part.deliveryStream }];
      return {
        records: ["AWS/Firehose", "DataReadFromKinesisStream.Records", firehose],
        bytes: ["AWS/Firehose", "DataReadFromKinesisStream.Bytes", firehose],
        objects: ["AWS/Firehose", "DeliveryToS3.ObjectCount", firehose],
        bytesDelivered: ["AWS/Firehose", "DeliveryToS3.Bytes", firehose],
      };
    }
    case "warehouse":
      return part.workgroup === undefined
        ? {}
        : {
            computeSeconds: [
              "AWS/Redshift-Serverless",
              "ComputeSeconds",
              [{ Name: "Workgroup", Value: part.workgroup.name }],
            ],
          };
    case "analytics":
      return {};
  }
}

/** What the consumers of the stack use in a month, each by its name. Pure. */
export function* consumerLines(use: CostUse): Generator<CostQuantity> {
  const line = linesOf("consumers");
  for (const part of use.parts.consumers) {
    const own: Line = (item, ...rest) => line(`${part.name}: ${item}`, ...rest);
    const measured = use.consumers?.[consumerKey(part)] ?? {};
    switch (part.kind) {
      case "function":
        yield* handlerLines(own, part, use, measured);
        break;
      case "lake":
        yield* lakeLines(own, part, use, measured);
        break;
      case "warehouse":
        yield* warehouseLines(own, part, use, measured);
        break;
      case "analytics":
        yield* analyticsLines(own, part);
        break;
    }
  }
}

/** All changes of a month, where nothing says how many of them a consumer gets. */
function allChanges({ rates }: CostUse): Known {
  return {
    value: changesInMonth(rates),
    origin: "assumed",
    basis: `every change reaches it: ${rateText(rates)}`,
  };
}

function* handlerLines(
  line: Line,
  part: FunctionConsumer,
  use: CostUse,
  { calls, milliseconds, writes, reads, fanOutBytes }: ConsumerUse,
): Generator<CostQuantity> {
  const lanes = Math.max(1, use.stream.openShards ?? 1);
  const called =
    calls && milliseconds
      ? { calls, milliseconds: perCall(calls, milliseconds) }
      : assumedUse(use.rates, { lanes, of: "shards", ...part.mapping });
  yield* functionLines(line, "", part, called);
  const events = writes ?? allChanges(use);
  if (part.appliedTable !== undefined) {
    yield line("repeats told, writes", events.value / MILLION, "dynamoWriteMillion", events);
    const read = reads ?? events;
    yield line("repeats told, reads", read.value / MILLION, "dynamoReadMillion", read);
  }
  if (part.fanOut !== undefined) {
    yield* fanOutLines(line, use, fanOutBytes);
  }
  if (part.messages) {
    const pieces = Math.max(1, Math.ceil(use.rates.eventBytes.value / 5120));
    yield line("messages", (events.value * pieces) / MILLION, "iotMessageMillion", {
      origin: weaker(events, use.rates.eventBytes),
      basis: `${events.basis}; ${pieces} of 5 KB each, without those that devices get`,
    });
  }
}

function perCall(calls: Known, milliseconds: Known): Known {
  return {
    ...milliseconds,
    value: calls.value === 0 ? 0 : milliseconds.value / calls.value,
    basis: `${milliseconds.basis}, by calls`,
  };
}

function* fanOutLines(line: Line, use: CostUse, measured: Known | undefined): Generator<CostQuantity> {
  const { rates, stream } = use;
  const changes = allChanges(use);
  const bytes = measured ?? {
    value: changes.value * rates.eventBytes.value,
    origin: weaker(changes, rates.eventBytes),
    basis: changes.basis,
  };
  if (stream.mode !== "provisioned") {
    yield line("enhanced fan-out", bytes.value / GB, "kinesisFanOutGb", bytes);
    return;
  }
  const shards = stream.openShards ?? 0;
  yield line("enhanced fan-out, shards", shards * HOURS, "kinesisFanOutShardHour", {
    origin: "deployed",
    basis: `one consumer of ${shards} shards, ${HOURS} hours`,
  });
  yield line("enhanced fan-out", bytes.value / GB, "kinesisFanOutShardGb", bytes);
}

/** The steps in which Firehose bills a record of a stream, in bytes (Amazon Data Firehose, pricing). */
const FIREHOSE_STEP = 5 * 1024;

/** What gzip or Parquet leaves of an event, where no bytes were measured. */
const COMPRESSED = 0.2;

function* lakeLines(
  line: Line,
  part: LakeConsumer,
  use: CostUse,
  measured: ConsumerUse,
): Generator<CostQuantity> {
  const records = measured.records ?? allChanges(use);
  const each: Known =
    measured.records && measured.bytes && measured.records.value > 0
      ? { ...measured.bytes, value: measured.bytes.value / measured.records.value }
      : use.rates.eventBytes;
  const billed = Math.max(1, Math.ceil(each.value / FIREHOSE_STEP)) * FIREHOSE_STEP;
  const origin = weaker(records, each);
  const data = { origin, basis: `${records.basis}; ${short(each.value)} bytes each` };
  const gb = (records.value * each.value) / GB;
  yield line("data in", (records.value * billed) / GB, "firehoseGb", {
    origin,
    basis: `${data.basis}, rounded up to ${billed / 1024} KB`,
  });
  yield line("partitioning", gb, "firehosePartitionGb", {
    ...data,
    basis: `${data.basis}; without the hours of its JSON parser`,
  });
  if (part.parquet) {
    yield line("conversion to Parquet", gb, "firehoseConversionGb", data);
  }
  const objects = measured.objects ?? assumedObjects(part, use, records);
  yield line("files delivered", objects.value / 1000, "firehoseObjectThousand", objects);
  yield line("files written", objects.value / 1000, "s3PutThousand", objects);
  const delivered = measured.bytesDelivered ?? {
    value: gb * GB * COMPRESSED,
    origin: "assumed" as const,
    basis: `${data.basis}, compressed to a fifth`,
  };
  yield line("files of a month", delivered.value / GB, "s3StorageGbMonth", {
    ...delivered,
    basis: `${delivered.basis}; each month adds as much, for as long as files are kept`,
  });
}

/** A file for each table whenever the buffer's time is over, and no more files than events. */
function assumedObjects({ bufferSeconds }: LakeConsumer, { parts }: CostUse, records: Known): Known {
  const tables = Math.max(1, parts.tables.length);
  return {
    value: Math.min(records.value, (tables * HOURS * 3600) / bufferSeconds),
    origin: "assumed",
    basis: `a file of each of ${tables} tables every ${bufferSeconds} s, and no more than events`,
  };
}

function* warehouseLines(
  line: Line,
  { workgroup, cluster }: WarehouseConsumer,
  use: CostUse,
  { computeSeconds }: ConsumerUse,
): Generator<CostQuantity> {
  if (workgroup) {
    yield computeSeconds
      ? line("capacity", computeSeconds.value / 3600, "redshiftRpuHour", computeSeconds)
      : line("capacity", workgroup.baseRpu * HOURS, "redshiftRpuHour", {
          origin: "assumed",
          basis: `its base of ${workgroup.baseRpu} RPU all the time, as the stream is read all the time`,
        });
  }
  if (cluster) {
    yield line(`nodes ${cluster.nodeType}`, cluster.nodes * HOURS, "redshiftNodeHour", {
      origin: "deployed",
      basis: `${cluster.nodes} of ${cluster.nodeType}, ${HOURS} hours`,
    });
  }
  const changes = allChanges(use);
  yield line(
    "changes of a month",
    (changes.value * use.rates.eventBytes.value * COMPRESSED) / GB,
    "redshiftStorageGbMonth",
    { ...changes, basis: `${changes.basis}, compressed to a fifth; each month adds as much` },
  );
}

/** The storage of a running application, in GB for each processing unit (Managed Service for Apache Flink, pricing). */
const FLINK_GB_A_KPU = 50;

function* analyticsLines(line: Line, { kpus, autoScaling }: AnalyticsConsumer): Generator<CostQuantity> {
  const origin = autoScaling ? "assumed" : "deployed";
  const added = autoScaling ? "; what auto scaling adds is not in it" : "";
  const units = kpus === 1 ? "1 processing unit" : `${kpus} processing units`;
  // Each application is charged one more, for its orchestration (the same).
  yield line("processing units", (kpus + 1) * HOURS, "flinkKpuHour", {
    origin,
    basis: `${units} and one of the service's own, ${HOURS} hours${added}`,
  });
  yield line("storage of the running application", kpus * FLINK_GB_A_KPU, "flinkStorageGbMonth", {
    origin,
    basis: `${units}, ${FLINK_GB_A_KPU} GB each${added}`,
  });
  yield line("stream of its results", HOURS, "kinesisStreamHour", {
    origin: "deployed",
    basis: `one on-demand stream, ${HOURS} hours, without the few results in it`,
  });
}
