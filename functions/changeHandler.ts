import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { type AppliedRows, appliedRows } from "./appliedRows";
import { type ChangeFilter, compileFilter } from "./changeFilter";
import { startDeadline } from "./deadline";
import type { BatchResponse, InvocationContext } from "./dynamoDbStream";
import { handleChanges, type OnChange, type OnRecord } from "./handleChanges";
import type { KinesisEvent } from "./kinesisEvent";
import type { GetObject } from "./readChange";

export type Handler = (event: KinesisEvent, context: InvocationContext) => Promise<BatchResponse>;

/** What the stack gives a handler beside its function. */
export interface HandlerSettings extends ChangeFilter {
  /** How many rows are worked on at once. */
  concurrency: number;
}

/**
 * Makes a change handler: the Lambda function that calls the user's own for each change of the stream that concerns
 * it. Its event source mapping must have `ReportBatchItemFailures` set.
 *
 * Call it once for each process: it makes the SDK's clients, whose connections the invocations share.
 *
 * @param environment `APPLIED_TABLE`, the table that remembers rows, with `APPLIED_DAYS`, for how long: unset where
 *   repeats are the user's to tell. `OVERSIZE_BUCKET_ARN`: set where the handler may read events too large for the stream.
 */
export function createChangeHandler(
  environment: NodeJS.ProcessEnv,
  settings: HandlerSettings,
  onChange: OnChange<never>,
): Handler {
  return changeHandler(environment, settings, (event) => (onChange as OnChange)(event));
}

/** The same for a function of rowstream's own, which is given the event's bytes too. */
export function changeHandler(
  environment: NodeJS.ProcessEnv,
  settings: HandlerSettings,
  onRecord: OnRecord,
): Handler {
  const options = {
    onRecord,
    matches: compileFilter(settings),
    concurrency: settings.concurrency,
    applied: rememberedRows(environment),
    getObject: environment.OVERSIZE_BUCKET_ARN ? objects() : undefined,
  };
  return async (event, context) => {
    const { deadline, stop } = startDeadline(context);
    try {
      return await handleChanges(event.Records, { ...options, deadline });
    } finally {
      stop();
    }
  };
}

function rememberedRows({ APPLIED_TABLE, APPLIED_DAYS }: NodeJS.ProcessEnv): AppliedRows | undefined {
  return APPLIED_TABLE ? appliedRows(new DynamoDBClient({}), APPLIED_TABLE, Number(APPLIED_DAYS)) : undefined;
}

/** GetObject; the client is made at the first read: few events are that large. */
function objects(): GetObject {
  let client: S3Client | undefined;
  return async (Bucket, Key, abortSignal) => {
    client ??= new S3Client({});
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }), { abortSignal });
    return Body?.transformToByteArray() ?? new Uint8Array();
  };
}
