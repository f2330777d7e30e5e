import type { S3Client } from "@aws-sdk/client-s3";
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
 * PutObject on the failure bucket, whose default encryption applies. The client is loaded and made at the first write:
 * most functions never need it, and each cold start would take longer by it.
 */
export function failureBucket(region: string, bucket: string): PutObject {
  let client: S3Client | undefined;
  return async ({ key, body }, signal) => {
    const s3 = await import("./onDemand/s3.js");
    client ??= new s3.S3Client({
      region,
      requestHandler: new NodeHttpHandler({
        connectionTimeout: CONNECTION_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        throwOnRequestTimeout: true,
      }),
    });
    await client.send(
      new s3.PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: "application/json" }),
      { abortSignal: signal },
    );
  };
}
