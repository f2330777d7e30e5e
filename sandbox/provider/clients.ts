import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DatabaseMigrationServiceClient } from "@aws-sdk/client-database-migration-service";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { FirehoseClient } from "@aws-sdk/client-firehose";
import { IAMClient } from "@aws-sdk/client-iam";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { KMSClient } from "@aws-sdk/client-kms";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import { STSClient } from "@aws-sdk/client-sts";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { Endpoints } from "./endpoints";

/** One client for each service that the stand-in acts on, all in one region. */
export type Clients = ReturnType<typeof createClients>;

/**
 * The endpoint and the credentials are given in code: what a configuration file on this machine says about AWS can
 * neither lead a call elsewhere nor lend it a real identity.
 */
export function createClients(endpoints: Endpoints, region: string) {
  const requestHandler = new NodeHttpHandler();
  const settings = (service: string) => ({
    region,
    endpoint: endpoints.of(service),
    credentials: { accessKeyId: "sandbox", secretAccessKey: "sandbox" },
    requestHandler,
  });
  return {
    dms: new DatabaseMigrationServiceClient(settings("DATABASE_MIGRATION_SERVICE")),
    dynamodb: new DynamoDBClient(settings("DYNAMODB")),
    firehose: new FirehoseClient(settings("FIREHOSE")),
    iam: new IAMClient(settings("IAM")),
    kinesis: new KinesisClient(settings("KINESIS")),
    kms: new KMSClient(settings("KMS")),
    lambda: new LambdaClient(settings("LAMBDA")),
    logs: new CloudWatchLogsClient(settings("CLOUDWATCH_LOGS")),
    // Bucket names in the host part would need a resolver for them on this machine.
    s3: new S3Client({ ...settings("S3"), forcePathStyle: true }),
    secrets: new SecretsManagerClient(settings("SECRETS_MANAGER")),
    sqs: new SQSClient(settings("SQS")),
    sts: new STSClient(settings("STS")),
  };
}
