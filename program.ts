import * as pulumi from "@pulumi/pulumi";
import { existingAccountRoles } from "./components/accountRoles";
import { type HeartbeatPlace, type InitialLoadPlace, Pipeline } from "./components/pipeline";
import type { ReplicatedTable } from "./components/replicatedTable";
import { readConfig } from "./config";
import type { HashKeyPlace } from "./functions/hashKey";

/** The stack's outputs, as a reader of the stack finds them. Their names are a contract with the driver. */
export interface PipelineOutputs {
  /** The name of the Kinesis stream that carries the change events. */
  streamName: string;
  /** Its ARN. */
  streamArn: string;
  /** The name of the fan-in's Lambda function. */
  fanInName: string;
  /** The name of the bucket that receives what could not be published. */
  failureBucketName: string;
  /** The names of the DynamoDB tables that the stack has adopted, sorted. */
  tableNames: string[];
  /** The adopted tables: what a later run of the program reads back to keep them. */
  tables: ReplicatedTable[];
  /** The ARN of each adopted table's stream, by the table's name in DynamoDB. */
  tableStreamArns: Record<string, string>;
  /**
   * What the fan-in knows of the tables and their events, as `readSources` of functions/sources.ts reads it: the driver
   * publishes events by the same.
   */
  eventSources: string;
  /** Where the key of hashed columns is, in Secrets Manager; absent where none is hashed. */
  hashKey?: HashKeyPlace;
  /** What the driver needs to publish the tables' initial rows; absent unless `rowstream:initialLoad` is `events`. */
  initialLoad?: InitialLoadPlace;
  /** What the driver needs of the heartbeat; absent unless `rowstream:heartbeat` asks for one. */
  heartbeat?: HeartbeatPlace;
  /** The SNS topic that alarms tell; absent where nothing is monitored, as are the next two. */
  alarmTopicArn?: string;
  /** The name of the function that looks at what no metric says. */
  inspectorName?: string;
  /** The name of the CloudWatch dashboard. */
  dashboardName?: string;
  /** The DynamoDB name of each table with an explicit key, by `schema.table`. DMS chooses the name of all others. */
  targetNames: Record<string, string>;
  /** The ARN of the replication task; absent with DMS Serverless. */
  replicationTaskArn?: string;
  /** The ARN of the replication instance; absent with DMS Serverless. */
  replicationInstanceArn?: string;
  /** The ARN of the serverless replication configuration; absent with an instance. */
  replicationConfigArn?: string;
  /** The ARN of the source's DMS endpoint. */
  sourceEndpointArn: string;
  /** The ARN of the DynamoDB endpoint. */
  targetEndpointArn: string;
  /** The CloudWatch log group that DMS writes to. */
  replicationLogGroup: string;
  /** What `destroy` does to the tables that DMS made. */
  tablesOnDestroy: "retain" | "delete";
  /** The region that everything lives in. */
  region: string;
}

/** What the program hands to the engine: the same outputs, some of them not known yet. */
export type Outputs = { [K in keyof PipelineOutputs]: pulumi.Input<PipelineOutputs[K]> };

/**
 * The whole stack: configuration in, the pipeline, outputs out.
 *
 * @param tables the tables to adopt. The driver passes what it discovered. Without it (a plain `pulumi up`) the
 *   stack's own last outputs say which tables there are, so that a fresh checkout keeps every mapping.
 * @throws RunError that names every fault of the configuration.
 */
export async function program(tables?: ReplicatedTable[]): Promise<Outputs> {
  return outputsOf(await configuredPipeline(tables));
}

/**
 * The pipeline that the stack's configuration asks for: what a program begins with that has consumers beside it.
 *
 * @param tables see {@link program}
 * @throws RunError that names every fault of the configuration.
 */
export async function configuredPipeline(tables?: ReplicatedTable[]): Promise<Pipeline> {
  const config = readConfig();
  const replicatedTables = tables ?? (await rememberedTables());
  return new Pipeline("rowstream", {
    ...config,
    replication: {
      ...config.replication,
      ...(config.replication?.accountRoles !== "reuse" && {
        existingAccountRoles: await existingAccountRoles(),
      }),
    },
    replicatedTables,
  });
}

/** What the driver needs to find among a stack's outputs. */
export function outputsOf(pipeline: Pipeline): Outputs {
  const { replication } = pipeline.nodes;
  return {
    streamName: pipeline.streamName,
    streamArn: pipeline.streamArn,
    fanInName: pipeline.fanInName,
    failureBucketName: pipeline.failureBucketName,
    tableNames: pipeline.tableNames,
    tables: pipeline.tables,
    tableStreamArns: pipeline.tableStreamArns,
    eventSources: pipeline.eventSources,
    ...(pipeline.hashKey && { hashKey: pipeline.hashKey }),
    ...(pipeline.initialLoad && { initialLoad: pipeline.initialLoad }),
    ...(pipeline.heartbeat && { heartbeat: pipeline.heartbeat }),
    ...(pipeline.alarmTopicArn && { alarmTopicArn: pipeline.alarmTopicArn }),
    ...(pipeline.inspectorName && { inspectorName: pipeline.inspectorName }),
    ...(pipeline.dashboardName && { dashboardName: pipeline.dashboardName }),
    targetNames: pipeline.targetNames,
    ...(replication.taskArn && { replicationTaskArn: replication.taskArn }),
    ...(replication.instanceArn && { replicationInstanceArn: replication.instanceArn }),
    ...(replication.configArn && { replicationConfigArn: replication.configArn }),
    sourceEndpointArn: replication.sourceEndpointArn,
    targetEndpointArn: replication.targetEndpointArn,
    replicationLogGroup: replication.logGroupName,
    tablesOnDestroy: pipeline.tablesOnDestroy,
    region: pipeline.region,
  };
}

/** The tables in this stack's own last outputs; none before the first update. */
async function rememberedTables(): Promise<ReplicatedTable[]> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const details = await new pulumi.StackReference(name).getOutputDetails("tables");
  return (details.value ?? []) as ReplicatedTable[];
}
