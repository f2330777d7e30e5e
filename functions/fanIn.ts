import { startDeadline } from "./deadline";
import type { BatchResponse, DynamoDBStreamEvent, InvocationContext } from "./dynamoDbStream";
import { failureBucket } from "./failureBucket";
import { kinesisSink } from "./kinesisSink";
import { processBatch } from "./processBatch";
import { readEnvironment } from "./readEnvironment";
import { readSources } from "./sources";

export type Handler = (event: DynamoDBStreamEvent, context: InvocationContext) => Promise<BatchResponse>;

/**
 * Makes the fan-in: the Lambda function that turns the records of every table's DynamoDB stream into events on the
 * one change stream. Its event source mappings must have `ReportBatchItemFailures` set.
 *
 * Call it once for each process: it makes the SDK's clients, whose connections the invocations share.
 *
 * @param environment the function's variables, see `readEnvironment`
 * @param sources the tables' names in the source, as JSON text, see `readSources`
 * @throws Error when either is not as it must be
 */
export function createHandler(environment: NodeJS.ProcessEnv, sources: string): Handler {
  const { region, streamName, bucket, maxRecordBytes } = readEnvironment(environment);
  const options = {
    sources: readSources(sources),
    bucket,
    maxRecordBytes,
    putRecords: kinesisSink(region, streamName),
    putObject: failureBucket(region, bucket),
  };
  return async (event, context) => {
    const { deadline, stop } = startDeadline(context);
    try {
      return await processBatch(event.Records, { ...options, deadline });
    } finally {
      stop();
    }
  };
}
