import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** Where a component's resources live. */
export interface AwsContext {
  /** The account's 12-digit id. */
  accountId: pulumi.Output<string>;
  /** The region's name, e.g. `us-east-1`. */
  region: pulumi.Output<string>;
  /** The partition: `aws`, `aws-cn`, `aws-us-gov`. ARNs are built with it, never with a fixed `aws`. */
  partition: pulumi.Output<string>;
}

/** Asks the provider that `parent` inherited, so that a component given another provider asks about its account. */
export function awsContext(parent: pulumi.Resource): AwsContext {
  return {
    accountId: aws.getCallerIdentityOutput({}, { parent }).accountId,
    region: aws.getRegionOutput({}, { parent }).region,
    partition: aws.getPartitionOutput({}, { parent }).partition,
  };
}
