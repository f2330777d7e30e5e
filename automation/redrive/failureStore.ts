import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from "@aws-sdk/client-s3";
import { REDRIVEN_PREFIX } from "./failureObject";

/** The failure bucket, as a redrive uses it. */
export interface FailureStore {
  /** The keys under a prefix, sorted. */
  list(prefix: string): Promise<string[]>;
  /** An object's text; undefined where it is gone. */
  read(key: string): Promise<string | undefined>;
  /** Moves an object under `redriven/`. */
  setAside(key: string): Promise<void>;
}

/** The failure bucket of a pipeline. */
export function failureStore(client: S3Client, bucket: string): FailureStore {
  return {
    async list(prefix) {
      const keys: string[] = [];
      for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
        keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
      }
      return keys.sort();
    },
    async read(key) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return await Body?.transformToString("utf8");
      } catch (error) {
        // Another redrive has moved it since.
        if ((error as Error).name === "NoSuchKey") {
          return undefined;
        }
        throw error;
      }
    },
    async setAside(key) {
      const source = `${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;
      try {
        await client.send(
          new CopyObjectCommand({ Bucket: bucket, CopySource: source, Key: `${REDRIVEN_PREFIX}${key}` }),
        );
      } catch (error) {
        if ((error as Error).name === "NoSuchKey") {
          return;
        }
        throw error;
      }
      // The bucket is versioned: this hides the object and leaves its content until the bucket's rules expire it.
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}
