import { type About, type PackPolicy, resourcePolicy } from "../lib/policy";
import type { ResourceProperties, ResourceType } from "../lib/resources";
import { isGiven, known } from "../lib/unknown";

/** A policy that a property with the ARN of a key is set. A preview does not know the key yet: that counts as set. */
function keyPolicy<Type extends ResourceType>(
  about: Omit<About, "group" | "remedy"> & { finding: string; remedy: string },
  type: Type,
  key: (props: ResourceProperties[Type]) => unknown,
): PackPolicy {
  const { finding, ...rest } = about;
  return resourcePolicy({ group: "encryption", ...rest }, type, (props) =>
    isGiven(() => key(props)) ? undefined : finding,
  );
}

export const tableKey = resourcePolicy(
  {
    group: "encryption",
    name: "table-key",
    what: "A table is encrypted with a key of the customer's own.",
    why: "It holds the current state of the source, and only with such a key can one decide and see who reads it.",
    remedy: "set serverSideEncryption.enabled to true and kmsKeyArn to a key",
    severity: "high",
    controls: ["WellArchitected.SEC08-BP01", "WellArchitected.SEC08-BP02"],
  },
  "aws:dynamodb/table:Table",
  (table) => {
    if (table.serverSideEncryption?.enabled !== true)
      return "the table is encrypted with a key of DynamoDB's";
    return isGiven(() => table.serverSideEncryption?.kmsKeyArn)
      ? undefined
      : "the table is encrypted with AWS's own key";
  },
);

export const logGroupKey = keyPolicy(
  {
    name: "log-group-key",
    what: "A log group is encrypted with a key of the customer's own.",
    why: "DMS logs the rows that it could not apply.",
    finding: "the log group names no key",
    remedy: "set kmsKeyId to a key whose policy lets CloudWatch Logs use it",
    severity: "medium",
    controls: ["WellArchitected.SEC08-BP01", "WellArchitected.SEC08-BP02"],
  },
  "aws:cloudwatch/logGroup:LogGroup",
  (group) => group.kmsKeyId,
);

export const dmsInstanceKey = keyPolicy(
  {
    name: "dms-instance-key",
    what: "The replication instance's storage is encrypted with a key of the customer's own.",
    why: "Rows and changes of the source are cached on it.",
    finding: "the instance names no key",
    remedy: "set kmsKeyArn to a key",
    severity: "high",
    controls: ["WellArchitected.SEC08-BP01", "WellArchitected.SEC08-BP02"],
  },
  "aws:dms/replicationInstance:ReplicationInstance",
  (instance) => instance.kmsKeyArn,
);

export const dmsServerlessKey = keyPolicy(
  {
    name: "dms-serverless-key",
    what: "A serverless replication's storage is encrypted with a key of the customer's own.",
    why: "Rows and changes of the source are cached on it.",
    finding: "the replication names no key",
    remedy: "set computeConfig.kmsKeyId to a key",
    severity: "high",
    controls: ["WellArchitected.SEC08-BP01", "WellArchitected.SEC08-BP02"],
  },
  "aws:dms/replicationConfig:ReplicationConfig",
  (config) => config.computeConfig?.kmsKeyId,
);

export const dmsEndpointKey = keyPolicy(
  {
    name: "dms-endpoint-key",
    what: "An endpoint's credentials are encrypted with a key of the customer's own.",
    why: "Without one, DMS keeps the source's password under AWS's key, which everybody in the account may use.",
    finding: "the endpoint names no key",
    remedy: "set kmsKeyArn to a key",
    severity: "medium",
    controls: ["WellArchitected.SEC08-BP01", "WellArchitected.SEC08-BP02"],
  },
  "aws:dms/endpoint:Endpoint",
  (endpoint) => endpoint.kmsKeyArn,
);

export const functionEnvironmentKey = resourcePolicy(
  {
    group: "encryption",
    name: "function-environment-key",
    what: "A function's environment is encrypted with a key of the customer's own.",
    why: "Who may read the function's configuration reads it otherwise in the clear.",
    remedy: "set kmsKeyArn to a key",
    severity: "low",
    controls: ["WellArchitected.SEC08-BP01", "WellArchitected.SEC08-BP02"],
  },
  "aws:lambda/function:Function",
  (one) => {
    const variables = isGiven(() => one.environment) && known(() => one.environment?.variables);
    const none = typeof variables === "object" && Object.keys(variables).length === 0;
    if (variables === false || none) return undefined;
    return isGiven(() => one.kmsKeyArn)
      ? undefined
      : "the function's environment is encrypted with AWS's own key";
  },
);

export const queueEncryption = resourcePolicy(
  {
    group: "encryption",
    name: "queue-encryption",
    what: "A queue is encrypted.",
    why: "What it holds names rows of the source, or carries them.",
    remedy: "set kmsMasterKeyId to a key, or sqsManagedSseEnabled to true",
    severity: "medium",
    controls: ["SecurityHub.SQS.1", "WellArchitected.SEC08-BP02"],
  },
  "aws:sqs/queue:Queue",
  // SQS encrypts a queue that says nothing.
  (queue) =>
    isGiven(() => queue.kmsMasterKeyId) || known(() => queue.sqsManagedSseEnabled) !== false
      ? undefined
      : "the queue's encryption is turned off",
);

export const bucketKey = resourcePolicy(
  {
    group: "encryption",
    name: "bucket-key",
    what: "A bucket is encrypted with KMS.",
    why: "It holds the rows that could not be published; with S3's own keys whoever may read the bucket reads them.",
    remedy: "set applyServerSideEncryptionByDefault.sseAlgorithm to aws:kms in every rule",
    severity: "medium",
    controls: ["SecurityHub.S3.17", "WellArchitected.SEC08-BP02"],
  },
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  ({ rules = [] }) => {
    const others = rules
      .map((rule) => rule.applyServerSideEncryptionByDefault?.sseAlgorithm ?? "none")
      .filter((algorithm) => !algorithm.startsWith("aws:kms"));
    return rules.length > 0 && others.length === 0
      ? undefined
      : `the bucket's encryption is ${others.join(", ") || "none"}`;
  },
);

export const redshiftServerlessKey = keyPolicy(
  {
    name: "redshift-serverless-key",
    what: "A serverless warehouse is encrypted with a key of the customer's own.",
    why: "It holds every change of every table since it was made.",
    finding: "the namespace is encrypted with AWS's own key",
    remedy: "set kmsKeyId to a key",
    severity: "high",
    controls: ["SecurityHub.RedshiftServerless.4", "WellArchitected.SEC08-BP02"],
  },
  "aws:redshiftserverless/namespace:Namespace",
  (namespace) => namespace.kmsKeyId,
);

export const redshiftClusterKey = resourcePolicy(
  {
    group: "encryption",
    name: "redshift-cluster-key",
    what: "A warehouse of nodes is encrypted with a key of the customer's own.",
    why: "It holds every change of every table since it was made.",
    remedy: 'set encrypted to "true" and kmsKeyId to a key',
    severity: "high",
    controls: ["SecurityHub.Redshift.10", "WellArchitected.SEC08-BP02"],
  },
  "aws:redshift/cluster:Cluster",
  (cluster) => {
    if (cluster.encrypted !== "true") return "the cluster is not encrypted";
    return isGiven(() => cluster.kmsKeyId) ? undefined : "the cluster is encrypted with AWS's own key";
  },
);
