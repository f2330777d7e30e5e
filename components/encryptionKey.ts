import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { awsContext } from "./awsContext";
import { Component, type ComponentArgs, type Transform } from "./component";
import { type PolicyStatement, policyDocument } from "./policyDocument";

/** The pipeline's own key. */
export interface EncryptionKeyArgs extends ComponentArgs {
  /**
   * What happens to the key when the stack is destroyed: `retain` leaves it, as what it encrypted could not be read
   * without it; `delete` deletes it after 30 days. Default: `retain`.
   */
  onDestroy?: "retain" | "delete";
  /** Changes to the key. */
  transform?: { key?: Transform<aws.kms.KeyArgs> };
}

/**
 * The one customer-managed key of a pipeline: it encrypts the change stream, the tables, the failure bucket, the
 * replication's storage and the logs. It rotates every year.
 */
export class EncryptionKey extends Component {
  /** The key's ARN. */
  readonly arn: pulumi.Output<string>;

  private readonly key: aws.kms.Key;
  private readonly alias: aws.kms.Alias;

  constructor(name: string, args: EncryptionKeyArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super("EncryptionKey", name, {}, args.tags, opts);
    const { accountId, partition, region } = awsContext(this);
    const keyArgs: aws.kms.KeyArgs = {
      description: `rowstream: encrypts the pipeline ${name}`,
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      policy: pulumi.all([accountId, partition, region]).apply(([a, p, r]) => keyPolicy(a, p, r)),
    };
    this.key = new aws.kms.Key(
      ...this.tagged(name, keyArgs, args.transform?.key, { retainOnDelete: args.onDestroy !== "delete" }),
    );
    this.alias = new aws.kms.Alias(
      ...this.child<aws.kms.AliasArgs>(name, {
        name: `alias/${name}-${pulumi.getStack()}`,
        targetKeyId: this.key.keyId,
      }),
    );
    this.arn = this.key.arn;
    this.registerOutputs({ arn: this.arn });
  }

  /** The resources underneath. */
  get nodes() {
    return { key: this.key, alias: this.alias };
  }
}

/**
 * The policy that a pipeline's key needs; a key of the user's own must grant as much. The account decides by IAM who
 * uses the key: DMS, Lambda, DynamoDB, Kinesis and S3 act with the rights of the roles that rowstream makes. Only
 * CloudWatch acts in its own name: its logs are let in for log groups of this account and region, its alarms for the
 * encrypted topic that they tell. (SNS's guide gives the alarms no condition that is known to hold for them.)
 */
export function keyPolicy(accountId: string, partition: string, region: string): string {
  const statements: PolicyStatement[] = [
    {
      Sid: "Account",
      Effect: "Allow",
      Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
      Action: "kms:*",
      Resource: "*",
    },
    {
      Sid: "Logs",
      Effect: "Allow",
      Principal: { Service: `logs.${region}.amazonaws.com` },
      Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
      Resource: "*",
      Condition: {
        ArnLike: {
          "kms:EncryptionContext:aws:logs:arn": `arn:${partition}:logs:${region}:${accountId}:log-group:*`,
        },
      },
    },
    {
      Sid: "Alarms",
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
      Resource: "*",
    },
  ];
  return policyDocument(statements);
}
