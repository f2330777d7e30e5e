import { policyDocument } from "../policyDocument";
import { viaService } from "../replication/policies";

/** What the heartbeat's role is allowed on. */
export interface HeartbeatPolicyArgs {
  partition: string;
  region: string;
  accountId: string;
  /** The secret with the source's credentials. */
  secretArn: string;
  /** The key of that secret, where it is known. */
  kmsKeyArn: string | undefined;
  logGroupArn: string;
}

/**
 * The actions by which Lambda connects a function to subnets, in the function's role (AWS Lambda developer guide,
 * "Giving Lambda functions access to resources in an Amazon VPC").
 */
const NETWORK_ACTIONS = [
  "ec2:CreateNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:DeleteNetworkInterface",
  "ec2:AssignPrivateIpAddresses",
  "ec2:UnassignPrivateIpAddresses",
];

/** Exactly what the heartbeat needs, and what Lambda needs to connect it to the source's network in its name. */
export function heartbeatPolicy(args: HeartbeatPolicyArgs): string {
  const { partition, region, accountId, secretArn, kmsKeyArn, logGroupArn } = args;
  return policyDocument([
    { Sid: "ReadSecret", Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secretArn },
    {
      Sid: "SecretKey",
      Effect: "Allow",
      Action: "kms:Decrypt",
      // The key of a secret of the user's own is not in its ARN; the condition holds it to this service.
      Resource: kmsKeyArn ?? "*",
      Condition: viaService("secretsmanager", region),
    },
    {
      Sid: "Log",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${logGroupArn}:*`,
    },
    { Sid: "Network", Effect: "Allow", Action: NETWORK_ACTIONS, Resource: "*" },
    {
      // Lambda uses these before the code runs; the code itself may not (AWS Lambda developer guide, "Security best
      // practices" of the same page).
      Sid: "NotByTheCode",
      Effect: "Deny",
      Action: NETWORK_ACTIONS,
      Resource: "*",
      Condition: {
        ArnLike: { "lambda:SourceFunctionArn": `arn:${partition}:lambda:${region}:${accountId}:function:*` },
      },
    },
  ]);
}
