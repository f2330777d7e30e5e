import { type ConsumerRates, rateKey } from "../../automation/consumerRates";
import type { PipelineStatus, TableStatus } from "../../automation/status/pipelineStatus";
import { qualifiedName } from "../../automation/tableMatch";
import type { DeployedStack } from "../../automation/tables";
import { DEFAULT_FORMAT } from "../../functions/formats/format";
import { readSourcesDocument } from "../../functions/sources";
import type { Health, PipelineTable, PipelineView } from "../../page/model/wire";
import type { PipelineOutputs } from "../../program";

/** What a stack's last update tells of the pipeline. */
export interface ViewStack extends Pick<DeployedStack, "consumers"> {
  outputs: Pick<
    PipelineOutputs,
    "eventSources" | "fanInName" | "region" | "replicationConfigArn" | "streamName" | "tables"
  >;
}

/** Which stack it is. */
export interface ViewPlace {
  stack: string;
  sandbox: boolean;
}

/** The pipeline as the page draws it, before anything is known of how it is. Pure. */
export function deployedView({ stack, sandbox }: ViewPlace, { outputs, consumers }: ViewStack): PipelineView {
  const { name, engine, format = DEFAULT_FORMAT, tables } = readSourcesDocument(outputs.eventSources);
  return {
    stack,
    region: outputs.region,
    sandbox,
    source: { name, engine },
    replication: {
      kind: outputs.replicationConfigArn === undefined ? "instance" : "serverless",
      state: null,
      health: "unknown",
      lagMs: null,
    },
    tables: outputs.tables.map((table) => ({
      name: qualifiedName(table),
      replicated: true,
      published: tables[table.tableName]?.events !== false,
      state: null,
      health: "unknown",
      rows: null,
      applied: null,
    })),
    fanIn: { name: outputs.fanInName, lagMs: null },
    stream: { name: outputs.streamName, format },
    consumers: consumers.map((consumer) => ({ ...consumer, perSecond: null })),
    findings: [],
    problem: null,
  };
}

/**
 * The same with how it is. Pure.
 *
 * @param rates what consumers take, see `ConsumerRates`
 */
export function currentView(
  place: ViewPlace,
  deployed: ViewStack,
  status: PipelineStatus,
  rates: ConsumerRates,
): PipelineView {
  const view = deployedView(place, deployed);
  const { replication, fanIn } = status;
  const known = new Map(view.tables.map((table) => [table.name, table]));
  return {
    ...view,
    replication: {
      ...view.replication,
      state: replication.phase,
      health: replicationHealth(replication.phase),
      lagMs: milliseconds(replication.targetLatencySeconds ?? replication.sourceLatencySeconds),
    },
    tables: status.tables.map((table) =>
      tableView(table, known.get(qualifiedName(table))?.published ?? true),
    ),
    consumers: view.consumers.map((consumer) => ({
      ...consumer,
      perSecond: rates.get(rateKey(consumer)) ?? null,
    })),
    fanIn: { ...view.fanIn, lagMs: milliseconds(fanIn.iteratorAgeSeconds) },
    findings: status.findings.map(({ severity, text, table, remedy }) => ({
      severity,
      text: table === undefined ? text : `${table}: ${text}`,
      remedy: remedy ?? null,
    })),
  };
}

function tableView(table: TableStatus, published: boolean): PipelineTable {
  const { applied } = table;
  return {
    name: qualifiedName(table),
    replicated: table.state !== "left-out",
    published,
    state: table.state,
    health: tableHealth(table.state),
    rows: table.rowsLoaded ?? null,
    applied: applied ? applied.inserts + applied.updates + applied.deletes : null,
  };
}

function replicationHealth(phase: PipelineStatus["replication"]["phase"]): Health {
  switch (phase) {
    case "running":
      return "good";
    case "new":
    case "loading":
    case "changing":
      return "waiting";
    default:
      return "bad";
  }
}

function tableHealth(state: TableStatus["state"]): Health {
  switch (state) {
    case "flowing":
      return "good";
    case "loading":
      return "waiting";
    case "left-out":
      return "unknown";
    default:
      return "bad";
  }
}

function milliseconds(seconds: number | undefined): number | null {
  return seconds === undefined ? null : seconds * 1_000;
}
