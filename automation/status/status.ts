import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import {
  DescribeStreamSummaryCommand,
  KinesisClient,
  ResourceNotFoundException,
} from "@aws-sdk/client-kinesis";
import { LambdaClient, paginateListEventSourceMappings } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { controlFor, dynamoClient } from "../clients";
import { dynamoCatalogue } from "../discover";
import { tableStreams } from "../tableStreams";
import { requireOutputs } from "../tables";
import { openStack, type WorkspaceOptions } from "../workspace";
import { waitingFailures } from "./failures";
import { readLastEvents } from "./lastEvents";
import { readMetrics } from "./metrics";
import type { PipelineStatus, StreamStatus } from "./pipelineStatus";
import { type StatusReader, statusReader } from "./statusReader";
import type { ReadMapping } from "./tableStatus";
import { DEFAULT_MAXIMUM_LAG_SECONDS } from "./verdict";

/** Options of `openStatus`. */
export interface StatusOptions extends WorkspaceOptions {
  /** The lag of DMS or of the fan-in that is a problem, in seconds. Default: 300. */
  maximumLagSeconds?: number;
}

/**
 * Opens a deployed pipeline for the reading of its status, as often as is wanted. Changes nothing.
 *
 * @throws RowstreamError `StackNotDeployed`, `ReplicationMissing` where the stack's outputs name no replication
 */
export async function openStatus(options: StatusOptions): Promise<StatusReader> {
  const stack = await openStack(options);
  const outputs = async () => requireOutputs(stack.name, (await stack.snapshot()).outputs);
  const first = await outputs();
  const opened = [first];
  const { region } = first;
  const dynamo = dynamoClient(region);
  const lambda = new LambdaClient({ region });
  const s3 = new S3Client({ region });
  const kinesis = new KinesisClient({ region, requestHandler: new NodeHttpHandler() });
  const cloudWatch = new CloudWatchClient({ region });
  return statusReader({
    outputs: async () => opened.pop() ?? outputs(),
    control: controlFor(first),
    catalogue: dynamoCatalogue(dynamo),
    tableStreams: tableStreams(dynamo),
    mappings: (functionName) => readMappings(lambda, functionName),
    failures: (bucket) => waitingFailures(s3, bucket),
    stream: (name) => streamStatus(kinesis, name),
    metrics: (names) => readMetrics(cloudWatch, names, Date.now()),
    lastEvents: (streamArns) => readLastEvents(cloudWatch, streamArns, Date.now()),
    maximumLagSeconds: options.maximumLagSeconds ?? DEFAULT_MAXIMUM_LAG_SECONDS,
    now: Date.now,
  });
}

/**
 * A pipeline's status, once.
 *
 * @throws RowstreamError as {@link openStatus} does
 */
export async function readStatus(options: StatusOptions): Promise<PipelineStatus> {
  return (await openStatus(options)).read();
}

/** A function's event source mappings. */
async function readMappings(client: LambdaClient, FunctionName: string): Promise<ReadMapping[]> {
  const mappings: ReadMapping[] = [];
  for await (const page of paginateListEventSourceMappings({ client }, { FunctionName })) {
    for (const mapping of page.EventSourceMappings ?? []) {
      mappings.push({
        uuid: mapping.UUID ?? "",
        streamArn: mapping.EventSourceArn ?? "",
        state: mapping.State ?? "",
        ...(mapping.LastProcessingResult !== undefined && { lastResult: mapping.LastProcessingResult }),
      });
    }
  }
  return mappings;
}

async function streamStatus(client: KinesisClient, name: string): Promise<StreamStatus> {
  try {
    const { StreamDescriptionSummary: summary } = await client.send(
      new DescribeStreamSummaryCommand({ StreamName: name }),
    );
    const mode = summary?.StreamModeDetails?.StreamMode;
    return {
      name,
      status: summary?.StreamStatus ?? "",
      mode: mode === "ON_DEMAND" ? "on-demand" : "provisioned",
      openShards: summary?.OpenShardCount ?? 0,
      retentionHours: summary?.RetentionPeriodHours ?? 0,
      encrypted: summary?.EncryptionType === "KMS",
    };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) {
      return { name };
    }
    throw error;
  }
}
