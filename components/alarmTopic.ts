import { policyDocument, tlsOnly } from "./policyDocument";

/** The policy of a topic for alarms: lets those of this account and region in, and nobody who speaks no TLS. */
export function alarmTopicPolicy(
  topicArn: string,
  partition: string,
  region: string,
  accountId: string,
): string {
  return policyDocument([
    {
      Sid: "Alarms",
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: "sns:Publish",
      Resource: topicArn,
      Condition: {
        ArnLike: { "aws:SourceArn": `arn:${partition}:cloudwatch:${region}:${accountId}:alarm:*` },
        StringEquals: { "aws:SourceAccount": accountId },
      },
    },
    tlsOnly("sns:Publish", topicArn),
  ]);
}
