import { type PolicyStatement, policyDocument } from "../policyDocument";
import { viaService } from "../replication/policies";
import { readStreamStatements, type StreamAccess } from "./streamAccess";

/** A right of a consumer beyond what its component needs for itself. */
export interface Permission {
  /** The actions, each by its whole name, e.g. `sns:Publish`. */
  actions: readonly string[];
  /** The ARNs of what they are allowed on. */
  resources: readonly string[];
}

/** What the role of a consumer's function is allowed on. */
export interface FunctionPolicyArgs extends StreamAccess {
  /** The bucket for what the mapping gives up on. */
  failureBucketArn: string;
  logGroupArn: string;
  /** The table that remembers rows; undefined where there is none. */
  appliedTableArn: string | undefined;
  /** The bucket of events too large for the stream; undefined where they are not read. */
  oversizeBucketArn: string | undefined;
  permissions: readonly Permission[];
}

/** Exactly what the function needs, and what Lambda needs to read the stream in its name. */
export function functionPolicy(args: FunctionPolicyArgs): string {
  const { failureBucketArn, logGroupArn, kmsKeyArn, region, permissions } = args;
  const statements: PolicyStatement[] = [
    ...readStreamStatements(args),
    { Sid: "KeepFailures", Effect: "Allow", Action: "s3:PutObject", Resource: `${failureBucketArn}/*` },
    // Lambda checks that the bucket is there before it accepts it as a mapping's destination.
    { Sid: "FindBucket", Effect: "Allow", Action: "s3:ListBucket", Resource: failureBucketArn },
    {
      Sid: "BucketKey",
      Effect: "Allow",
      // To decrypt as well is for uploads in parts; Lambda makes none.
      Action: "kms:GenerateDataKey",
      Resource: kmsKeyArn,
      Condition: viaService("s3", region),
    },
    {
      Sid: "Log",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${logGroupArn}:*`,
    },
    ...appliedStatements(args),
    ...oversizeStatements(args),
    ...permissions.map(
      ({ actions, resources }, index): PolicyStatement => ({
        Sid: `Permission${index + 1}`,
        Effect: "Allow",
        Action: [...actions],
        Resource: [...resources],
      }),
    ),
  ];
  return policyDocument(statements);
}

function appliedStatements({ appliedTableArn, kmsKeyArn, region }: FunctionPolicyArgs): PolicyStatement[] {
  if (appliedTableArn === undefined) return [];
  return [
    {
      Sid: "RememberRows",
      Effect: "Allow",
      Action: ["dynamodb:BatchGetItem", "dynamodb:PutItem"],
      Resource: appliedTableArn,
    },
    {
      Sid: "TableKey",
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: kmsKeyArn,
      Condition: viaService("dynamodb", region),
    },
  ];
}

/** Of the fan-in's bucket that part alone: what lies beside it could not be published. */
function oversizeStatements({ oversizeBucketArn, kmsKeyArn, region }: FunctionPolicyArgs): PolicyStatement[] {
  if (oversizeBucketArn === undefined) return [];
  return [
    {
      Sid: "ReadOversize",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: `${oversizeBucketArn}/oversize/*`,
    },
    {
      Sid: "OversizeKey",
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: kmsKeyArn,
      Condition: viaService("s3", region),
    },
  ];
}
