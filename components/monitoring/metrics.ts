import * as pulumi from "@pulumi/pulumi";
import { METRIC_DIMENSION, METRIC_NAMESPACE } from "../../functions/embeddedMetrics";

/** What is watched: the names under which AWS's services and the inspector keep their metrics. */
export interface Watched {
  region: pulumi.Input<string>;
  streamName: pulumi.Input<string>;
  fanInName: pulumi.Input<string>;
  replication: WatchedReplication;
  /** The adopted tables' names in DynamoDB. */
  tableNames: readonly string[];
  /** How often the heartbeat is written, in minutes; undefined where there is none. */
  heartbeatMinutes?: number | undefined;
}

/** What runs the replication: a task on an instance, or a serverless configuration. */
export type WatchedReplication =
  | {
      /** The instance's identifier. */
      instanceId: pulumi.Input<string>;
      taskArn: pulumi.Input<string>;
      /** The instance's storage. */
      storageGib: pulumi.Input<number>;
    }
  | { configArn: pulumi.Input<string> };

/** A metric of CloudWatch. */
export interface Metric {
  namespace: string;
  metricName: string;
  dimensions: Record<string, pulumi.Input<string>>;
}

/** The table that DMS writes to what it could not apply; one for all replications of an account and region. */
const EXCEPTIONS_TABLE = "awsdms_apply_exceptions";

/** A metric of rowstream's own: of the inspector, or of the heartbeat. */
export function ownMetric({ streamName }: Watched, metricName: string): Metric {
  return { namespace: METRIC_NAMESPACE, metricName, dimensions: { [METRIC_DIMENSION]: streamName } };
}

/** A metric of the fan-in's function. */
export function fanInMetric({ fanInName }: Watched, metricName: string): Metric {
  return { namespace: "AWS/Lambda", metricName, dimensions: { FunctionName: fanInName } };
}

/** A metric of the change stream. */
export function streamMetric({ streamName }: Watched, metricName: string): Metric {
  return { namespace: "AWS/Kinesis", metricName, dimensions: { StreamName: streamName } };
}

/**
 * A metric of the task, or of the serverless replication. DMS tells a task by the last part of its ARN and its instance
 * by the identifier. By what it tells a serverless replication its manual does not say ("grouped by each serverless
 * replication", CHAP_Serverless.Components); `ReplicationConfigId` is what public dashboards use.
 */
export function replicationMetric({ replication }: Watched, metricName: string): Metric {
  const dimensions: Metric["dimensions"] =
    "configArn" in replication
      ? { ReplicationConfigId: lastPart(replication.configArn) }
      : {
          ReplicationInstanceIdentifier: replication.instanceId,
          ReplicationTaskIdentifier: lastPart(replication.taskArn),
        };
  return { namespace: "AWS/DMS", metricName, dimensions };
}

/** A metric of the replication instance itself. */
export function instanceMetric(instanceId: pulumi.Input<string>, metricName: string): Metric {
  return {
    namespace: "AWS/DMS",
    metricName,
    dimensions: { ReplicationInstanceIdentifier: instanceId },
  };
}

/** What is written to a table, in write units: DynamoDB says nothing of rows. */
export function tableWrites(tableName: string): Metric {
  return {
    namespace: "AWS/DynamoDB",
    metricName: "ConsumedWriteCapacityUnits",
    dimensions: { TableName: tableName },
  };
}

/** What is written to DMS's table of exceptions. */
export const exceptionWrites = tableWrites(EXCEPTIONS_TABLE);

function lastPart(arn: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.output(arn).apply((text) => text.slice(text.lastIndexOf(":") + 1));
}
