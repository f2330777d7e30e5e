import * as aws from "@pulumi/aws";
import { DataLake, type ReplicatedTable } from "../components";
import { configuredPipeline, outputsOf, type PipelineOutputs } from "../program";
import { mailPaidOrders } from "./changeHandler";
import { showOrders } from "./deviceBridge";

/** The outputs of the sample's stack, as a reader of the stack finds them. */
export interface SampleOutputs extends PipelineOutputs {
  /** The bucket of the data lake. */
  lakeBucketName: string;
  /** The queue of the mails for orders that were paid. */
  mailQueueUrl: string;
  /** The bucket for what their handler gives up on. */
  mailFailureBucketName: string;
  /** The filter that takes in every topic of the displays. */
  displayTopics: string;
  /** The bucket for what the displays' bridge gives up on, and for events too large for a message. */
  displayBucketName: string;
}

/**
 * The sample shop's whole stack: the pipeline, and three consumers beside it. It is what `rowstream sandbox --consumers`
 * deploys.
 *
 * @param tables the tables to adopt, see `program` of ../program.ts
 */
export async function sample(tables?: ReplicatedTable[]) {
  const pipeline = await configuredPipeline(tables);
  const { streamArn, kmsKeyArn } = pipeline;
  const lake = new DataLake("lake", { streamArn, kmsKeyArn, eventsOnDestroy: "delete" });
  const mails = new aws.sqs.Queue("mails", { kmsMasterKeyId: kmsKeyArn });
  new aws.sqs.QueuePolicy("mails", { queueUrl: mails.url, policy: mails.arn.apply(tlsOnly) });
  const mailer = mailPaidOrders(pipeline, mails);
  const displays = showOrders(pipeline);
  return {
    ...outputsOf(pipeline),
    lakeBucketName: lake.bucketName,
    mailQueueUrl: mails.url,
    mailFailureBucketName: mailer.failureBucketName,
    displayTopics: displays.topicFilter,
    displayBucketName: displays.failureBucketName,
  };
}

/** What does not come over TLS is refused, as the policy pack wants it of every queue. */
function tlsOnly(queueArn: string): aws.iam.PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "sqs:*",
        Resource: queueArn,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  };
}
