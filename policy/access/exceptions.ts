import type { Statement } from "../lib/iam";

/** A wildcard that AWS leaves no choice about. */
export interface Exception {
  /** The actions that it is for. */
  actions: readonly string[];
  /** What else must hold of the statement. Default: nothing. */
  only?: { text: string; holds: (statement: Statement) => boolean };
  /** Why there is no narrower way. */
  reason: string;
}

/** The wildcards in an action's name that are allowed. */
export const ACTION_EXCEPTIONS: readonly Exception[] = [
  {
    actions: ["kms:GenerateDataKey*", "kms:ReEncrypt*"],
    reason: "each stands for a pair of operations that services choose between by themselves",
  },
];

/** The statements that may be about every resource. */
export const RESOURCE_EXCEPTIONS: readonly Exception[] = [
  {
    actions: ["dynamodb:ListTables", "dynamodb:ListStreams"],
    reason:
      "a list of tables or streams has no resource of its own (Service Authorization Reference, DynamoDB)",
  },
  {
    actions: ["kinesis:ListStreams"],
    reason: "a list of streams has no resource of its own (Service Authorization Reference, Kinesis)",
  },
  {
    actions: ["dms:DescribeReplications", "dms:DescribeReplicationTasks", "lambda:ListEventSourceMappings"],
    reason:
      "AWS lets nobody narrow who may look at replications and mappings (Service Authorization Reference, DMS and Lambda)",
  },
  {
    actions: [
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
    ],
    reason:
      "Lambda connects a function to a network in the function's role, by interfaces that have no names before (AWS Lambda developer guide, configuration-vpc)",
  },
  {
    actions: ["kms:Decrypt", "kms:DescribeKey"],
    only: {
      text: "through one service, by kms:ViaService",
      holds: ({ conditions }) =>
        conditions.some(({ operator, key }) => /^StringEquals$/.test(operator) && key === "kms:viaservice"),
    },
    reason: "the key of a secret or a bucket of somebody else's is not in its ARN, and may change",
  },
];

/** Whether an exception covers an action of a statement. */
export function isExcepted(statement: Statement, exceptions: readonly Exception[], action: string): boolean {
  return exceptions.some(
    ({ actions, only }) => actions.includes(action) && (only === undefined || only.holds(statement)),
  );
}
