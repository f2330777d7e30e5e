import type { HeartbeatPlace } from "../../components/pipeline";
import type { ReplicatedTable } from "../../components/replicatedTable";
import { readSourcesDocument } from "../../functions/sources";
import type { PipelineOutputs } from "../../program";
import type { TableCatalogue } from "../discover";
import type { ReplicationControl, ReplicationState } from "../replicationControl";
import { qualifiedName, type TableStatistic } from "../tableMatch";
import type { TableStreams } from "../tableStreams";
import type { WaitingFailures } from "./failures";
import type { MetricNames, PipelineMetrics } from "./metrics";
import type { PipelineStatus, ReplicationStatus, StatusFinding, StreamStatus } from "./pipelineStatus";
import { type ReadMapping, tablesStatus } from "./tableStatus";
import { pipelineFindings, problemsFirst, verdict } from "./verdict";

/** Reads a pipeline's status again and again. */
export interface StatusReader {
  /**
   * The status as it is now. A read takes a few calls, however many tables there are: what changes seldom (the stack's
   * outputs, the tables' streams) or has a figure a minute (CloudWatch) is remembered for a minute. A call while
   * another one reads gets that one's status.
   */
  read(): Promise<PipelineStatus>;
}

/** What a status is read with. */
export interface StatusParts {
  /** The outputs of the stack's last update, as they are now. */
  outputs(): Promise<PipelineOutputs>;
  control: Pick<ReplicationControl, "state" | "tableStatistics" | "tableErrors" | "lastErrors">;
  catalogue: Pick<TableCatalogue, "names">;
  tableStreams: TableStreams;
  /** The event source mappings of the fan-in. */
  mappings(functionName: string): Promise<ReadMapping[]>;
  failures(bucket: string): Promise<WaitingFailures>;
  stream(name: string): Promise<StreamStatus>;
  metrics(names: MetricNames): Promise<PipelineMetrics>;
  /** When records of these streams were last read, both by the table's name in DynamoDB, see {@link readLastEvents}. */
  lastEvents(streamArns: Record<string, string>): Promise<ReadonlyMap<string, Date>>;
  /** The lag that is a problem, in seconds. */
  maximumLagSeconds: number;
  /** The time in milliseconds. */
  now(): number;
}

/** How long the seldom-changing facts are remembered. */
const REMEMBERED_MS = 60_000;

/** How long the last events are: there is a figure every five minutes, and each table's has its price. */
const LAST_EVENTS_MS = 300_000;

type TableReason = (schema: string, table: string) => string | undefined;

const NO_METRICS: PipelineMetrics = { replication: {}, fanIn: {}, stream: {}, heartbeat: {} };

/** A reader of a pipeline's status. */
export function statusReader(parts: StatusParts): StatusReader {
  const outputs = remembered(parts.now, parts.outputs);
  const dynamoTables = remembered(parts.now, () => parts.catalogue.names());
  const streams = remembered(parts.now, async () => {
    const { tables } = await outputs();
    return parts.tableStreams(tables.map(({ tableName }: ReplicatedTable) => tableName));
  });
  let identifier: string | undefined;
  const metrics = remembered(parts.now, async () => parts.metrics(metricNames(await outputs(), identifier)));
  const lastEvents = remembered(
    parts.now,
    async () => parts.lastEvents(publishedStreams(await outputs())),
    LAST_EVENTS_MS,
  );
  const logged = {
    tables: "",
    reasons: remembered(parts.now, () => parts.control.tableErrors()),
  };

  /** What DMS's log says of the tables in error: read once a minute, and when others are in error. */
  async function reasons(statistics: readonly TableStatistic[]): Promise<TableReason> {
    const tables = statistics
      .filter(({ state }) => /error/i.test(state))
      .map((table) => JSON.stringify([table.schema, table.table]))
      .join();
    if (tables === "") {
      return () => undefined;
    }
    if (tables !== logged.tables) {
      logged.tables = tables;
      logged.reasons = remembered(parts.now, () => parts.control.tableErrors());
    }
    return logged.reasons();
  }

  async function read(): Promise<PipelineStatus> {
    const at = new Date(parts.now()).toISOString();
    const found = await outputs();
    const [state, statistics, mappings, failures, stream, dynamo, on] = await Promise.all([
      parts.control.state(),
      parts.control.tableStatistics(),
      parts.mappings(found.fanInName),
      parts.failures(found.failureBucketName),
      parts.stream(found.streamName),
      dynamoTables(),
      streams(),
    ]);
    identifier = state?.identifier;
    const unread: StatusFinding[] = [];
    const [known, last] = await Promise.all([metrics(), lastEvents()]).catch((error: Error) => {
      unread.push({
        code: "MetricsUnread",
        severity: "notice",
        text: `CloudWatch's figures cannot be read, so there is neither a lag nor a last event: ${error.message}`,
      });
      return [NO_METRICS, new Map<string, Date>()] as const;
    });
    const tables = tablesStatus({
      adopted: found.tables,
      recordedStreams: found.tableStreamArns,
      statistics,
      reasonOf: await reasons(statistics),
      dynamoTables: dynamo,
      streams: on,
      mappings,
      failedBatches: failures.byMapping,
      lastEvents: last,
    });
    const pipeline = {
      replication: {
        ...replicationStatus(found, state, state?.phase === "failed" ? await parts.control.lastErrors() : []),
        ...known.replication,
      },
      fanIn: { functionName: found.fanInName, ...known.fanIn },
      stream: { ...stream, ...known.stream },
      failures: failures.status,
      ...(found.heartbeat && { heartbeat: { ...heartbeatPlace(found.heartbeat), ...known.heartbeat } }),
    };
    const findings = problemsFirst([
      ...pipelineFindings(pipeline, parts.maximumLagSeconds, { metricsRead: unread.length === 0 }),
      ...tables.findings,
      ...unread,
    ]);
    return {
      at,
      verdict: verdict({ findings, replication: pipeline.replication, tables: tables.tables }),
      findings,
      ...pipeline,
      tables: tables.tables,
    };
  }

  let reading: Promise<PipelineStatus> | undefined;
  return {
    read() {
      reading ??= read().finally(() => {
        reading = undefined;
      });
      return reading;
    },
  };
}

function replicationStatus(
  outputs: PipelineOutputs,
  state: ReplicationState | undefined,
  logged: readonly string[],
): ReplicationStatus {
  const kind = outputs.replicationConfigArn === undefined ? "task" : "serverless";
  if (state === undefined) {
    return { kind, phase: "missing", errors: [] };
  }
  const { phase, status, percent, stopReason, failures } = state;
  return {
    kind,
    phase,
    status,
    percent,
    ...(stopReason !== undefined && { stopReason }),
    errors: [...failures, ...logged],
  };
}

function heartbeatPlace({ schema, table, intervalMinutes }: HeartbeatPlace) {
  return { table: qualifiedName({ schema, table }), intervalMinutes };
}

function metricNames(outputs: PipelineOutputs, identifier: string | undefined): MetricNames {
  const arn = outputs.replicationTaskArn ?? outputs.replicationConfigArn ?? "";
  const resource = arn.slice(arn.lastIndexOf(":") + 1);
  return {
    functionName: outputs.fanInName,
    streamName: outputs.streamName,
    heartbeatMinutes: outputs.heartbeat?.intervalMinutes,
    replicationIds: [identifier, resource].filter((id) => id !== undefined && id !== "") as string[],
  };
}

/** The streams whose records become events, by the table's name in DynamoDB. */
function publishedStreams({ tableStreamArns, eventSources }: PipelineOutputs): Record<string, string> {
  const { tables } = readSourcesDocument(eventSources);
  return Object.fromEntries(
    Object.entries(tableStreamArns).filter(([tableName]) => tables[tableName]?.events !== false),
  );
}

/** Reads once in so many milliseconds. What failed is not remembered. */
function remembered<T>(now: () => number, read: () => Promise<T>, forMs = REMEMBERED_MS): () => Promise<T> {
  let last: { at: number; value: Promise<T> } | undefined;
  return () => {
    if (last === undefined || now() - last.at >= forMs) {
      const value = read();
      last = { at: now(), value };
      value.catch(() => {
        last = undefined;
      });
    }
    return last.value;
  };
}
