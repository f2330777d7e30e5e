import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DatabaseMigrationServiceClient } from "@aws-sdk/client-database-migration-service";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { PipelineOutputs } from "../program";
import { dynamoCatalogue, type TableCatalogue } from "./discover";
import { RowstreamError } from "./errors";
import type { ReplicationControl } from "./replicationControl";
import { serverlessControl } from "./serverlessControl";
import { taskControl } from "./taskControl";

/** The control of the replication that a stack's outputs name, in the stack's region. */
export function controlFor(outputs: PipelineOutputs): ReplicationControl {
  const { region, replicationLogGroup } = outputs;
  const dms = new DatabaseMigrationServiceClient({ region });
  const logs = new CloudWatchLogsClient({ region });
  if (outputs.replicationTaskArn && outputs.replicationInstanceArn) {
    const arns = {
      task: outputs.replicationTaskArn,
      instance: outputs.replicationInstanceArn,
      source: outputs.sourceEndpointArn,
      target: outputs.targetEndpointArn,
    };
    return taskControl(dms, logs, arns, replicationLogGroup);
  }
  if (outputs.replicationConfigArn) {
    return serverlessControl(dms, logs, outputs.replicationConfigArn, replicationLogGroup);
  }
  throw new RowstreamError("ReplicationMissing", "rowstream", "the stack's outputs name no replication");
}

/** DynamoDB in a region. */
export function dynamoClient(region: string): DynamoDBClient {
  return new DynamoDBClient({ region });
}

/** The DynamoDB tables of a region. */
export function catalogueFor(region: string): TableCatalogue {
  return dynamoCatalogue(dynamoClient(region));
}
