import {
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  PutBucketPolicyCommand,
} from "@aws-sdk/client-s3";
import { bucketPart } from "../../bucketPart";

/** aws.s3.BucketPolicy. */
export const bucketPolicy = bucketPart({
  documents: ["policy"],
  gone: ["NoSuchBucketPolicy"],
  put: (Bucket, { policy }, s3) => s3.send(new PutBucketPolicyCommand({ Bucket, Policy: String(policy) })),
  async get(Bucket, s3) {
    const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
    return Policy ? { policy: Policy } : undefined;
  },
  remove: (Bucket, s3) => s3.send(new DeleteBucketPolicyCommand({ Bucket })),
});
