import { DescribeTableCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DescribeStreamSummaryCommand, type KinesisClient } from "@aws-sdk/client-kinesis";
import { DescribeKeyCommand, GetKeyPolicyCommand, type KMSClient } from "@aws-sdk/client-kms";
import { GetBucketEncryptionCommand, GetBucketPolicyCommand, type S3Client } from "@aws-sdk/client-s3";
import {
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import type { Need } from "./authorizer";
import { ACCOUNT_ID } from "./caller";
import { FreshCache } from "./freshCache";

/** Clients of MiniStack, as an administrator. */
export interface ResourceClients {
  dynamodb: DynamoDBClient;
  kinesis: KinesisClient;
  kms: KMSClient;
  s3: S3Client;
  secrets: SecretsManagerClient;
}

/** What encrypts a resource, and its own policy. */
export interface Facts {
  /** The id, alias or ARN of the KMS key; undefined where none of the account's is used. */
  key?: string;
  /** The resource's policy, as JSON. */
  policy?: string;
  /** The ARN, of resources whose name does not say it. */
  arn?: string;
}

/** Keys that AWS manages: their policies let everybody of the account use them, through their service alone. */
const AWS_MANAGED_KEY = /(^|:)alias\/aws\//;

/** Reads of MiniStack what decides about a request besides the caller's policies. */
export class Resources {
  private readonly tables = new FreshCache((name) => this.readTable(name));
  private readonly streams = new FreshCache((name) => this.readStream(name));
  private readonly buckets = new FreshCache((name) => this.readBucket(name));
  private readonly secrets = new FreshCache((id) => this.readSecret(id));
  private readonly keys = new FreshCache((id) => this.readKey(id));

  constructor(private readonly clients: ResourceClients) {}

  table(name: string): Promise<Facts> {
    return this.tables.get(name);
  }

  stream(name: string): Promise<Facts> {
    return this.streams.get(name);
  }

  bucket(name: string): Promise<Facts> {
    return this.buckets.get(name);
  }

  /** @param id name or ARN */
  secret(id: string): Promise<Facts> {
    return this.secrets.get(id);
  }

  /**
   * What a service does with a key in the name of whoever calls it.
   * @param key undefined, or one that AWS manages: nothing is asked of the caller then
   * @param via the service, for example `kinesis`
   */
  async keyUse(key: string | undefined, actions: string[], via: string, region: string): Promise<Need[]> {
    if (key === undefined || AWS_MANAGED_KEY.test(key)) {
      return [];
    }
    const { arn = key, policy } = await this.keys.get(key);
    const context = {
      "kms:ViaService": `${via}.${region}.amazonaws.com`,
      "kms:CallerAccount": ACCOUNT_ID,
      "aws:ViaAWSService": "true",
    };
    return actions.map((action) => ({
      action,
      resource: arn,
      context,
      ...(policy === undefined ? {} : { resourcePolicy: policy }),
    }));
  }

  private async readTable(TableName: string): Promise<Facts> {
    const answer = await unlessGone(
      this.clients.dynamodb.send(new DescribeTableCommand({ TableName })),
      "ResourceNotFoundException",
    );
    const { SSEType, KMSMasterKeyArn } = answer?.Table?.SSEDescription ?? {};
    return SSEType === "KMS" && KMSMasterKeyArn !== undefined ? { key: KMSMasterKeyArn } : {};
  }

  private async readStream(StreamName: string): Promise<Facts> {
    const answer = await unlessGone(
      this.clients.kinesis.send(new DescribeStreamSummaryCommand({ StreamName })),
      "ResourceNotFoundException",
    );
    const { EncryptionType, KeyId } = answer?.StreamDescriptionSummary ?? {};
    return EncryptionType === "KMS" && KeyId !== undefined ? { key: KeyId } : {};
  }

  private async readBucket(Bucket: string): Promise<Facts> {
    const [encryption, policy] = await Promise.all([
      unlessGone(
        this.clients.s3.send(new GetBucketEncryptionCommand({ Bucket })),
        "ServerSideEncryptionConfigurationNotFoundError",
        "NoSuchBucket",
      ),
      unlessGone(
        this.clients.s3.send(new GetBucketPolicyCommand({ Bucket })),
        "NoSuchBucketPolicy",
        "NoSuchBucket",
      ),
    ]);
    const rule = encryption?.ServerSideEncryptionConfiguration?.Rules?.[0];
    const { SSEAlgorithm, KMSMasterKeyID = "alias/aws/s3" } = rule?.ApplyServerSideEncryptionByDefault ?? {};
    return {
      ...(SSEAlgorithm?.startsWith("aws:kms") ? { key: KMSMasterKeyID } : {}),
      ...(policy?.Policy === undefined ? {} : { policy: policy.Policy }),
    };
  }

  private async readSecret(SecretId: string): Promise<Facts> {
    const { secrets } = this.clients;
    const gone = "ResourceNotFoundException";
    const [secret, policy] = await Promise.all([
      unlessGone(secrets.send(new DescribeSecretCommand({ SecretId })), gone),
      unlessGone(secrets.send(new GetResourcePolicyCommand({ SecretId })), gone),
    ]);
    return {
      ...(secret?.KmsKeyId ? { key: secret.KmsKeyId } : {}),
      ...(secret?.ARN === undefined ? {} : { arn: secret.ARN }),
      ...(policy?.ResourcePolicy ? { policy: policy.ResourcePolicy } : {}),
    };
  }

  private async readKey(KeyId: string): Promise<Facts> {
    const gone = "NotFoundException";
    const [key, policy] = await Promise.all([
      unlessGone(this.clients.kms.send(new DescribeKeyCommand({ KeyId })), gone),
      unlessGone(this.clients.kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: "default" })), gone),
    ]);
    return {
      ...(key?.KeyMetadata?.Arn === undefined ? {} : { arn: key.KeyMetadata.Arn }),
      ...(policy?.Policy === undefined ? {} : { policy: policy.Policy }),
    };
  }
}

async function unlessGone<T>(answer: Promise<T>, ...names: string[]): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (names.includes((error as Error).name)) {
      return undefined;
    }
    throw error;
  }
}
