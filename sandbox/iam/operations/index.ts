import type { Service } from "./call";
import { dms } from "./dms";
import { dynamodb } from "./dynamodb";
import { dynamodbStreams } from "./dynamodbStreams";
import { iotData } from "./iotData";
import { kinesis } from "./kinesis";
import { lambda } from "./lambda";
import { logs } from "./logs";
import { sns, sqs } from "./messages";
import { s3 } from "./s3";
import { secretsManager } from "./secretsManager";

/** The services that speak a JSON protocol, by the first part of `X-Amz-Target`. */
const BY_TARGET: Record<string, Service | undefined> = {
  AmazonDMSv20160101: dms,
  AmazonSQS: sqs,
  DynamoDBStreams_20120810: dynamodbStreams,
  DynamoDB_20120810: dynamodb,
  Kinesis_20131202: kinesis,
  Logs_20140328: logs,
  secretsmanager: secretsManager,
};

/** The others, by the service in the credential's scope. */
const BY_SCOPE: Record<string, Service | undefined> = { iotdata: iotData, lambda, s3, sns };

/** The service that a request is for; undefined where none of its operations is known. */
export function serviceOf(target: string | undefined, scope: string): Service | undefined {
  return target === undefined ? BY_SCOPE[scope] : BY_TARGET[target.split(".")[0] ?? ""];
}
