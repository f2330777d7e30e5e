import type { ResourceProperties, ResourceType } from "../../policy/lib/resources";

const KEY = "arn:aws:kms:eu-central-1:123456789012:key/k";
const ACCOUNT = { StringEquals: { "aws:SourceAccount": "123456789012" } };

/** An IAM document of these statements. */
export function document(...statements: object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** A policy that denies what does not come over TLS. */
export function tlsOnly(action: string): object {
  const Condition = { Bool: { "aws:SecureTransport": "false" } };
  return { Sid: "TlsOnly", Effect: "Deny", Principal: "*", Action: action, Resource: "r", Condition };
}

/** The settings of a task that loses nothing. */
export function goodTaskSettings() {
  return {
    FullLoadSettings: { TargetTablePrepMode: "DO_NOTHING", StopTaskCachedChangesNotApplied: true },
    ChangeProcessingDdlHandlingPolicy: { HandleSourceTableDropped: false, HandleSourceTableTruncated: false },
    ErrorBehavior: {
      DataErrorPolicy: "SUSPEND_TABLE",
      DataTruncationErrorPolicy: "SUSPEND_TABLE",
      ApplyErrorInsertPolicy: "INSERT_RECORD",
      ApplyErrorUpdatePolicy: "SUSPEND_TABLE",
    },
    Logging: { EnableLogging: true },
  };
}

const GRANT = document({
  Sid: "Write",
  Effect: "Allow",
  Action: "kinesis:PutRecords",
  Resource: "arn:stream",
});

/** One resource of each type that keeps to every policy, in production too. */
export function goodResources(): ResourceProperties {
  return {
    "aws:appautoscaling/target:Target": {
      maxCapacity: 100,
      resourceId: "table/orders",
      scalableDimension: "dynamodb:table:WriteCapacityUnits",
    },
    "aws:cloudwatch/logGroup:LogGroup": { kmsKeyId: KEY, retentionInDays: 30 },
    "aws:dms/endpoint:Endpoint": {
      endpointType: "source",
      engineName: "postgres",
      kmsKeyArn: KEY,
      secretsManagerArn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop",
      sslMode: "verify-full",
    },
    "aws:dms/replicationConfig:ReplicationConfig": {
      computeConfig: { kmsKeyId: KEY, minCapacityUnits: 1, maxCapacityUnits: 16, multiAz: true },
      replicationSettings: JSON.stringify(goodTaskSettings()),
      replicationType: "full-load-and-cdc",
    },
    "aws:dms/replicationInstance:ReplicationInstance": {
      allocatedStorage: 100,
      autoMinorVersionUpgrade: true,
      kmsKeyArn: KEY,
      multiAz: true,
      publiclyAccessible: false,
      replicationInstanceClass: "dms.r6i.large",
    },
    "aws:dms/replicationTask:ReplicationTask": {
      migrationType: "full-load-and-cdc",
      replicationTaskSettings: JSON.stringify(goodTaskSettings()),
    },
    "aws:dynamodb/table:Table": {
      billingMode: "PAY_PER_REQUEST",
      deletionProtectionEnabled: true,
      name: "orders",
      onDemandThroughput: { maxReadRequestUnits: 1000, maxWriteRequestUnits: 4000 },
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true, kmsKeyArn: KEY },
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
    },
    "aws:ec2/securityGroup:SecurityGroup": { ingress: [{ cidrBlocks: ["10.0.0.0/8"] }] },
    "aws:ec2/securityGroupRule:SecurityGroupRule": { type: "ingress", cidrBlocks: ["10.0.0.0/8"] },
    "aws:ec2/vpcEndpoint:VpcEndpoint": { serviceName: "com.amazonaws.eu-central-1.dynamodb" },
    "aws:iam/policy:Policy": { policy: GRANT },
    "aws:iam/role:Role": {
      assumeRolePolicy: document({
        Sid: "Service",
        Effect: "Allow",
        Principal: { Service: "dms.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: ACCOUNT,
      }),
    },
    "aws:iam/rolePolicy:RolePolicy": { policy: GRANT },
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
      policyArn: "arn:aws:iam::aws:policy/service-role/AmazonDMSVPCManagementRole",
    },
    "aws:kinesis/stream:Stream": {
      encryptionType: "KMS",
      kmsKeyId: KEY,
      retentionPeriod: 168,
      streamModeDetails: { streamMode: "ON_DEMAND" },
    },
    "aws:kms/key:Key": {
      enableKeyRotation: true,
      policy: document({
        Sid: "Account",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::123456789012:root" },
        Action: "kms:*",
        Resource: "*",
      }),
    },
    "aws:lambda/eventSourceMapping:EventSourceMapping": {
      bisectBatchOnFunctionError: true,
      destinationConfig: { onFailure: { destinationArn: "arn:aws:s3:::failures" } },
      eventSourceArn: "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/1",
      functionName: "arn:fan-in",
      functionResponseTypes: ["ReportBatchItemFailures"],
      maximumBatchingWindowInSeconds: 1,
      maximumRecordAgeInSeconds: 82_800,
      maximumRetryAttempts: -1,
      parallelizationFactor: 2,
      startingPosition: "TRIM_HORIZON",
    },
    "aws:lambda/function:Function": {
      arn: "arn:fan-in",
      environment: { variables: { STREAM_NAME: "changes" } },
      kmsKeyArn: KEY,
      memorySize: 512,
      name: "fan-in",
      timeout: 60,
    },
    "aws:redshift/cluster:Cluster": {
      encrypted: "true",
      enhancedVpcRouting: true,
      kmsKeyId: KEY,
      publiclyAccessible: false,
    },
    "aws:redshiftserverless/namespace:Namespace": { kmsKeyId: KEY },
    "aws:redshiftserverless/workgroup:Workgroup": { enhancedVpcRouting: true, publiclyAccessible: false },
    "aws:s3/bucket:Bucket": { bucket: "failures" },
    "aws:s3/bucketPolicy:BucketPolicy": { bucket: "failures", policy: document(tlsOnly("s3:*")) },
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
      blockPublicAcls: true,
      blockPublicPolicy: true,
      bucket: "failures",
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
      bucket: "failures",
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" } }],
    },
    "aws:sqs/queue:Queue": { kmsMasterKeyId: KEY, url: "https://queue" },
    "aws:sqs/queuePolicy:QueuePolicy": { policy: document(tlsOnly("sqs:*")), queueUrl: "https://queue" },
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": { cidrIpv4: "10.0.0.0/8" },
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": { cidrIpv4: "10.0.0.0/8" },
  };
}

/** Every type, for tests that go through all of them. */
export const RESOURCE_TYPES = Object.keys(goodResources()) as ResourceType[];
