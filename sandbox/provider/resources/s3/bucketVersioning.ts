import {
  type BucketVersioningStatus,
  GetBucketVersioningCommand,
  PutBucketVersioningCommand,
} from "@aws-sdk/client-s3";
import { bucketPart } from "../../bucketPart";
import { isObject } from "../../properties";

/** aws.s3.BucketVersioning. Versioning once enabled can only be suspended: that is what its removal does. */
export const bucketVersioning = bucketPart({
  unsupported: ["expectedBucketOwner", "mfa"],
  gone: [],
  async put(Bucket, { versioningConfiguration }, s3) {
    const status = isObject(versioningConfiguration) ? versioningConfiguration.status : undefined;
    // "Disabled" is a bucket whose versioning nobody ever enabled: there is nothing to tell S3.
    if (status !== "Disabled") {
      await s3.send(
        new PutBucketVersioningCommand({
          Bucket,
          VersioningConfiguration: { Status: status as BucketVersioningStatus },
        }),
      );
    }
  },
  async get(Bucket, s3) {
    const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
    return { versioningConfiguration: { status: Status ?? "Disabled" } };
  },
  async remove(Bucket, s3) {
    const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
    if (Status === "Enabled") {
      await s3.send(
        new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Suspended" } }),
      );
    }
  },
});
