import { type PolicyStatement, policyDocument } from "../policyDocument";
import { viaService } from "../replication/policies";

/** What a build needs for itself, before the driver does anything. */
export interface BuildPolicyArgs {
  partition: string;
  region: string;
  logGroupArn: string;
  /** The connection to GitHub; absent with a zip. */
  connectionArn?: string | undefined;
  /** The zip as `bucket/key`; absent with a repository. */
  zip?: string | undefined;
  /** The secrets that become variables of the build. */
  secretArns: readonly string[];
}

/**
 * Exactly what a build needs to fetch its source, read its secrets and write its log. What the driver needs to deploy
 * is not in it: that is the user's to give.
 */
export function buildPolicy(args: BuildPolicyArgs): string {
  const { logGroupArn } = args;
  return policyDocument([
    {
      Sid: "Log",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${logGroupArn}:*`,
    },
    ...sourceStatements(args),
    ...secretStatements(args),
  ]);
}

function sourceStatements({ partition, region, connectionArn, zip }: BuildPolicyArgs): PolicyStatement[] {
  if (connectionArn !== undefined) {
    // A connection of before 2024 has the service's former name in its ARN, and in its actions.
    const service = connectionArn.split(":")[2];
    return [
      {
        Sid: "Repository",
        Effect: "Allow",
        Action: [`${service}:GetConnection`, `${service}:GetConnectionToken`],
        Resource: connectionArn,
      },
    ];
  }
  return [
    {
      Sid: "Zip",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:GetObjectVersion"],
      Resource: `arn:${partition}:s3:::${zip}`,
    },
    {
      Sid: "ZipKey",
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: "*",
      Condition: viaService("s3", region),
    },
  ];
}

function secretStatements({ region, secretArns }: BuildPolicyArgs): PolicyStatement[] {
  if (secretArns.length === 0) return [];
  return [
    {
      Sid: "Secrets",
      Effect: "Allow",
      Action: "secretsmanager:GetSecretValue",
      Resource: [...secretArns],
    },
    {
      Sid: "SecretKeys",
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: "*",
      Condition: viaService("secretsmanager", region),
    },
  ];
}

/** EventBridge starts builds of this one project. */
export function starterPolicy(projectArn: string): string {
  return policyDocument([
    { Sid: "Start", Effect: "Allow", Action: "codebuild:StartBuild", Resource: projectArn },
  ]);
}
