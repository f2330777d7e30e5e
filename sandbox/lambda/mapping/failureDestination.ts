import { randomUUID } from "node:crypto";
import type { AwsHttp } from "../../awsHttp";
import { parseArn } from "../arns";
import type { StreamRecord, StreamSource } from "./streamSource";
import { eventOf } from "./takeBatch";

/** Why records are given up on. */
export type GiveUpCondition = "RetryAttemptsExhausted" | "RecordAgeExceeded";

/** Records that a mapping gives up on, and what led to it. */
export interface GivenUp {
  condition: GiveUpCondition;
  records: StreamRecord[];
  shardId: string;
  /** How often these records were part of an invocation. */
  invocations: number;
  /** The last invocation; undefined where there was none. */
  lastInvocation: { requestId: string; functionError?: string } | undefined;
}

/** The mapping that gives up. */
export interface GivingMapping {
  uuid: string;
  functionArn: string;
  streamArn: string;
  source: Pick<StreamSource, "batchInfoMember" | "formatTime">;
}

/**
 * The document that an on-failure destination receives (AWS Lambda developer guide, "Retain discarded records for
 * a DynamoDB event source"). Only S3 gets the records too, as the text of the event in `payload`.
 */
export function failureRecord(mapping: GivingMapping, given: GivenUp, now: Date): Record<string, unknown> {
  const [first, last] = [given.records.at(0) as StreamRecord, given.records.at(-1) as StreamRecord];
  return {
    requestContext: {
      requestId: given.lastInvocation?.requestId ?? randomUUID(),
      functionArn: mapping.functionArn,
      condition: given.condition,
      approximateInvokeCount: given.invocations,
    },
    ...(given.lastInvocation === undefined
      ? {}
      : {
          responseContext: {
            statusCode: 200,
            executedVersion: "$LATEST",
            functionError: given.lastInvocation.functionError ?? null,
          },
        }),
    version: "1.0",
    timestamp: now.toISOString(),
    [mapping.source.batchInfoMember]: {
      shardId: given.shardId,
      startSequenceNumber: first.sequenceNumber,
      endSequenceNumber: last.sequenceNumber,
      approximateArrivalOfFirstRecord: mapping.source.formatTime(first.arrivedAt),
      approximateArrivalOfLastRecord: mapping.source.formatTime(last.arrivedAt),
      batchSize: given.records.length,
      streamArn: mapping.streamArn,
    },
  };
}

/** The key of a failure record in a bucket: `aws/lambda/<mapping>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<UUID>`. */
export function failureKey(mappingUuid: string, shardId: string, now: Date): string {
  const text = now.toISOString();
  const day = text.slice(0, 10).replaceAll("-", "/");
  const time = text.slice(0, 19).replaceAll(":", ".");
  return `aws/lambda/${mappingUuid}/${shardId}/${day}/${time}-${randomUUID()}`;
}

/** The services that a mapping's on-failure destination can be of. */
export const DESTINATION_SERVICES = ["s3", "sqs", "sns"] as const;

/** Sends what a mapping gives up on to its destination. @throws AwsHttpError where the destination does not take it */
export async function sendToDestination(
  aws: AwsHttp,
  destination: string,
  mapping: GivingMapping,
  given: GivenUp,
): Promise<void> {
  const now = new Date();
  const document = failureRecord(mapping, given, now);
  const { service, resource } = parseArn(destination) ?? { service: "", resource: "" };
  if (service === "s3") {
    const body = JSON.stringify({ ...document, payload: eventOf(given.records) });
    await aws.putObject(resource, failureKey(mapping.uuid, given.shardId, now), body);
  } else if (service === "sqs") {
    const { QueueUrl } = await aws.json<{ QueueUrl: string }>("sqs", "GetQueueUrl", { QueueName: resource });
    await aws.json("sqs", "SendMessage", { QueueUrl, MessageBody: JSON.stringify(document) });
  } else {
    await aws.publish(destination, JSON.stringify(document));
  }
}
