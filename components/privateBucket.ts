import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentArgs, type Transform } from "./component";
import { policyDocument, tlsOnly } from "./policyDocument";

/** What every bucket of rowstream's takes. */
export interface PrivateBucketArgs extends ComponentArgs {
  /** The key that encrypts the bucket. */
  kmsKeyArn: pulumi.Input<string>;
  /** Whether `destroy` deletes the bucket with objects in it. Default: false, it stops there. */
  forceDestroy?: boolean;
  /** What to change of the bucket itself. */
  transform?: { bucket?: Transform<aws.s3.BucketArgs> };
}

/** A rule of a bucket's lifecycle. */
export type LifecycleRule = aws.types.input.s3.BucketLifecycleConfigurationRule;

/**
 * A bucket that is closed to the public, encrypted, versioned, and speaks TLS only; what is in it, and for how long, is
 * its kind's to say.
 */
export abstract class PrivateBucket extends Component {
  /** The bucket's name. */
  readonly name: pulumi.Output<string>;
  /** The bucket's ARN. */
  readonly arn: pulumi.Output<string>;

  private readonly bucket: aws.s3.Bucket;

  /**
   * @param kind the component's own name
   * @param settings plain settings that policies and the state may see
   * @param rules how long objects are kept
   */
  protected constructor(
    kind: string,
    name: string,
    args: PrivateBucketArgs,
    settings: pulumi.Inputs,
    rules: LifecycleRule[],
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(kind, name, settings, args.tags, opts);

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
    this.keep(name, rules);
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

  private keep(name: string, rules: LifecycleRule[]): void {
    const versioning = new aws.s3.BucketVersioning(
      ...this.child<aws.s3.BucketVersioningArgs>(name, {
        bucket: this.bucket.id,
        versioningConfiguration: { status: "Enabled" },
      }),
    );
    new aws.s3.BucketLifecycleConfiguration(
      ...this.child<aws.s3.BucketLifecycleConfigurationArgs>(
        name,
        { bucket: this.bucket.id, rules },
        undefined,
        { dependsOn: [versioning] },
      ),
    );
  }
}

/** Denies everything that does not come over TLS. */
function tlsOnlyPolicy(bucketArn: string): string {
  return policyDocument([tlsOnly("s3:*", [bucketArn, `${bucketArn}/*`])]);
}
