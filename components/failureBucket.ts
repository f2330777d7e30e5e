import type * as pulumi from "@pulumi/pulumi";
import { PrivateBucket, type PrivateBucketArgs } from "./privateBucket";

/** How long what could not be published is kept unless the user says otherwise, in days. */
export const DEFAULT_FAILURE_RETENTION_DAYS = 90;

/** The bucket for records that could not be published. */
export interface FailureBucketArgs extends PrivateBucketArgs {
  /** How long a failed record is kept, in days, 1 to 3650. Default: 90. */
  retentionDays?: pulumi.Input<number>;
}

/**
 * A private, encrypted, versioned bucket that speaks TLS only: what a mapping gave up on, and what could not be made
 * into an event, wait here. Unless it is told otherwise, a bucket with records in it stops a `destroy`: they are rows
 * that no consumer has seen.
 */
export class FailureBucket extends PrivateBucket {
  constructor(name: string, args: FailureBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    const days = args.retentionDays ?? DEFAULT_FAILURE_RETENTION_DAYS;
    const rule = {
      id: "expire",
      status: "Enabled",
      filter: { prefix: "" },
      expiration: { days },
      noncurrentVersionExpiration: { noncurrentDays: days },
      abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
    };
    super("FailureBucket", name, args, { retentionDays: args.retentionDays }, [rule], opts);
  }
}
