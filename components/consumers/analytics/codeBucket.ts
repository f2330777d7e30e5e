import type * as pulumi from "@pulumi/pulumi";
import { PrivateBucket, type PrivateBucketArgs } from "../../privateBucket";

/** How long the code of an earlier deployment is kept, in days: to go back to. */
const NONCURRENT_DAYS = 30;

/** The bucket of an application's code. Nothing is lost with it: the next update makes the code again. */
export class CodeBucket extends PrivateBucket {
  constructor(name: string, args: PrivateBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    const rule = {
      id: "tidy",
      status: "Enabled",
      filter: { prefix: "" },
      noncurrentVersionExpiration: { noncurrentDays: NONCURRENT_DAYS },
      abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
    };
    super("CodeBucket", name, { ...args, forceDestroy: true }, {}, [rule], opts);
  }
}
