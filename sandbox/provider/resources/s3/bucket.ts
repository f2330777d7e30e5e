import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketTaggingCommand,
  DeleteObjectsCommand,
  GetBucketTaggingCommand,
  HeadBucketCommand,
  ListObjectVersionsCommand,
  PutBucketTaggingCommand,
} from "@aws-sdk/client-s3";
import type { Context, ResourceType } from "../../resourceType";
import { tagList, tagMap } from "../../tags";
import { unlessError } from "../../waitFor";

const GONE = ["NoSuchBucket", "NotFound"];

/** aws.s3.Bucket on the sandbox's S3. Its id is its name; its settings are resources of their own. */
export const bucket: ResourceType = {
  autoName: { property: "bucket", prefixProperty: "bucketPrefix", maxLength: 63, lowerCase: true },
  replaceOn: ["bucket", "bucketPrefix", "objectLockEnabled"],
  providerOnly: ["forceDestroy"],
  // Each has a resource of its own (BucketVersioning, BucketPolicy, …), which the real provider asks for too.
  unsupported: [
    "accelerationStatus",
    "acl",
    "bucketNamespace",
    "corsRules",
    "grants",
    "lifecycleRules",
    "logging",
    "objectLockConfiguration",
    "policy",
    "replicationConfiguration",
    "requestPayer",
    "serverSideEncryptionConfiguration",
    "versioning",
    "website",
  ],

  async create(inputs, context) {
    const Bucket = String(inputs.bucket);
    // S3 itself lets an owner in us-east-1 make a bucket twice; the provider looks first.
    if (await exists(Bucket, context)) {
      throw Object.assign(new Error(`the bucket ${Bucket} exists already`), { name: "BucketAlreadyExists" });
    }
    await context.clients.s3.send(
      new CreateBucketCommand({
        Bucket,
        ObjectLockEnabledForBucket: inputs.objectLockEnabled as boolean | undefined,
      }),
    );
    context.made(Bucket);
    await putTags(Bucket, inputs.tags, context);
    return Bucket;
  },

  async read(id, context, known) {
    if (!(await exists(id, context))) {
      return undefined;
    }
    const tagging = await unlessError(
      context.clients.s3.send(new GetBucketTaggingCommand({ Bucket: id })),
      "NoSuchTagSet",
    );
    return {
      inputs: {
        bucket: id,
        bucketPrefix: known.bucketPrefix ?? "",
        objectLockEnabled: known.objectLockEnabled ?? false,
        forceDestroy: known.forceDestroy ?? false,
        tags: tagMap(tagging?.TagSet),
      },
      outputs: {
        arn: `arn:${context.partition}:s3:::${id}`,
        bucketDomainName: `${id}.s3.amazonaws.com`,
        bucketRegion: context.region,
        bucketRegionalDomainName: `${id}.s3.${context.region}.amazonaws.com`,
      },
    };
  },

  async update(id, inputs, _old, context) {
    await putTags(id, inputs.tags, context);
  },

  async delete(id, { forceDestroy }, context) {
    if (forceDestroy === true) {
      await unlessError(empty(id, context), ...GONE);
    }
    await unlessError(context.clients.s3.send(new DeleteBucketCommand({ Bucket: id })), ...GONE);
  },
};

async function exists(Bucket: string, { clients }: Context): Promise<boolean> {
  return (await unlessError(clients.s3.send(new HeadBucketCommand({ Bucket })), ...GONE)) !== undefined;
}

async function putTags(Bucket: string, tags: unknown, { clients }: Context): Promise<void> {
  const TagSet = tagList(tags);
  await (TagSet.length > 0
    ? clients.s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }))
    : clients.s3.send(new DeleteBucketTaggingCommand({ Bucket })));
}

/** Every version of every object, delete markers too: what forceDestroy promises. */
async function empty(Bucket: string, { clients }: Context): Promise<void> {
  for (;;) {
    const page = await clients.s3.send(new ListObjectVersionsCommand({ Bucket }));
    const Objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({
      Key,
      VersionId,
    }));
    if (Objects.length === 0) {
      return;
    }
    await clients.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
  }
}
