import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { PutRecords } from "./publish";

/** A healthy call takes tens of milliseconds; a connection that hangs must not eat the invocation's time. */
const CONNECTION_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT_MS = 10_000;

/**
 * PutRecords on the change stream.
 *
 * The client tries each call once: `publish` owns the retries, because only it knows which rows they hold up. It
 * speaks HTTP/1.1, as the client's own choice, HTTP/2, is not spoken by every local stand-in of Kinesis.
 */
export function kinesisSink(region: string, streamName: string): PutRecords {
  const client = new KinesisClient({
    region,
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    }),
  });
  return async (records, signal) => {
    const { Records: results = [] } = await client.send(
      new PutRecordsCommand({
        StreamName: streamName,
        Records: records.map(({ partitionKey, data }) => ({ PartitionKey: partitionKey, Data: data })),
      }),
      { abortSignal: signal },
    );
    return records.map((_, index) => {
      const result = results[index];
      return result?.SequenceNumber ? null : (result?.ErrorCode ?? "MissingResult");
    });
  };
}
