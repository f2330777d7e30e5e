/** Actions that a role is granted, that nothing in the sandbox uses, and why they are granted all the same. */
export interface UnusedGrant {
  /** The role, as {@link kindOf} calls it. */
  role: string;
  actions: readonly string[];
  reason: string;
}

/** Every one of them; the report shows them, and a test holds the list to what is granted and used. */
export const UNUSED_GRANTS: readonly UnusedGrant[] = [
  {
    role: "target",
    actions: ["kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
    reason:
      "DynamoDB's guide wants them of whoever uses a table under a customer managed key, and does not say which of them a write asks for besides kms:Decrypt",
  },
  {
    role: "secret",
    actions: ["secretsmanager:DescribeSecret", "kms:DescribeKey"],
    reason: "DMS's guide wants them (security_iam_secretsmanager); it does not say when DMS calls them",
  },
  {
    role: "heartbeat",
    actions: [
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
    ],
    reason:
      "Lambda connects a function to a network with them (AWS Lambda developer guide, configuration-vpc); the Lambda stand-in has no network to connect it to",
  },
  {
    role: "dms-vpc-role",
    actions: [
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeAvailabilityZones",
      "ec2:DescribeDhcpOptions",
      "ec2:DescribeInternetGateways",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcs",
      "ec2:ModifyNetworkInterfaceAttribute",
    ],
    reason: "AWS's managed policy, not ours to narrow; the DMS stand-in has no network to make",
  },
  {
    role: "dms-cloudwatch-logs-role",
    actions: ["logs:DescribeLogGroups", "logs:DescribeLogStreams"],
    reason: "AWS's managed policy, not ours to narrow; the DMS stand-in makes its log without looking first",
  },
  {
    role: "mail-paid-orders",
    actions: ["sqs:SendMessage"],
    reason:
      "the sample's handler uses it, and the gateway does not see it: an SQS client goes to the host of the queue's URL, which is MiniStack's",
  },
];
