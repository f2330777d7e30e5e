import { type PolicyStatement, policyDocument } from "../policyDocument";
import { viaService } from "../replication/policies";

/** What the fan-in's role is allowed on. */
export interface FanInPolicyArgs {
  partition: string;
  region: string;
  accountId: string;
  streamArn: string;
  bucketArn: string;
  logGroupArn: string;
  /** The key of the tables' streams, the change stream and the bucket. */
  kmsKeyArn: string;
  /** The DynamoDB tables whose streams are read. */
  tableNames: readonly string[];
  /** The secret with the key of hashed columns, and its key where that is known. */
  hashSecret?: { arn: string; kmsKeyArn: string | undefined };
}

/**
 * The most characters of stream ARNs that the policy lists one by one. A role's inline policies have 10,240
 * characters between them; what else is in this one takes fewer than 2,500.
 */
const STREAM_ARNS_LIMIT = 7000;

/** Exactly what the fan-in needs, and what Lambda needs to read the tables' streams in its name. */
export function fanInPolicy(args: FanInPolicyArgs): string {
  const { region, streamArn, bucketArn, logGroupArn, kmsKeyArn } = args;
  const statements: PolicyStatement[] = [
    ...streamStatements(args),
    ...hashKeyStatements(args),
    { Sid: "Publish", Effect: "Allow", Action: "kinesis:PutRecords", Resource: streamArn },
    { Sid: "KeepFailures", Effect: "Allow", Action: "s3:PutObject", Resource: `${bucketArn}/*` },
    // Lambda checks that the bucket is there before it accepts it as a mapping's destination.
    { Sid: "FindBucket", Effect: "Allow", Action: "s3:ListBucket", Resource: bucketArn },
    {
      Sid: "Log",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${logGroupArn}:*`,
    },
    {
      Sid: "StreamKey",
      Effect: "Allow",
      Action: "kms:GenerateDataKey",
      Resource: kmsKeyArn,
      Condition: viaService("kinesis", region),
    },
    {
      Sid: "BucketKey",
      Effect: "Allow",
      // To decrypt as well is for uploads in parts; neither the fan-in nor Lambda makes them.
      Action: "kms:GenerateDataKey",
      Resource: kmsKeyArn,
      Condition: viaService("s3", region),
    },
    {
      Sid: "TableKey",
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: kmsKeyArn,
      Condition: viaService("dynamodb", region),
    },
  ];
  return policyDocument(statements);
}

/** Reading the one secret with the key of hashed columns; nothing where none is hashed. */
function hashKeyStatements({ region, hashSecret }: FanInPolicyArgs): PolicyStatement[] {
  if (hashSecret === undefined) return [];
  return [
    {
      Sid: "ReadHashKey",
      Effect: "Allow",
      Action: "secretsmanager:GetSecretValue",
      Resource: hashSecret.arn,
    },
    {
      Sid: "HashKeySecretKey",
      Effect: "Allow",
      Action: "kms:Decrypt",
      // The key of a secret of the user's own is not in its ARN; the condition holds it to this service.
      Resource: hashSecret.kmsKeyArn ?? "*",
      Condition: viaService("secretsmanager", region),
    },
  ];
}

/** Reading the streams of the adopted tables; nothing before the first is adopted. */
function streamStatements(args: FanInPolicyArgs): PolicyStatement[] {
  if (args.tableNames.length === 0) return [];
  return [
    {
      Sid: "ReadTableStreams",
      Effect: "Allow",
      Action: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
      Resource: streamResources(args),
    },
    // The one action of the four that AWS lets nobody narrow to a stream.
    { Sid: "ListStreams", Effect: "Allow", Action: "dynamodb:ListStreams", Resource: "*" },
  ];
}

/** The streams of the tables one by one, or those of all tables of the account where the list would not fit. */
function streamResources({ partition, region, accountId, tableNames }: FanInPolicyArgs): string[] {
  const tables = `arn:${partition}:dynamodb:${region}:${accountId}:table`;
  const arns = [...tableNames].sort().map((name) => `${tables}/${name}/stream/*`);
  return JSON.stringify(arns).length <= STREAM_ARNS_LIMIT ? arns : [`${tables}/*/stream/*`];
}
