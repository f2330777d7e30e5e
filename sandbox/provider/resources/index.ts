import type { ResourceType } from "../resourceType";
import { policy as appautoscalingPolicy } from "./appautoscaling/policy";
import { target } from "./appautoscaling/target";
import { dashboard } from "./cloudwatch/dashboard";
import { eventRule } from "./cloudwatch/eventRule";
import { eventTarget } from "./cloudwatch/eventTarget";
import { logGroup } from "./cloudwatch/logGroup";
import { logStream } from "./cloudwatch/logStream";
import { metricAlarm } from "./cloudwatch/metricAlarm";
import { certificate } from "./dms/certificate";
import { endpoint } from "./dms/endpoint";
import { replicationConfig } from "./dms/replicationConfig";
import { replicationInstance } from "./dms/replicationInstance";
import { replicationSubnetGroup } from "./dms/replicationSubnetGroup";
import { replicationTask } from "./dms/replicationTask";
import { table } from "./dynamodb/table";
import { routeTable } from "./ec2/routeTable";
import { routeTableAssociation } from "./ec2/routeTableAssociation";
import { securityGroup } from "./ec2/securityGroup";
import { subnet } from "./ec2/subnet";
import { vpc } from "./ec2/vpc";
import { vpcEndpoint } from "./ec2/vpcEndpoint";
import { catalogDatabase } from "./glue/catalogDatabase";
import { catalogTable } from "./glue/catalogTable";
import { policy as iamPolicy } from "./iam/policy";
import { role } from "./iam/role";
import { rolePolicy } from "./iam/rolePolicy";
import { rolePolicyAttachment } from "./iam/rolePolicyAttachment";
import { firehoseDeliveryStream } from "./kinesis/firehoseDeliveryStream";
import { stream } from "./kinesis/stream";
import { streamConsumer } from "./kinesis/streamConsumer";
import { alias } from "./kms/alias";
import { key } from "./kms/key";
import { eventSourceMapping } from "./lambda/eventSourceMapping";
import { lambdaFunction } from "./lambda/function";
import { permission } from "./lambda/permission";
import { cluster } from "./redshift/cluster";
import { namespace } from "./redshiftserverless/namespace";
import { workgroup } from "./redshiftserverless/workgroup";
import { bucket } from "./s3/bucket";
import { bucketLifecycleConfiguration } from "./s3/bucketLifecycleConfiguration";
import { bucketOwnershipControls } from "./s3/bucketOwnershipControls";
import { bucketPolicy } from "./s3/bucketPolicy";
import { bucketPublicAccessBlock } from "./s3/bucketPublicAccessBlock";
import { bucketServerSideEncryptionConfiguration } from "./s3/bucketServerSideEncryptionConfiguration";
import { bucketVersioning } from "./s3/bucketVersioning";
import { secret } from "./secretsmanager/secret";
import { secretVersion } from "./secretsmanager/secretVersion";
import { topic } from "./sns/topic";
import { topicPolicy } from "./sns/topicPolicy";
import { queue } from "./sqs/queue";
import { queuePolicy } from "./sqs/queuePolicy";
import { securityGroupEgressRule } from "./vpc/securityGroupEgressRule";
import { securityGroupIngressRule } from "./vpc/securityGroupIngressRule";

/** Every type that the stand-in serves, by its token. The file of each bears the name of its type. */
export const resources: Readonly<Record<string, ResourceType | undefined>> = {
  "aws:appautoscaling/policy:Policy": appautoscalingPolicy,
  "aws:appautoscaling/target:Target": target,
  "aws:cloudwatch/dashboard:Dashboard": dashboard,
  "aws:cloudwatch/eventRule:EventRule": eventRule,
  "aws:cloudwatch/eventTarget:EventTarget": eventTarget,
  "aws:cloudwatch/logGroup:LogGroup": logGroup,
  "aws:cloudwatch/logStream:LogStream": logStream,
  "aws:cloudwatch/metricAlarm:MetricAlarm": metricAlarm,
  "aws:dms/certificate:Certificate": certificate,
  "aws:dms/endpoint:Endpoint": endpoint,
  "aws:dms/replicationConfig:ReplicationConfig": replicationConfig,
  "aws:dms/replicationInstance:ReplicationInstance": replicationInstance,
  "aws:dms/replicationSubnetGroup:ReplicationSubnetGroup": replicationSubnetGroup,
  "aws:dms/replicationTask:ReplicationTask": replicationTask,
  "aws:dynamodb/table:Table": table,
  "aws:ec2/routeTable:RouteTable": routeTable,
  "aws:ec2/routeTableAssociation:RouteTableAssociation": routeTableAssociation,
  "aws:ec2/securityGroup:SecurityGroup": securityGroup,
  "aws:ec2/subnet:Subnet": subnet,
  "aws:ec2/vpc:Vpc": vpc,
  "aws:ec2/vpcEndpoint:VpcEndpoint": vpcEndpoint,
  "aws:glue/catalogDatabase:CatalogDatabase": catalogDatabase,
  "aws:glue/catalogTable:CatalogTable": catalogTable,
  "aws:iam/policy:Policy": iamPolicy,
  "aws:iam/role:Role": role,
  "aws:iam/rolePolicy:RolePolicy": rolePolicy,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": rolePolicyAttachment,
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": firehoseDeliveryStream,
  "aws:kinesis/stream:Stream": stream,
  "aws:kinesis/streamConsumer:StreamConsumer": streamConsumer,
  "aws:kms/alias:Alias": alias,
  "aws:kms/key:Key": key,
  "aws:lambda/eventSourceMapping:EventSourceMapping": eventSourceMapping,
  "aws:lambda/function:Function": lambdaFunction,
  "aws:lambda/permission:Permission": permission,
  "aws:redshift/cluster:Cluster": cluster,
  "aws:redshiftserverless/namespace:Namespace": namespace,
  "aws:redshiftserverless/workgroup:Workgroup": workgroup,
  "aws:s3/bucket:Bucket": bucket,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": bucketLifecycleConfiguration,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": bucketOwnershipControls,
  "aws:s3/bucketPolicy:BucketPolicy": bucketPolicy,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": bucketPublicAccessBlock,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
    bucketServerSideEncryptionConfiguration,
  "aws:s3/bucketVersioning:BucketVersioning": bucketVersioning,
  "aws:secretsmanager/secret:Secret": secret,
  "aws:secretsmanager/secretVersion:SecretVersion": secretVersion,
  "aws:sns/topic:Topic": topic,
  "aws:sns/topicPolicy:TopicPolicy": topicPolicy,
  "aws:sqs/queue:Queue": queue,
  "aws:sqs/queuePolicy:QueuePolicy": queuePolicy,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": securityGroupEgressRule,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": securityGroupIngressRule,
};
