import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentArgs, type Transform } from "./component";

/** The key of hashed columns. */
export interface HashKeyArgs extends ComponentArgs {
  /** The key's text. Whoever knows it can tell which value a hash is of, by trying. */
  hashKey: pulumi.Input<string>;
  /** The key that encrypts the secret. */
  kmsKeyArn: pulumi.Input<string>;
  /**
   * Whether the secret can be had back for 30 days after it is deleted, or is gone at once. Default: `retain`, it can:
   * without it no new value can be matched to the hashes that consumers have.
   */
  onDestroy?: "retain" | "delete";
  /** What to change of the secret itself. */
  transform?: { secret?: Transform<aws.secretsmanager.SecretArgs> };
}

/** How long a deleted secret can be had back, in days; Secrets Manager takes 7 to 30, and 0 for not at all. */
const RECOVERY_DAYS = 30;

/**
 * The key of hashed columns, in a secret of its own. A function's environment, its code and a stack's outputs are for
 * all to read who may look at them, and a stack's state holds it encrypted; Secrets Manager hands it to whom a policy
 * lets, and CloudTrail says to whom it did.
 *
 * A reader asks for {@link versionId}, never for the newest: another key is another version, and the function that is
 * given it begins anew. So two hashes of one value never differ because one was made a moment later. Secrets Manager's
 * own rotation stays off for the same reason.
 *
 * KMS's own HMAC keys, which never leave KMS, would be a call for each value: a thousand a batch, and none when KMS
 * throttles.
 */
export class HashKey extends Component {
  /** The secret's ARN. */
  readonly secretArn: pulumi.Output<string>;
  /** The version of the secret that holds the key. */
  readonly versionId: pulumi.Output<string>;

  private readonly secret: aws.secretsmanager.Secret;
  private readonly version: aws.secretsmanager.SecretVersion;

  constructor(name: string, args: HashKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("HashKey", name, {}, args.tags, opts);
    const secretArgs: aws.secretsmanager.SecretArgs = {
      description: "rowstream: the key under which values of masked columns are hashed",
      kmsKeyId: args.kmsKeyArn,
      recoveryWindowInDays: args.onDestroy === "delete" ? 0 : RECOVERY_DAYS,
    };
    this.secret = new aws.secretsmanager.Secret(...this.tagged(name, secretArgs, args.transform?.secret));
    this.version = new aws.secretsmanager.SecretVersion(
      ...this.child<aws.secretsmanager.SecretVersionArgs>(name, {
        secretId: this.secret.id,
        secretString: pulumi.secret(args.hashKey),
      }),
    );
    this.secretArn = this.secret.arn;
    this.versionId = this.version.versionId;
    this.registerOutputs({ secretArn: this.secretArn, versionId: this.versionId });
  }

  /** The resources underneath. */
  get nodes() {
    return { secret: this.secret, version: this.version };
  }
}
