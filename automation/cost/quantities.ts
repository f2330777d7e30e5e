import type { PipelineStatus } from "../status/pipelineStatus";
import { type ConsumerUse, consumerLines } from "./consumerQuantities";
import type { CostQuantity, Known, Origin, Rates } from "./costEstimate";
import type { DeployedParts } from "./deployedParts";
import {
  assumedUse,
  changesInMonth,
  type FunctionUse,
  functionLines,
  GB,
  HOURS,
  linesOf,
  MILLION,
  rateText,
  SECONDS,
  short,
  weaker,
} from "./month";

/** DMS makes its tables with so many write and so many read units (AWS DMS user guide, CHAP_Target.DynamoDB). */
const DMS_TABLE_UNITS = 200;

/** DynamoDB and Kinesis use a data key for so long (DynamoDB developer guide, encryption.usagenotes). */
const DATA_KEY_SECONDS = 300;

/** The inspector looks every five minutes, and writes so many metrics (docs/operations.md). */
const INSPECTIONS = HOURS * 12;
const INSPECTOR_METRICS = 4;

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
  fanIn?: FunctionUse | undefined;
  /** Bytes of logs in a month; undefined where they were not measured. */
  logBytes?: Known | undefined;
  /** What was measured of consumers, by `consumerKey`; undefined where nothing was. */
  consumers?: Readonly<Record<string, ConsumerUse>> | undefined;
}

/** What a pipeline uses in a month, line by line, in the units that are priced. Pure. */
export function quantities(use: CostUse): CostQuantity[] {
  const fanIn = use.fanIn ?? assumedFanIn(use);
  const logs = use.logBytes ?? assumedLogs(fanIn);
  return [
    ...replication(use),
    ...network(use, logs),
    ...tables(use),
    ...functionLines(linesOf("fan-in"), "", use.parts.fanIn, fanIn),
    ...(use.stream.mode === "provisioned" ? provisionedStream(use) : onDemandStream(use)),
    ...encryption(use),
    ...failures(use),
    ...monitoring(use, logs),
    ...consumerLines(use),
  ];
}

function* replication({ parts }: CostUse): Generator<CostQuantity> {
  const line = linesOf("replication");
  const { instance, serverless } = parts;
  const zones = (multiAz: boolean) => (multiAz ? "in two zones" : "in one zone");
  if (instance) {
    yield line(`instance ${instance.class}`, HOURS, "dmsInstanceHour", {
      origin: "deployed",
      basis: `one ${instance.class} ${zones(instance.multiAz)}, ${HOURS} hours`,
    });
    yield line("storage", instance.storageGib, "dmsStorageGbMonth", {
      origin: "deployed",
      basis: `${instance.storageGib} GiB ${zones(instance.multiAz)}; some classes include storage, which is not taken off`,
    });
  }
  if (serverless) {
    yield line("serverless", serverless.minDcu * HOURS, "dmsServerlessDcuHour", {
      origin: "assumed",
      basis: `the least capacity all the time: ${serverless.minDcu} DCU ${zones(serverless.multiAz)}; it may grow to ${serverless.maxDcu}`,
    });
  }
}

function* network({ parts }: CostUse, logs: Known): Generator<CostQuantity> {
  const line = linesOf("network");
  const { interfaceEndpoints, natGateways } = parts;
  if (interfaceEndpoints > 0) {
    yield line("interface endpoints", interfaceEndpoints * HOURS, "vpcEndpointHour", {
      origin: "deployed",
      basis: `${interfaceEndpoints} endpoints times zones, ${HOURS} hours`,
    });
    yield line("data through interface endpoints", logs.value / GB, "vpcEndpointGb", {
      ...logs,
      basis: `the logs, which are all that goes through them: ${logs.basis}`,
    });
  }
  if (natGateways > 0) {
    yield line("NAT gateways", natGateways * HOURS, "natGatewayHour", {
      origin: "deployed",
      basis: `${natGateways} gateways, ${HOURS} hours; without what goes through them`,
    });
  }
}

const CAPACITY = [
  ["write", "dynamoWriteCapacityHour"],
  ["read", "dynamoReadCapacityHour"],
] as const;

function* tables({ parts, rates, storedBytes, strayTables }: CostUse): Generator<CostQuantity> {
  const line = linesOf("tables");
  const all = parts.tables.length;
  const portion = (count: number) => (all === 0 ? 0 : count / all);
  const share = portion(parts.tables.filter(({ capacity }) => capacity === undefined).length);
  const recovered = parts.tables.filter(({ recovery }) => recovery).length;
  const units = Math.max(1, Math.ceil(rates.rowBytes.value / 1024));
  const stored = storedBytes.value / GB;
  yield line("writes", (changesInMonth(rates) * units * share) / MILLION, "dynamoWriteMillion", {
    origin: weaker(rates.changesPerSecond, rates.rowBytes),
    basis: `${rateText(rates)}, ${units} units each${share < 1 ? `, ${percent(share)} of the tables on demand and as busy as the others` : ""}`,
  });
  if (share < 1) {
    for (const [what, priceKey] of CAPACITY) {
      const provisioned = parts.tables.reduce((sum, { capacity }) => sum + (capacity?.[what] ?? 0), 0);
      yield line(`provisioned ${what} capacity`, provisioned * HOURS, priceKey, {
        origin: "deployed",
        basis: `${provisioned} units, as the stack's last update left them, ${HOURS} hours`,
      });
    }
  }
  if (strayTables > 0) {
    for (const [what, priceKey] of CAPACITY) {
      const wasted = strayTables * DMS_TABLE_UNITS * HOURS;
      yield line(`tables that nobody adopted, ${what}s`, wasted, priceKey, {
        origin: "assumed",
        basis: `${strayTables} tables as DMS makes them, at ${DMS_TABLE_UNITS} units; \`rowstream up\` takes them in`,
      });
    }
  }
  yield line("storage", stored, "dynamoStorageGbMonth", storedBytes);
  yield line("point-in-time recovery", stored * portion(recovered), "dynamoBackupGbMonth", {
    ...storedBytes,
    basis: `${recovered} of ${all} tables; ${storedBytes.basis}`,
  });
}

/** Lambda reads the tables' streams free of charge. */
function assumedFanIn({ parts, rates }: CostUse): FunctionUse {
  return assumedUse(rates, { lanes: Math.max(1, parts.tables.length), of: "tables", ...parts.mapping });
}

function* onDemandStream(use: CostUse): Generator<CostQuantity> {
  const line = linesOf("change stream");
  const { rates, bytesOut } = use;
  // Each record is rounded up to a KB (Amazon Kinesis Data Streams, pricing of on-demand streams).
  const kib = Math.max(1, Math.ceil(rates.eventBytes.value / 1024));
  const gb = (changesInMonth(rates) * kib) / 1024 ** 2;
  const origin = weaker(rates.changesPerSecond, rates.eventBytes);
  yield line("stream", HOURS, "kinesisStreamHour", {
    origin: "deployed",
    basis: `one stream on demand, ${HOURS} hours`,
  });
  yield line("data in", gb, "kinesisGbIn", {
    origin,
    basis: `${rateText(rates)}, events of ${short(rates.eventBytes.value)} bytes, rounded up to ${kib} KB`,
  });
  yield bytesOut
    ? line("data out", bytesOut.value / GB, "kinesisGbOut", bytesOut)
    : line("data out", gb, "kinesisGbOut", {
        origin: "assumed",
        basis: "one consumer that reads every event once, without enhanced fan-out",
      });
  const hours = Math.min(use.stream.retentionHours ?? 24, 168) - 24;
  if (hours > 0) {
    yield line("retention", (gb / HOURS) * hours, "kinesisRetentionGbMonth", {
      origin,
      basis: `what comes in within ${hours} hours, after the first day`,
    });
  }
  yield* longKept(use, gb, origin);
}

function* provisionedStream(use: CostUse): Generator<CostQuantity> {
  const line = linesOf("change stream");
  const { rates, stream } = use;
  const shards = stream.openShards ?? 0;
  const events = changesInMonth(rates);
  const payloads = Math.max(1, Math.ceil(rates.eventBytes.value / (25 * 1024)));
  const retention = stream.retentionHours ?? 24;
  const origin = weaker(rates.changesPerSecond, rates.eventBytes);
  yield line("shards", shards * HOURS, "kinesisShardHour", {
    origin: "deployed",
    basis: `${shards} shards, ${HOURS} hours`,
  });
  yield line("records in", (events * payloads) / MILLION, "kinesisPutMillion", {
    origin,
    basis: `${rateText(rates)}, ${payloads} payload units of 25 KB each`,
  });
  if (retention > 24) {
    yield line("retention", shards * HOURS, "kinesisRetentionShardHour", {
      origin: "deployed",
      basis: `${shards} shards that keep records for ${retention} hours`,
    });
  }
  yield* longKept(use, (events * rates.eventBytes.value) / GB, origin);
}

/** What a stream keeps after its first week. */
function* longKept({ stream }: CostUse, gbInMonth: number, origin: Origin): Generator<CostQuantity> {
  const hours = (stream.retentionHours ?? 24) - 168;
  if (hours > 0) {
    yield linesOf("change stream")(
      "long retention",
      (gbInMonth / HOURS) * hours,
      "kinesisLongRetentionGbMonth",
      { origin, basis: `what comes in within ${hours} hours, after the first week` },
    );
  }
}

function* encryption({ parts, stream }: CostUse): Generator<CostQuantity> {
  const line = linesOf("encryption");
  const shards = stream.openShards ?? 0;
  // DMS and the fan-in each use the table's key; the fan-in that of each shard.
  const users = 2 * parts.tables.length + shards;
  const requests = (users * SECONDS) / DATA_KEY_SECONDS;
  if (parts.keys > 0) {
    yield line("keys", parts.keys, "kmsKeyMonth", {
      origin: "deployed",
      basis: `${parts.keys} keys; their rotated material is not counted`,
    });
  }
  yield line("requests to KMS", requests / 10_000, "kmsRequestTenThousand", {
    origin: "assumed",
    basis: `one each five minutes for two users of each of ${parts.tables.length} tables and one of each of ${shards} shards`,
  });
  if (parts.secrets > 0) {
    yield line("secrets", parts.secrets, "secretMonth", {
      origin: "deployed",
      basis: `${parts.secrets} secrets`,
    });
  }
}

function* failures({ failures: waiting }: CostUse): Generator<CostQuantity> {
  yield linesOf("failures")("failure bucket", waiting / 1024, "s3StorageGbMonth", {
    origin: waiting === 0 ? "observed" : "assumed",
    basis: waiting === 0 ? "nothing waits in it" : `${waiting} objects of 1 MB`,
  });
}

function* monitoring({ parts }: CostUse, logs: Known): Generator<CostQuantity> {
  const line = linesOf("monitoring");
  yield line("logs in", logs.value / GB, "logsGb", logs);
  if (parts.inspector) {
    yield line("metrics of the inspector", INSPECTOR_METRICS, "metricMonth", {
      origin: "deployed",
      basis: `${INSPECTOR_METRICS} metrics`,
    });
    yield* functionLines(line, " of the inspector", parts.inspector, {
      calls: { value: INSPECTIONS, origin: "deployed", basis: `${INSPECTIONS} calls, one in five minutes` },
      milliseconds: { value: 2000, origin: "assumed", basis: "two seconds" },
    });
  }
  if (parts.alarms > 0) {
    yield line("alarms", parts.alarms, "alarmMonth", {
      origin: "deployed",
      basis: `${parts.alarms} alarms of one metric each`,
    });
  }
  if (parts.dashboards > 0) {
    yield line("dashboards", parts.dashboards, "dashboardMonth", {
      origin: "deployed",
      basis: `${parts.dashboards} dashboards`,
    });
  }
}

/** Lambda writes about 300 bytes for each call; DMS's log of a quiet task is small. */
function assumedLogs({ calls }: FunctionUse): Known {
  return {
    value: calls.value * 300 + 50 * 1024 ** 2,
    origin: "assumed",
    basis: "300 bytes a call of the fan-in, 50 MB of DMS",
  };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
