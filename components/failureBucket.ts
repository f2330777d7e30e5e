import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentArgs, type Transform } from "./component";
import { policyDocument } from "./policyDocument";

/** How long what could not be published is kept unless the user says otherwise, in days. */
export const DEFAULT_FAILURE_RETENTION_DAYS = 90;

/** The bucket for records that could not be published. */
export interface FailureBucketArgs extends ComponentArgs {
  /** The key that encrypts the bucket. */
  kmsKeyArn: pulumi.Input<string>;
  /** How long a failed record is kept, in days, 1 to 3650. Default: 90. */
  retentionDays?: pulumi.Input<number>;
  /** Whether `destroy` deletes the bucket with records in it. Default: false. */
  forceDestroy?: boolean;
  /** What to change of the bucket itself. */
  transform?: { bucket?: Transform<aws.s3.BucketArgs> };
}

/**
 * A private, encrypted, versioned bucket that speaks TLS only: what a mapping gave up on, and what could not be made
 * into an event, wait here. Unless it is told otherwise, a bucket with records in it stops a `destroy`: they are rows
 * that no consumer has seen.
 */
export class FailureBucket extends Component {
  /** The bucket's name. */
  readonly name: pulumi.Output<string>;
  /** The bucket's ARN. */
  readonly arn: pulumi.Output<string>;

  private readonly bucket: aws.s3.Bucket;

  constructor(name: string, args: FailureBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("FailureBucket", name, { retentionDays: args.retentionDays }, args.tags, opts);

    this.bucket = new aws.s3.Bucket(
      ...this.tagged<aws.s3.BucketArgs>(
        name,
        { forceDestroy: args.forceDestroy ?? false },
        args.transform?.bucket,
      ),
    );
    this.name = this.bucket.bucket;
    this.arn = this.bucket.arn;
    const access = this.closeToThePublic(name);
    this.encrypt(name, args.kmsKeyArn);
    this.keepVersionsFor(name, args.retentionDays ?? DEFAULT_FAILURE_RETENTION_DAYS);
    new aws.s3.BucketPolicy(
      // S3 refuses a policy while the public access block is being put in place.
      ...this.child<aws.s3.BucketPolicyArgs>(
        name,
        { bucket: this.bucket.id, policy: this.arn.apply(tlsOnlyPolicy) },
        undefined,
        { dependsOn: [access] },
      ),
    );

    this.registerOutputs({ name: this.name, arn: this.arn });
  }

  /** The bucket underneath. */
  get nodes() {
    return { bucket: this.bucket };
  }

  private closeToThePublic(name: string): aws.s3.BucketPublicAccessBlock {
    return new aws.s3.BucketPublicAccessBlock(
      ...this.child<aws.s3.BucketPublicAccessBlockArgs>(name, {
        bucket: this.bucket.id,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      }),
    );
  }

  private encrypt(name: string, kmsMasterKeyId: pulumi.Input<string>): void {
    new aws.s3.BucketServerSideEncryptionConfiguration(
      ...this.child<aws.s3.BucketServerSideEncryptionConfigurationArgs>(name, {
        bucket: this.bucket.id,
        rules: [
          {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId },
            bucketKeyEnabled: true,
          },
        ],
      }),
    );
  }

  private keepVersionsFor(name: string, days: pulumi.Input<number>): void {
    const versioning = new aws.s3.BucketVersioning(
      ...this.child<aws.s3.BucketVersioningArgs>(name, {
        bucket: this.bucket.id,
        versioningConfiguration: { status: "Enabled" },
      }),
    );
    new aws.s3.BucketLifecycleConfiguration(
      ...this.child<aws.s3.BucketLifecycleConfigurationArgs>(
        name,
        {
          bucket: this.bucket.id,
          rules: [
            {
              id: "expire",
              status: "Enabled",
              filter: { prefix: "" },
              expiration: { days },
              noncurrentVersionExpiration: { noncurrentDays: days },
              abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
            },
          ],
        },
        undefined,
        { dependsOn: [versioning] },
      ),
    );
  }
}

/** Denies everything that does not come over TLS. */
function tlsOnlyPolicy(bucketArn: string): string {
  return policyDocument([
    {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: [bucketArn, `${bucketArn}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ]);
}
