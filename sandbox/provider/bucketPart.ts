import type { S3Client } from "@aws-sdk/client-s3";
import type { Properties } from "./properties";
import type { ResourceType } from "./resourceType";
import { unlessError } from "./waitFor";

/** One of the settings of a bucket that are resources of their own: what S3 has a put, a get and a delete for. */
export interface BucketPart {
  documents?: readonly string[];
  providerOnly?: readonly string[];
  unsupported?: readonly string[];
  put(bucket: string, inputs: Properties, s3: S3Client): Promise<unknown>;
  /** @returns the inputs besides `bucket`; undefined where the bucket has no such setting */
  get(bucket: string, s3: S3Client): Promise<Properties | undefined>;
  remove(bucket: string, s3: S3Client): Promise<unknown>;
  /** The errors that say "no such setting", besides the missing bucket's. */
  gone: readonly string[];
}

/** The resource type for a bucket's setting. Its id is the bucket's name. */
export function bucketPart(part: BucketPart): ResourceType {
  const gone = [...part.gone, "NoSuchBucket"];
  return {
    replaceOn: ["bucket"],
    documents: part.documents,
    providerOnly: part.providerOnly,
    unsupported: part.unsupported,
    async create(inputs, { clients }) {
      const bucket = String(inputs.bucket);
      await part.put(bucket, inputs, clients.s3);
      return bucket;
    },
    async read(id, { clients }) {
      const inputs = await unlessError(part.get(id, clients.s3), ...gone);
      return inputs && { inputs: { bucket: id, ...inputs }, outputs: {} };
    },
    async update(id, inputs, _old, { clients }) {
      await part.put(id, inputs, clients.s3);
    },
    async delete(id, _state, { clients }) {
      await unlessError(part.remove(id, clients.s3), ...gone);
    },
  };
}
