import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** How a stream is read, by a mapping of any kind; the units and bounds are with the options of each. */
export interface MappingSettings {
  batchSize: number;
  windowSeconds: number;
  parallelization: number;
  retryAttempts: number;
  maxAgeSeconds: number;
}

/**
 * What every event source mapping of a pipeline has, beside its source, its function and where it begins.
 *
 * @param failureBucketArn the bucket that receives what the mapping gives up on.
 */
export function mappingArgs(
  settings: MappingSettings,
  failureBucketArn: pulumi.Input<string>,
): Omit<aws.lambda.EventSourceMappingArgs, "functionName"> {
  return {
    batchSize: settings.batchSize,
    maximumBatchingWindowInSeconds: settings.windowSeconds,
    parallelizationFactor: settings.parallelization,
    maximumRetryAttempts: settings.retryAttempts,
    maximumRecordAgeInSeconds: settings.maxAgeSeconds,
    // A batch that fails as a whole is halved until the record at fault stands alone.
    bisectBatchOnFunctionError: true,
    functionResponseTypes: ["ReportBatchItemFailures"],
    // S3 is the one destination that receives the records; queues and topics get only where they were.
    destinationConfig: { onFailure: { destinationArn: failureBucketArn } },
  };
}
