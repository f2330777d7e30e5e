import {
  DeletePublicAccessBlockCommand,
  GetPublicAccessBlockCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { bucketPart } from "../../bucketPart";
import type { Properties } from "../../properties";
import { fromWire, toWire } from "../../wireNames";

const SETTINGS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

/** aws.s3.BucketPublicAccessBlock. A setting that is left out is off. */
export const bucketPublicAccessBlock = bucketPart({
  providerOnly: ["skipDestroy"],
  gone: ["NoSuchPublicAccessBlockConfiguration"],
  put: (Bucket, inputs, s3) =>
    s3.send(
      new PutPublicAccessBlockCommand({
        Bucket,
        PublicAccessBlockConfiguration: toWire(
          Object.fromEntries(SETTINGS.map((name) => [name, inputs[name] ?? false])),
        ) as Record<string, boolean>,
      }),
    ),
  async get(Bucket, s3) {
    const { PublicAccessBlockConfiguration } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    return fromWire(PublicAccessBlockConfiguration) as Properties | undefined;
  },
  remove: (Bucket, s3) => s3.send(new DeletePublicAccessBlockCommand({ Bucket })),
});
