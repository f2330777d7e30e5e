import { startDeadline } from "./deadline";
import type { BatchResponse, DynamoDBStreamEvent, InvocationContext } from "./dynamoDbStream";
import { writeMetrics } from "./embeddedMetrics";
import { failureBucket } from "./failureBucket";
import { type HashKeyPlace, readHashKey } from "./hashKey";
import { COMMIT_TO_EVENT_LATENCY } from "./heartbeat/latency";
import { kinesisSink } from "./kinesisSink";
import { keyedHash } from "./mask";
import { processBatch } from "./processBatch";
import { readEnvironment } from "./readEnvironment";
import { hashes, readSources, readSourcesDocument, type Sources } from "./sources";

// What a measurement of the shipped file needs of it: all of its work but the clients.
export { processBatch } from "./processBatch";

/**
 * Events are written into memory that Node allocates by so many bytes: once for a hundred of them, where its default of
 * 8 KiB allocates for every few, which takes a tenth of a batch's time.
 */
Buffer.poolSize = 128 * 1024;

export type Handler = (event: DynamoDBStreamEvent, context: InvocationContext) => Promise<BatchResponse>;

/**
 * Makes the fan-in: the Lambda function that turns the records of every table's DynamoDB stream into events on the
 * one change stream. Its event source mappings must have `ReportBatchItemFailures` set.
 *
 * Call it once for each process: it makes the SDK's clients, whose connections the invocations share.
 *
 * @param environment the function's variables, see `readEnvironment`
 * @param sources the tables, and what their events are like, as JSON text, see `readSources`
 * @throws Error when either is not as it must be
 */
export function createHandler(environment: NodeJS.ProcessEnv, sources: string): Handler {
  const { region, streamName, bucket, maxRecordBytes, hashKey } = readEnvironment(environment);
  const readKnown = sourcesReader(sources, region, hashKey);
  const options = {
    bucket,
    maxRecordBytes,
    putRecords: kinesisSink(region, streamName),
    putObject: failureBucket(region, bucket),
    onHeartbeat: (milliseconds: number) =>
      writeMetrics(streamName, { [COMMIT_TO_EVENT_LATENCY]: milliseconds }, "Milliseconds"),
  };
  return async (event, context) => {
    const { deadline, stop } = startDeadline(context);
    try {
      const known = await readKnown(deadline.signal);
      return await processBatch(event.Records, { ...options, sources: known, deadline });
    } finally {
      stop();
    }
  };
}

/**
 * Makes what gives the sources. Where a column is hashed, the first invocation of the process reads the key, and the
 * next one again where that failed: until then every batch fails, and nothing goes out that is not masked.
 */
function sourcesReader(
  text: string,
  region: string,
  hashKey: HashKeyPlace | undefined,
): (signal: AbortSignal) => Promise<Sources> {
  if (hashKey === undefined || !hashes(readSourcesDocument(text))) {
    const sources = readSources(text);
    return async () => sources;
  }
  let sources: Sources | undefined;
  return async (signal) => {
    sources ??= readSources(text, keyedHash(await readHashKey(region, hashKey, signal)));
    return sources;
  };
}
