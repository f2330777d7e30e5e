import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { NodeHttpHandler } from "@smithy/node-http-handler";

/** An object of the failure bucket. Its key follows from the record, so that writing it again changes nothing. */
export interface StoredObject {
  key: string;
  body: Uint8Array;
}

/** Writes an object; rejects when it could not. */
export type PutObject = (object: StoredObject, signal: AbortSignal) => Promise<void>;

const CONNECTION_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT_MS = 10_000;

/**
 * PutObject on the failure bucket, whose default encryption applies. The client is made at the first write: most
 * invocations need none.
 */
export function failureBucket(region: string, bucket: string): PutObject {
  let client: S3Client | undefined;
  return async ({ key, body }, signal) => {
    client ??= new S3Client({
      region,
      requestHandler: new NodeHttpHandler({
        connectionTimeout: CONNECTION_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        throwOnRequestTimeout: true,
      }),
    });
    await client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: "application/json" }),
      { abortSignal: signal },
    );
  };
}
