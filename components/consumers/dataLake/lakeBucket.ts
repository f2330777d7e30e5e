import type * as pulumi from "@pulumi/pulumi";
import { type LifecycleRule, PrivateBucket, type PrivateBucketArgs } from "../../privateBucket";
import { DATA_FOLDER, ERROR_FOLDER } from "./layout";

/** The bucket of a data lake. */
export interface LakeBucketArgs extends PrivateBucketArgs {
  /** How long events are kept, in days; undefined for ever. */
  retentionDays: number | undefined;
  /** How long what could not be delivered as an event is kept, in days. */
  errorRetentionDays: number;
}

/** How long a version that was written over or deleted can be had back, in days. */
const NONCURRENT_DAYS = 30;

/** Where Firehose writes events, and in a folder of their own those that it could not make sense of. */
export class LakeBucket extends PrivateBucket {
  constructor(name: string, args: LakeBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    const { retentionDays, errorRetentionDays } = args;
    super("LakeBucket", name, args, { retentionDays }, lifecycle(retentionDays, errorRetentionDays), opts);
  }
}

function lifecycle(retentionDays: number | undefined, errorRetentionDays: number): LifecycleRule[] {
  const expiry = (id: string, prefix: string, days: number): LifecycleRule => ({
    id,
    status: "Enabled",
    filter: { prefix },
    expiration: { days },
  });
  return [
    {
      id: "tidy",
      status: "Enabled",
      filter: { prefix: "" },
      noncurrentVersionExpiration: { noncurrentDays: NONCURRENT_DAYS },
      abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
    },
    expiry("expire-errors", `${ERROR_FOLDER}/`, errorRetentionDays),
    ...(retentionDays === undefined ? [] : [expiry("expire-events", `${DATA_FOLDER}/`, retentionDays)]),
  ];
}
