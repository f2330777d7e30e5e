import { type PolicyStatement, policyDocument, tlsOnly } from "../../policyDocument";
import { viaService } from "../../replication/policies";
import { readStreamStatements, type StreamAccess } from "../streamAccess";

/** What the application's role is allowed on. */
export interface AnalyticsPolicyArgs extends StreamAccess {
  /** The stream of the results. */
  resultsArn: string;
  /** The object with the code. */
  codeArn: string;
  logGroupArn: string;
  logStreamArn: string;
}

/**
 * Exactly what the application needs: its code, the change stream, the results, its log (Managed Service for Apache
 * Flink developer guide, "Getting started", the permissions policy; "Set up application logging").
 */
export function analyticsPolicy(args: AnalyticsPolicyArgs): string {
  const { resultsArn, codeArn, logGroupArn, logStreamArn, kmsKeyArn, region } = args;
  const key = (Sid: string, service: string, Action: string): PolicyStatement => ({
    Sid,
    Effect: "Allow",
    Action,
    Resource: kmsKeyArn,
    Condition: viaService(service, region),
  });
  return policyDocument([
    { Sid: "ReadCode", Effect: "Allow", Action: ["s3:GetObject", "s3:GetObjectVersion"], Resource: codeArn },
    key("CodeKey", "s3", "kms:Decrypt"),
    ...readStreamStatements(args),
    { Sid: "WriteResults", Effect: "Allow", Action: "kinesis:PutRecords", Resource: resultsArn },
    key("ResultsKey", "kinesis", "kms:GenerateDataKey"),
    { Sid: "FindLog", Effect: "Allow", Action: "logs:DescribeLogStreams", Resource: `${logGroupArn}:*` },
    { Sid: "Log", Effect: "Allow", Action: "logs:PutLogEvents", Resource: logStreamArn },
    // It looks the group up by a list: the guide asks for that on every group of the account.
    {
      Sid: "FindLogGroup",
      Effect: "Allow",
      Action: "logs:DescribeLogGroups",
      Resource: everyGroup(logGroupArn),
    },
  ]);
}

/** Every group of the account and region that a group is in: its ARN up to the name. */
function everyGroup(logGroupArn: string): string {
  return `${logGroupArn.split(":").slice(0, 6).join(":")}:*`;
}

/** Nobody publishes to the topic without TLS; who may at all, roles say. */
export function topicPolicy(topicArn: string): string {
  return policyDocument([tlsOnly("sns:Publish", topicArn)]);
}
