import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Faults } from "./faults";

/** How a stream is read, by a mapping of any kind; the units and bounds are with the options of each. */
export interface MappingSettings {
  batchSize: number;
  windowSeconds: number;
  parallelization: number;
  retryAttempts: number;
  maxAgeSeconds: number;
}

/** From this batch size on, Lambda asks for a window (API reference, MaximumBatchingWindowInSeconds). */
const SIZE_WITHOUT_WINDOW = 10;

/** Checks that a mapping that waits for nothing has batches for which Lambda allows that. */
export function checkWindow(
  faults: Faults,
  { batchSize, windowSeconds }: Pick<MappingSettings, "batchSize" | "windowSeconds">,
): void {
  if (windowSeconds === 0 && batchSize > SIZE_WITHOUT_WINDOW) {
    faults.add(
      "mapping.windowSeconds",
      `0 is not allowed with a batchSize of ${batchSize}; give it 1 or more, or a batchSize of at most ${SIZE_WITHOUT_WINDOW}`,
    );
  }
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
