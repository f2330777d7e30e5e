/**
 * The properties that the policies read, by type token. They are written out here, and not taken from @pulumi/aws,
 * so that the pack neither installs nor loads that package; a test holds each name against the provider's own types.
 */
export interface ResourceProperties {
  "aws:appautoscaling/target:Target": {
    maxCapacity?: number;
    resourceId?: string;
    scalableDimension?: string;
  };
  "aws:cloudwatch/logGroup:LogGroup": { kmsKeyId?: string; retentionInDays?: number };
  "aws:dms/endpoint:Endpoint": {
    endpointType?: string;
    engineName?: string;
    extraConnectionAttributes?: string;
    kmsKeyArn?: string;
    password?: string;
    secretsManagerArn?: string;
    serverName?: string;
    sslMode?: string;
  };
  "aws:dms/replicationConfig:ReplicationConfig": {
    computeConfig?: {
      kmsKeyId?: string;
      maxCapacityUnits?: number;
      minCapacityUnits?: number;
      multiAz?: boolean;
    };
    replicationSettings?: string;
    replicationType?: string;
  };
  "aws:dms/replicationInstance:ReplicationInstance": {
    allocatedStorage?: number;
    autoMinorVersionUpgrade?: boolean;
    kmsKeyArn?: string;
    multiAz?: boolean;
    publiclyAccessible?: boolean;
    replicationInstanceClass?: string;
  };
  "aws:dms/replicationTask:ReplicationTask": { migrationType?: string; replicationTaskSettings?: string };
  "aws:dynamodb/table:Table": {
    billingMode?: string;
    deletionProtectionEnabled?: boolean;
    name?: string;
    onDemandThroughput?: { maxReadRequestUnits?: number; maxWriteRequestUnits?: number };
    pointInTimeRecovery?: { enabled?: boolean };
    readCapacity?: number;
    serverSideEncryption?: { enabled?: boolean; kmsKeyArn?: string };
    streamEnabled?: boolean;
    streamViewType?: string;
    writeCapacity?: number;
  };
  "aws:ec2/securityGroup:SecurityGroup": { egress?: SecurityGroupBlock[]; ingress?: SecurityGroupBlock[] };
  "aws:ec2/securityGroupRule:SecurityGroupRule": {
    cidrBlocks?: string[];
    ipv6CidrBlocks?: string[];
    type?: string;
  };
  "aws:ec2/vpcEndpoint:VpcEndpoint": { serviceName?: string };
  "aws:iam/policy:Policy": { policy?: string };
  "aws:iam/role:Role": { assumeRolePolicy?: string; managedPolicyArns?: string[] };
  "aws:iam/rolePolicy:RolePolicy": { policy?: string };
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": { policyArn?: string };
  "aws:kinesis/stream:Stream": {
    encryptionType?: string;
    kmsKeyId?: string;
    retentionPeriod?: number;
    shardCount?: number;
    streamModeDetails?: { streamMode?: string };
  };
  "aws:kms/key:Key": { customerMasterKeySpec?: string; enableKeyRotation?: boolean; policy?: string };
  "aws:lambda/eventSourceMapping:EventSourceMapping": {
    bisectBatchOnFunctionError?: boolean;
    destinationConfig?: { onFailure?: { destinationArn?: string } };
    eventSourceArn?: string;
    functionName?: string;
    functionResponseTypes?: string[];
    maximumBatchingWindowInSeconds?: number;
    maximumRecordAgeInSeconds?: number;
    maximumRetryAttempts?: number;
    parallelizationFactor?: number;
    startingPosition?: string;
  };
  "aws:lambda/function:Function": {
    arn?: string;
    environment?: { variables?: Record<string, string> };
    kmsKeyArn?: string;
    memorySize?: number;
    name?: string;
    reservedConcurrentExecutions?: number;
    timeout?: number;
  };
  "aws:redshift/cluster:Cluster": {
    encrypted?: string;
    enhancedVpcRouting?: boolean;
    kmsKeyId?: string;
    publiclyAccessible?: boolean;
  };
  "aws:redshiftserverless/namespace:Namespace": { kmsKeyId?: string };
  "aws:redshiftserverless/workgroup:Workgroup": {
    enhancedVpcRouting?: boolean;
    publiclyAccessible?: boolean;
  };
  "aws:s3/bucket:Bucket": { bucket?: string };
  "aws:s3/bucketPolicy:BucketPolicy": { bucket?: string; policy?: string };
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
    blockPublicAcls?: boolean;
    blockPublicPolicy?: boolean;
    bucket?: string;
    ignorePublicAcls?: boolean;
    restrictPublicBuckets?: boolean;
  };
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
    bucket?: string;
    rules?: { applyServerSideEncryptionByDefault?: { sseAlgorithm?: string } }[];
  };
  "aws:sqs/queue:Queue": { kmsMasterKeyId?: string; sqsManagedSseEnabled?: boolean; url?: string };
  "aws:sqs/queuePolicy:QueuePolicy": { policy?: string; queueUrl?: string };
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": { cidrIpv4?: string; cidrIpv6?: string };
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": { cidrIpv4?: string; cidrIpv6?: string };
}

/** A rule that is written inside its security group. */
export interface SecurityGroupBlock {
  cidrBlocks?: string[];
  ipv6CidrBlocks?: string[];
}

/** A type token that the policies know. */
export type ResourceType = keyof ResourceProperties;
