import {
  DeleteBucketEncryptionCommand,
  GetBucketEncryptionCommand,
  PutBucketEncryptionCommand,
  type ServerSideEncryptionRule,
} from "@aws-sdk/client-s3";
import { bucketPart } from "../../bucketPart";
import { fromWire, type Spellings, toWire } from "../../wireNames";

const SPELLINGS: Spellings = { sseAlgorithm: "SSEAlgorithm", kmsMasterKeyId: "KMSMasterKeyID" };

/** aws.s3.BucketServerSideEncryptionConfiguration. Without it S3 encrypts with keys of its own. */
export const bucketServerSideEncryptionConfiguration = bucketPart({
  unsupported: ["expectedBucketOwner"],
  gone: ["ServerSideEncryptionConfigurationNotFoundError"],
  put: (Bucket, { rules }, s3) =>
    s3.send(
      new PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: { Rules: toWire(rules, SPELLINGS) as ServerSideEncryptionRule[] },
      }),
    ),
  async get(Bucket, s3) {
    const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    return { rules: fromWire(ServerSideEncryptionConfiguration?.Rules, SPELLINGS) };
  },
  remove: (Bucket, s3) => s3.send(new DeleteBucketEncryptionCommand({ Bucket })),
});
