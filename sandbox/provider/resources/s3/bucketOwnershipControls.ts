import {
  DeleteBucketOwnershipControlsCommand,
  GetBucketOwnershipControlsCommand,
  type ObjectOwnership,
  PutBucketOwnershipControlsCommand,
} from "@aws-sdk/client-s3";
import { bucketPart } from "../../bucketPart";
import { isObject } from "../../properties";

/** aws.s3.BucketOwnershipControls. */
export const bucketOwnershipControls = bucketPart({
  gone: ["OwnershipControlsNotFoundError"],
  put: (Bucket, { rule }, s3) =>
    s3.send(
      new PutBucketOwnershipControlsCommand({
        Bucket,
        OwnershipControls: {
          Rules: [
            { ObjectOwnership: (isObject(rule) ? rule.objectOwnership : undefined) as ObjectOwnership },
          ],
        },
      }),
    ),
  async get(Bucket, s3) {
    const { OwnershipControls } = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
    return { rule: { objectOwnership: OwnershipControls?.Rules?.[0]?.ObjectOwnership } };
  },
  remove: (Bucket, s3) => s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket })),
});
