import { type PolicyStatement, policyDocument } from "../policyDocument";

/** What the inspector's role is allowed on. */
export interface InspectorPolicyArgs {
  partition: string;
  region: string;
  accountId: string;
  /** The ARN of the task, or of the serverless configuration. */
  replicationArn: string;
  serverless: boolean;
  /** The adopted tables' names in DynamoDB. */
  tableNames: readonly string[];
  failureBucketArn: string;
  logGroupArn: string;
}

/** The most characters of table ARNs that the policy lists one by one; a role's inline policies have 10,240 between them. */
const TABLE_ARNS_LIMIT = 7000;

/** Exactly what the inspector needs: it looks, and changes nothing. */
export function inspectorPolicy(args: InspectorPolicyArgs): string {
  const { serverless, replicationArn, failureBucketArn, logGroupArn } = args;
  return policyDocument([
    {
      Sid: "TableStatistics",
      Effect: "Allow",
      Action: serverless ? "dms:DescribeReplicationTableStatistics" : "dms:DescribeTableStatistics",
      Resource: replicationArn,
    },
    {
      // AWS lets nobody narrow these two (Service Authorization Reference, DMS and Lambda).
      Sid: "State",
      Effect: "Allow",
      Action: [
        serverless ? "dms:DescribeReplications" : "dms:DescribeReplicationTasks",
        "lambda:ListEventSourceMappings",
      ],
      Resource: "*",
    },
    ...tableStatements(args),
    { Sid: "CountFailures", Effect: "Allow", Action: "s3:ListBucket", Resource: failureBucketArn },
    {
      Sid: "Log",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${logGroupArn}:*`,
    },
  ]);
}

/** Nothing before the first table is adopted. */
function tableStatements({
  partition,
  region,
  accountId,
  tableNames,
}: InspectorPolicyArgs): PolicyStatement[] {
  if (tableNames.length === 0) return [];
  const tables = `arn:${partition}:dynamodb:${region}:${accountId}:table`;
  const arns = [...tableNames].sort().map((name) => `${tables}/${name}`);
  const fit = JSON.stringify(arns).length <= TABLE_ARNS_LIMIT;
  return [
    {
      Sid: "TableStreams",
      Effect: "Allow",
      Action: "dynamodb:DescribeTable",
      Resource: fit ? arns : `${tables}/*`,
    },
  ];
}
