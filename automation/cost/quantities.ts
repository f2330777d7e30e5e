import type { PipelineStatus } from "../status/pipelineStatus";
import type { CostQuantity, Known, Origin, Rates } from "./costEstimate";
import type { DeployedParts } from "./deployedParts";

/** A month, as AWS's own calculator counts it. */
export const HOURS = 730;

const SECONDS = HOURS * 3600;
const GB = 1024 ** 3;
const MILLION = 1e6;

/** DMS makes its tables with so many write and so many read units (AWS DMS user guide, CHAP_Target.DynamoDB). */
const DMS_TABLE_UNITS = 200;

/** DynamoDB and Kinesis use a data key for so long (DynamoDB developer guide, encryption.usagenotes). */
const DATA_KEY_SECONDS = 300;

/** The inspector looks every five minutes, and writes so many metrics (docs/operations.md). */
const INSPECTIONS = HOURS * 12;
const INSPECTOR_METRICS = 4;

/** What of the fan-in was measured. */
export interface FanInUse {
  /** Calls in a month. */
  calls: Known;
  /** Milliseconds of a call, on average. */
  milliseconds: Known;
}

/** What the quantities of a month are made of. */
export interface CostUse {
  parts: DeployedParts;
  rates: Rates;
  /** Bytes in all adopted tables. */
  storedBytes: Known;
  /** Tables that DMS has made and the stack has not adopted. */
  strayTables: number;
  stream: Pick<PipelineStatus["stream"], "mode" | "openShards" | "retentionHours">;
  /** Objects in the failure bucket. */
  failures: number;
  /** Bytes that go out of the change stream in a month; undefined where it was not measured. */
  bytesOut?: Known | undefined;
  /** What the fan-in does; undefined where it was not measured. */
  fanIn?: FanInUse | undefined;
  /** Bytes of logs in a month; undefined where they were not measured. */
  logBytes?: Known | undefined;
}

/** What a pipeline uses in a month, line by line, in the units that are priced. Pure. */
export function quantities(use: CostUse): CostQuantity[] {
  const fanIn = use.fanIn ?? assumedFanIn(use);
  const logs = use.logBytes ?? assumedLogs(fanIn);
  return [
    ...replication(use),
    ...network(use, logs),
    ...tables(use),
    ...fanInLines(use, fanIn),
    ...(use.stream.mode === "provisioned" ? provisionedStream(use) : onDemandStream(use)),
    ...encryption(use),
    ...failures(use),
    ...monitoring(use, logs),
  ];
}

function replication({ parts }: CostUse): CostQuantity[] {
  const component = "replication";
  const { instance, serverless } = parts;
  const zones = (multiAz: boolean) => (multiAz ? "in two zones" : "in one zone");
  return [
    ...(instance
      ? [
          line(component, `instance ${instance.class}`, HOURS, "hour", "dmsInstanceHour", {
            origin: "deployed",
            basis: `one ${instance.class} ${zones(instance.multiAz)}, ${HOURS} hours`,
          }),
          line(component, "storage", instance.storageGib, "GB-month", "dmsStorageGbMonth", {
            origin: "deployed",
            basis: `${instance.storageGib} GiB ${zones(instance.multiAz)}; some classes include storage, which is not taken off`,
          }),
        ]
      : []),
    ...(serverless
      ? [
          line(component, "serverless", serverless.minDcu * HOURS, "DCU-hour", "dmsServerlessDcuHour", {
            origin: "assumed",
            basis: `the least capacity all the time: ${serverless.minDcu} DCU ${zones(serverless.multiAz)}; it may grow to ${serverless.maxDcu}`,
          }),
        ]
      : []),
  ];
}

function network({ parts }: CostUse, logs: Known): CostQuantity[] {
  const { interfaceEndpoints, natGateways } = parts;
  return [
    ...(interfaceEndpoints > 0
      ? [
          line("network", "interface endpoints", interfaceEndpoints * HOURS, "hour", "vpcEndpointHour", {
            origin: "deployed",
            basis: `${interfaceEndpoints} endpoints times zones, ${HOURS} hours`,
          }),
          line("network", "data through interface endpoints", logs.value / GB, "GB", "vpcEndpointGb", {
            ...logs,
            basis: `the logs, which are all that goes through them: ${logs.basis}`,
          }),
        ]
      : []),
    ...(natGateways > 0
      ? [
          line("network", "NAT gateways", natGateways * HOURS, "hour", "natGatewayHour", {
            origin: "deployed",
            basis: `${natGateways} gateways, ${HOURS} hours; without what goes through them`,
          }),
        ]
      : []),
  ];
}

function tables({ parts, rates, storedBytes, strayTables }: CostUse): CostQuantity[] {
  const component = "tables";
  const onDemand = parts.tables.filter(({ capacity }) => capacity === undefined).length;
  const share = parts.tables.length === 0 ? 0 : onDemand / parts.tables.length;
  const units = Math.max(1, Math.ceil(rates.rowBytes.value / 1024));
  const writes = changesInMonth(rates) * units * share;
  const provisioned = (what: "read" | "write") =>
    parts.tables.reduce((sum, { capacity }) => sum + (capacity?.[what] ?? 0), 0);
  const recovered = parts.tables.filter(({ recovery }) => recovery).length;
  const stored = storedBytes.value / GB;
  return [
    line(component, "writes", writes / MILLION, "million units", "dynamoWriteMillion", {
      origin: weaker(rates.changesPerSecond, rates.rowBytes),
      basis: `${rateText(rates)}, ${units} units each${share < 1 ? `, ${percent(share)} of the tables on demand and as busy as the others` : ""}`,
    }),
    ...(share < 1
      ? (["write", "read"] as const).map((what) =>
          line(
            component,
            `provisioned ${what} capacity`,
            provisioned(what) * HOURS,
            "unit-hour",
            what === "write" ? "dynamoWriteCapacityHour" : "dynamoReadCapacityHour",
            {
              origin: "deployed",
              basis: `${provisioned(what)} units, as the stack's last update left them, ${HOURS} hours`,
            },
          ),
        )
      : []),
    ...(strayTables > 0
      ? (["write", "read"] as const).map((what) =>
          line(
            component,
            `tables that nobody adopted, ${what}s`,
            strayTables * DMS_TABLE_UNITS * HOURS,
            "unit-hour",
            what === "write" ? "dynamoWriteCapacityHour" : "dynamoReadCapacityHour",
            {
              origin: "assumed",
              basis: `${strayTables} tables as DMS makes them, at ${DMS_TABLE_UNITS} units; \`rowstream up\` takes them in`,
            },
          ),
        )
      : []),
    line(component, "storage", stored, "GB-month", "dynamoStorageGbMonth", storedBytes),
    line(
      component,
      "point-in-time recovery",
      parts.tables.length === 0 ? 0 : (stored * recovered) / parts.tables.length,
      "GB-month",
      "dynamoBackupGbMonth",
      {
        ...storedBytes,
        basis: `${recovered} of ${parts.tables.length} tables; ${storedBytes.basis}`,
      },
    ),
  ];
}

function fanInLines({ parts }: CostUse, { calls, milliseconds }: FanInUse): CostQuantity[] {
  const memoryGb = parts.fanIn.memoryMib / 1024;
  return [
    line("fan-in", "calls", calls.value / MILLION, "million calls", "lambdaRequestMillion", calls),
    line(
      "fan-in",
      "run time",
      (calls.value * milliseconds.value * memoryGb) / 1000,
      "GB-second",
      "lambdaGbSecond",
      {
        origin: weaker(calls, milliseconds),
        basis: `${number(milliseconds.value)} ms a call (${milliseconds.basis}), ${parts.fanIn.memoryMib} MiB, ${parts.fanIn.architecture}; reading the tables' streams is free for Lambda`,
      },
    ),
  ];
}

/** Calls of the fan-in where none were counted: a batch each time the window ends, or it is full. */
function assumedFanIn({ parts, rates }: CostUse): FanInUse {
  const { batchSize, windowSeconds } = parts.mapping;
  const feeds = Math.max(1, parts.tables.length);
  const perTable = rates.changesPerSecond.value / feeds;
  const callsPerSecond = Math.max(
    perTable / batchSize,
    Math.min(perTable, windowSeconds > 0 ? 1 / windowSeconds : perTable),
  );
  const calls = callsPerSecond * feeds * SECONDS;
  const records = callsPerSecond === 0 ? 0 : perTable / callsPerSecond;
  return {
    calls: {
      value: calls,
      origin: "assumed",
      basis: `${feeds} tables equally busy, a batch when ${windowSeconds} s are over or ${batchSize} records are there`,
    },
    milliseconds: {
      value: 50 + records / 2,
      origin: "assumed",
      basis: `50 ms and half a millisecond for each of ${number(records)} records`,
    },
  };
}

function onDemandStream(use: CostUse): CostQuantity[] {
  const component = "change stream";
  const { rates } = use;
  // Each record is rounded up to a KB (Amazon Kinesis Data Streams, pricing of on-demand streams).
  const kib = Math.max(1, Math.ceil(rates.eventBytes.value / 1024));
  const gb = (changesInMonth(rates) * kib) / 1024 ** 2;
  const origin = weaker(rates.changesPerSecond, rates.eventBytes);
  return [
    line(component, "stream", HOURS, "hour", "kinesisStreamHour", {
      origin: "deployed",
      basis: `one stream on demand, ${HOURS} hours`,
    }),
    line(component, "data in", gb, "GB", "kinesisGbIn", {
      origin,
      basis: `${rateText(rates)}, events of ${number(rates.eventBytes.value)} bytes, rounded up to ${kib} KB`,
    }),
    dataOut(use, gb),
    ...kept(use, gb, origin),
  ];
}

function dataOut({ bytesOut }: CostUse, gbIn: number): CostQuantity {
  return bytesOut
    ? line("change stream", "data out", bytesOut.value / GB, "GB", "kinesisGbOut", bytesOut)
    : line("change stream", "data out", gbIn, "GB", "kinesisGbOut", {
        origin: "assumed",
        basis: "one consumer that reads every event once, without enhanced fan-out",
      });
}

function provisionedStream(use: CostUse): CostQuantity[] {
  const component = "change stream";
  const { rates, stream } = use;
  const shards = stream.openShards ?? 0;
  const events = changesInMonth(rates);
  const payloads = Math.max(1, Math.ceil(rates.eventBytes.value / (25 * 1024)));
  const retention = stream.retentionHours ?? 24;
  const gb = (events * rates.eventBytes.value) / GB;
  const origin = weaker(rates.changesPerSecond, rates.eventBytes);
  return [
    line(component, "shards", shards * HOURS, "shard-hour", "kinesisShardHour", {
      origin: "deployed",
      basis: `${shards} shards, ${HOURS} hours`,
    }),
    line(component, "records in", (events * payloads) / MILLION, "million units", "kinesisPutMillion", {
      origin,
      basis: `${rateText(rates)}, ${payloads} payload units of 25 KB each`,
    }),
    ...(retention > 24
      ? [
          line(component, "retention", shards * HOURS, "shard-hour", "kinesisRetentionShardHour", {
            origin: "deployed",
            basis: `${shards} shards that keep records for ${retention} hours`,
          }),
        ]
      : []),
    ...longKept(use, gb, origin),
  ];
}

/** What an on-demand stream keeps after its first day, up to a week, and after that. */
function kept(use: CostUse, gbInMonth: number, origin: Origin): CostQuantity[] {
  const hours = Math.min(use.stream.retentionHours ?? 24, 168) - 24;
  return [
    ...(hours > 0
      ? [
          line(
            "change stream",
            "retention",
            (gbInMonth / HOURS) * hours,
            "GB-month",
            "kinesisRetentionGbMonth",
            {
              origin,
              basis: `what comes in within ${hours} hours, after the first day`,
            },
          ),
        ]
      : []),
    ...longKept(use, gbInMonth, origin),
  ];
}

function longKept({ stream }: CostUse, gbInMonth: number, origin: Origin): CostQuantity[] {
  const hours = (stream.retentionHours ?? 24) - 168;
  return hours > 0
    ? [
        line(
          "change stream",
          "long retention",
          (gbInMonth / HOURS) * hours,
          "GB-month",
          "kinesisLongRetentionGbMonth",
          {
            origin,
            basis: `what comes in within ${hours} hours, after the first week`,
          },
        ),
      ]
    : [];
}

function encryption({ parts, stream }: CostUse): CostQuantity[] {
  const shards = stream.openShards ?? 0;
  // DMS and the fan-in each use the table's key; the fan-in that of each shard.
  const users = 2 * parts.tables.length + shards;
  const requests = (users * SECONDS) / DATA_KEY_SECONDS;
  return [
    ...(parts.keys > 0
      ? [
          line("encryption", "keys", parts.keys, "key-month", "kmsKeyMonth", {
            origin: "deployed",
            basis: `${parts.keys} keys; their rotated material is not counted`,
          }),
        ]
      : []),
    line("encryption", "requests to KMS", requests / 10_000, "ten thousand", "kmsRequestTenThousand", {
      origin: "assumed",
      basis: `one each five minutes for two users of each of ${parts.tables.length} tables and one of each of ${shards} shards`,
    }),
    ...(parts.secrets > 0
      ? [
          line("encryption", "secrets", parts.secrets, "secret-month", "secretMonth", {
            origin: "deployed",
            basis: `${parts.secrets} secrets`,
          }),
        ]
      : []),
  ];
}

function failures(use: CostUse): CostQuantity[] {
  return [
    line("failures", "failure bucket", use.failures / 1024, "GB-month", "s3StorageGbMonth", {
      origin: use.failures === 0 ? "observed" : "assumed",
      basis: use.failures === 0 ? "nothing waits in it" : `${use.failures} objects of 1 MB`,
    }),
  ];
}

function monitoring({ parts }: CostUse, logs: Known): CostQuantity[] {
  return [
    line("monitoring", "logs in", logs.value / GB, "GB", "logsGb", logs),
    ...inspector(parts),
    ...(parts.alarms > 0
      ? [
          line("monitoring", "alarms", parts.alarms, "alarm-month", "alarmMonth", {
            origin: "deployed",
            basis: `${parts.alarms} alarms of one metric each`,
          }),
        ]
      : []),
    ...(parts.dashboards > 0
      ? [
          line("monitoring", "dashboards", parts.dashboards, "dashboard-month", "dashboardMonth", {
            origin: "deployed",
            basis: `${parts.dashboards} dashboards`,
          }),
        ]
      : []),
  ];
}

function inspector(parts: DeployedParts): CostQuantity[] {
  if (!parts.inspector) {
    return [];
  }
  const component = "monitoring";
  const { memoryMib } = parts.inspector;
  const schedule = { origin: "deployed", basis: `${INSPECTIONS} calls, one in five minutes` } as const;
  return [
    line(component, "metrics of the inspector", INSPECTOR_METRICS, "metric-month", "metricMonth", {
      origin: "deployed",
      basis: `${INSPECTOR_METRICS} metrics`,
    }),
    line(
      component,
      "calls of the inspector",
      INSPECTIONS / MILLION,
      "million calls",
      "lambdaRequestMillion",
      schedule,
    ),
    line(
      component,
      "run time of the inspector",
      (INSPECTIONS * 2 * memoryMib) / 1024,
      "GB-second",
      "lambdaGbSecond",
      { origin: "assumed", basis: `${schedule.basis}, of two seconds, ${memoryMib} MiB` },
    ),
  ];
}

/** Lambda writes about 300 bytes for each call; DMS's log of a quiet task is small. */
function assumedLogs({ calls }: FanInUse): Known {
  return {
    value: calls.value * 300 + 50 * 1024 ** 2,
    origin: "assumed",
    basis: "300 bytes a call of the fan-in, 50 MB of DMS",
  };
}

function line(
  component: CostQuantity["component"],
  item: string,
  quantity: number,
  unit: string,
  priceKey: CostQuantity["priceKey"],
  { origin, basis }: { origin: Origin; basis: string },
): CostQuantity {
  return { component, item, quantity, unit, origin, basis, priceKey };
}

function changesInMonth({ changesPerSecond }: Rates): number {
  return changesPerSecond.value * SECONDS;
}

function rateText({ changesPerSecond }: Rates): string {
  return `${number(changesPerSecond.value)} changes a second`;
}

const STRENGTH: readonly Origin[] = ["assumed", "given", "observed", "deployed"];

/** Where a product of numbers came from: from the one that is known the least. */
function weaker(...known: readonly { origin: Origin }[]): Origin {
  return STRENGTH.find((origin) => known.some((one) => one.origin === origin)) ?? "assumed";
}

/** A number without digits that nobody reads. */
function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
