import { type PolicyStatement, policyDocument } from "../policyDocument";

/** The key policies' condition: the key is used through one AWS service, never by the role directly. */
export function viaService(service: string, region: string): PolicyStatement["Condition"] {
  return { StringEquals: { "kms:ViaService": `${service}.${region}.amazonaws.com` } };
}

/** What the role of the DynamoDB endpoint may do. */
export interface TargetPolicyArgs {
  partition: string;
  region: string;
  accountId: string;
  /** The key that encrypts the tables once they are adopted. */
  kmsKeyArn: string;
}

/**
 * The rights DMS needs on its target (AWS DMS user guide, CHAP_Target.DynamoDB), and those on the key of the adopted
 * tables. DMS chooses the names of most tables, so the resource is every table of the account in this region; the
 * right to change a table (UpdateTable) is not among them.
 *
 * DeleteTable, which the manual lists, is left out: nothing in this pipeline lets DMS drop a table.
 */
export function targetPolicy({ partition, region, accountId, kmsKeyArn }: TargetPolicyArgs): string {
  return policyDocument([
    {
      Sid: "Tables",
      Effect: "Allow",
      Action: [
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "dynamodb:CreateTable",
        "dynamodb:DescribeTable",
      ],
      Resource: `arn:${partition}:dynamodb:${region}:${accountId}:table/*`,
    },
    { Sid: "ListTables", Effect: "Allow", Action: "dynamodb:ListTables", Resource: "*" },
    {
      Sid: "TableKey",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
      Resource: kmsKeyArn,
      Condition: viaService("dynamodb", region),
    },
  ]);
}

/** What the role that reads the source's secret may do. */
export interface SecretPolicyArgs {
  region: string;
  secretArn: string;
}

/** Reads one secret, and uses whichever key encrypts it, through Secrets Manager alone. */
export function secretPolicy({ region, secretArn }: SecretPolicyArgs): string {
  return policyDocument([
    {
      Sid: "Secret",
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
      Resource: secretArn,
    },
    {
      // The key of a secret is not in its ARN, and may change; the condition holds it to this service.
      Sid: "SecretKey",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:DescribeKey"],
      Resource: "*",
      Condition: viaService("secretsmanager", region),
    },
  ]);
}
