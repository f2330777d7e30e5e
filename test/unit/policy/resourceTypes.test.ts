import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ResourceProperties } from "../../../policy/lib/resources";

/** With every member there, at every depth, a name that the other side lacks does not compile. */
type Whole<T> = T extends readonly (infer E)[]
  ? Whole<E>[]
  : T extends object
    ? { [K in keyof T]-?: Whole<NonNullable<T[K]>> }
    : T;

type Inputs<Args> = Whole<pulumi.Unwrap<Args>>;

/** What the provider gives for each type that the pack reads; outputs where stack policies read those. */
interface Provided {
  "aws:appautoscaling/target:Target": Inputs<aws.appautoscaling.TargetArgs>;
  "aws:cloudwatch/logGroup:LogGroup": Inputs<aws.cloudwatch.LogGroupArgs>;
  "aws:dms/endpoint:Endpoint": Inputs<aws.dms.EndpointArgs>;
  "aws:dms/replicationConfig:ReplicationConfig": Inputs<aws.dms.ReplicationConfigArgs>;
  "aws:dms/replicationInstance:ReplicationInstance": Inputs<aws.dms.ReplicationInstanceArgs>;
  "aws:dms/replicationTask:ReplicationTask": Inputs<aws.dms.ReplicationTaskArgs>;
  "aws:dynamodb/table:Table": Inputs<aws.dynamodb.TableArgs>;
  "aws:ec2/securityGroup:SecurityGroup": Inputs<aws.ec2.SecurityGroupArgs>;
  "aws:ec2/securityGroupRule:SecurityGroupRule": Inputs<aws.ec2.SecurityGroupRuleArgs>;
  "aws:ec2/vpcEndpoint:VpcEndpoint": Inputs<aws.ec2.VpcEndpointArgs>;
  "aws:iam/policy:Policy": { policy: string };
  "aws:iam/role:Role": { assumeRolePolicy: string; managedPolicyArns: string[] };
  "aws:iam/rolePolicy:RolePolicy": { policy: string };
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Inputs<aws.iam.RolePolicyAttachmentArgs>;
  "aws:kinesis/stream:Stream": Inputs<aws.kinesis.StreamArgs>;
  "aws:kms/key:Key": Inputs<aws.kms.KeyArgs>;
  "aws:lambda/eventSourceMapping:EventSourceMapping": Inputs<aws.lambda.EventSourceMappingArgs>;
  "aws:lambda/function:Function": Inputs<aws.lambda.FunctionArgs & { arn: string }>;
  "aws:redshift/cluster:Cluster": Inputs<aws.redshift.ClusterArgs>;
  "aws:redshiftserverless/namespace:Namespace": Inputs<aws.redshiftserverless.NamespaceArgs>;
  "aws:redshiftserverless/workgroup:Workgroup": Inputs<aws.redshiftserverless.WorkgroupArgs>;
  "aws:s3/bucket:Bucket": Inputs<aws.s3.BucketArgs>;
  "aws:s3/bucketPolicy:BucketPolicy": { bucket: string; policy: string };
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": Inputs<aws.s3.BucketPublicAccessBlockArgs>;
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": Inputs<aws.s3.BucketServerSideEncryptionConfigurationArgs>;
  "aws:sqs/queue:Queue": Inputs<aws.sqs.QueueArgs & { url: string }>;
  "aws:sqs/queuePolicy:QueuePolicy": { policy: string; queueUrl: string };
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": Inputs<aws.vpc.SecurityGroupEgressRuleArgs>;
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": Inputs<aws.vpc.SecurityGroupIngressRuleArgs>;
}

/** The policy documents are text or an object in the program, and text on their way to the engine. */
type DocumentKeys = keyof (aws.iam.RolePolicyArgs & aws.s3.BucketPolicyArgs & aws.sqs.QueuePolicyArgs) &
  keyof aws.iam.PolicyArgs;

describe("the properties that the policies read", () => {
  it("are the provider's own, name by name", () => {
    // The compiler is the test: a name that the provider has not makes these two assignments fail.
    const fits: [Provided] extends [Whole<ResourceProperties>] ? true : never = true;
    const document: DocumentKeys = "policy";
    return [fits, document];
  });
});
