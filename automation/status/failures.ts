import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { MAPPING_PREFIX, UNPROCESSABLE_PREFIX } from "../../functions/failurePrefixes";
import type { FailureStatus } from "./pipelineStatus";

/** What waits in a failure bucket. */
export interface WaitingFailures {
  status: FailureStatus;
  /** How many batches each mapping has given up on, by its UUID. */
  byMapping: Map<string, number>;
}

/** Counts what waits in a failure bucket, with one page (a thousand objects) of each kind. */
export async function waitingFailures(client: S3Client, bucket: string): Promise<WaitingFailures> {
  const [batches, unprocessable] = await Promise.all(
    [MAPPING_PREFIX, UNPROCESSABLE_PREFIX].map((Prefix) =>
      client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix })),
    ),
  );
  const given = batches?.Contents ?? [];
  const records = unprocessable?.Contents ?? [];
  const byMapping = new Map<string, number>();
  for (const { Key = "" } of given) {
    // aws/lambda/<mapping's UUID>/<shard>/<date>/… (AWS Lambda developer guide, services-dynamodb-errors).
    const uuid = Key.slice(MAPPING_PREFIX.length).split("/")[0] ?? "";
    byMapping.set(uuid, (byMapping.get(uuid) ?? 0) + 1);
  }
  const times = [...given, ...records].flatMap(({ LastModified }) => LastModified?.getTime() ?? []);
  return {
    status: {
      bucket,
      batches: given.length,
      unprocessable: records.length,
      more: (batches?.IsTruncated ?? false) || (unprocessable?.IsTruncated ?? false),
      ...(times.length > 0 && {
        lastAt: new Date(times.reduce((last, time) => Math.max(last, time), 0)).toISOString(),
      }),
    },
    byMapping,
  };
}
