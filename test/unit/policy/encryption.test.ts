import assert from "node:assert/strict";
import * as atRest from "../../../policy/encryption/atRest";
import * as inTransit from "../../../policy/encryption/inTransit";
import { keyRotation } from "../../../policy/encryption/keys";
import { logGroupRetention } from "../../../policy/encryption/logs";
import { streamEncryption, streamKey } from "../../../policy/encryption/stream";
import { check, checkStack, remediate, UNKNOWN } from "../../helpers/checkPolicy";
import { document, goodResources, tlsOnly } from "../../helpers/goodResources";
import { refuses } from "../../helpers/refuses";

const TABLE = "aws:dynamodb/table:Table";
const STREAM = "aws:kinesis/stream:Stream";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const ENDPOINT = "aws:dms/endpoint:Endpoint";
const INSTANCE = "aws:dms/replicationInstance:ReplicationInstance";
const CONFIG = "aws:dms/replicationConfig:ReplicationConfig";
const FUNCTION = "aws:lambda/function:Function";
const KEY = "aws:kms/key:Key";
const CLUSTER = "aws:redshift/cluster:Cluster";
const PRODUCTION = { settings: { tier: "production" } };

describe("encryption at rest", () => {
  const table = "set serverSideEncryption.enabled to true and kmsKeyArn to a key";
  for (const serverSideEncryption of [undefined, { enabled: false }]) {
    refuses(
      atRest.tableKey,
      TABLE,
      { serverSideEncryption },
      `the table is encrypted with a key of DynamoDB's; ${table}`,
    );
  }
  refuses(
    atRest.tableKey,
    TABLE,
    { serverSideEncryption: { enabled: true } },
    `the table is encrypted with AWS's own key; ${table}`,
  );
  it("takes a key that a preview does not know yet for one", () => {
    const serverSideEncryption = { enabled: true, kmsKeyArn: UNKNOWN };
    assert.deepEqual(check(atRest.tableKey, TABLE, { serverSideEncryption }), []);
  });
  refuses(
    atRest.logGroupKey,
    LOG_GROUP,
    { kmsKeyId: undefined },
    "the log group names no key; set kmsKeyId to a key whose policy lets CloudWatch Logs use it",
  );
  refuses(
    atRest.dmsInstanceKey,
    INSTANCE,
    { kmsKeyArn: undefined },
    "the instance names no key; set kmsKeyArn to a key",
  );
  refuses(
    atRest.dmsServerlessKey,
    CONFIG,
    { computeConfig: {} },
    "the replication names no key; set computeConfig.kmsKeyId to a key",
  );
  refuses(
    atRest.redshiftServerlessKey,
    "aws:redshiftserverless/namespace:Namespace",
    { kmsKeyId: undefined },
    "the namespace is encrypted with AWS's own key; set kmsKeyId to a key",
  );
  const cluster = 'set encrypted to "true" and kmsKeyId to a key';
  for (const encrypted of ["false", undefined]) {
    refuses(atRest.redshiftClusterKey, CLUSTER, { encrypted }, `the cluster is not encrypted; ${cluster}`);
  }
  refuses(
    atRest.redshiftClusterKey,
    CLUSTER,
    { kmsKeyId: undefined },
    `the cluster is encrypted with AWS's own key; ${cluster}`,
  );
  refuses(
    atRest.dmsEndpointKey,
    ENDPOINT,
    { kmsKeyArn: "" },
    "the endpoint names no key; set kmsKeyArn to a key",
  );
  refuses(
    atRest.functionEnvironmentKey,
    FUNCTION,
    { kmsKeyArn: undefined },
    "the function's environment is encrypted with AWS's own key; set kmsKeyArn to a key",
  );
  it("asks no key of a function without an environment", () => {
    assert.deepEqual(check(atRest.functionEnvironmentKey, FUNCTION, {}), []);
    assert.deepEqual(check(atRest.functionEnvironmentKey, FUNCTION, { environment: { variables: {} } }), []);
  });
  refuses(
    atRest.queueEncryption,
    "aws:sqs/queue:Queue",
    { kmsMasterKeyId: undefined, sqsManagedSseEnabled: false },
    "the queue's encryption is turned off; set kmsMasterKeyId to a key, or sqsManagedSseEnabled to true",
  );
  const bucket = "set applyServerSideEncryptionByDefault.sseAlgorithm to aws:kms in every rule";
  const BUCKET = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
  refuses(
    atRest.bucketKey,
    BUCKET,
    { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
    `the bucket's encryption is AES256; ${bucket}`,
  );
  refuses(atRest.bucketKey, BUCKET, { rules: [] }, `the bucket's encryption is none; ${bucket}`);
  for (const encryptionType of [undefined, "NONE"]) {
    refuses(
      streamEncryption,
      STREAM,
      { encryptionType },
      "the stream's encryption is NONE; set encryptionType to KMS and kmsKeyId to a key",
    );
  }
  refuses(
    streamKey,
    STREAM,
    { kmsKeyId: "alias/aws/kinesis" },
    "the stream is encrypted with AWS's own key; set kmsKeyId to the ARN of a customer-managed key",
    PRODUCTION,
  );
  refuses(
    streamKey,
    STREAM,
    { kmsKeyId: undefined },
    "the stream names no key; set kmsKeyId to the ARN of a customer-managed key",
    PRODUCTION,
  );
  it("turns a stream's encryption on under the key that it names, or AWS's", () => {
    const named = { kmsKeyId: UNKNOWN };
    assert.equal(remediate(streamEncryption, STREAM, named), true);
    assert.deepEqual(named, { kmsKeyId: UNKNOWN, encryptionType: "KMS" });
    const plain = {};
    assert.equal(remediate(streamEncryption, STREAM, plain), true);
    assert.deepEqual(plain, { encryptionType: "KMS", kmsKeyId: "alias/aws/kinesis" });
    assert.equal(remediate(streamEncryption, STREAM, plain), false);
  });
  refuses(
    keyRotation,
    KEY,
    { enableKeyRotation: false },
    "the key does not rotate; set enableKeyRotation to true",
  );
  it("turns a key's rotation on, but for a key that cannot rotate", () => {
    const key = { enableKeyRotation: false };
    assert.equal(remediate(keyRotation, KEY, key), true);
    assert.equal(key.enableKeyRotation, true);
    assert.equal(remediate(keyRotation, KEY, { customerMasterKeySpec: "RSA_4096" }), false);
    assert.deepEqual(check(keyRotation, KEY, { customerMasterKeySpec: "RSA_4096" }), []);
  });
  const retention = "set retentionInDays (rowstream: fanIn.logRetentionDays) within the policy's bounds";
  for (const retentionInDays of [0, undefined]) {
    refuses(
      logGroupRetention,
      LOG_GROUP,
      { retentionInDays },
      `the log group keeps its lines for ever; ${retention}`,
    );
  }
  refuses(
    logGroupRetention,
    LOG_GROUP,
    { retentionInDays: 400 },
    `the log group keeps its lines for 400 days; allowed are 1 to 365; ${retention}`,
    { settings: { maxDays: 365 } },
  );
  it("gives a log group an end that has none, and leaves the others", () => {
    const group = { retentionInDays: 0 };
    assert.equal(remediate(logGroupRetention, LOG_GROUP, group), true);
    assert.equal(group.retentionInDays, 30);
    assert.equal(remediate(logGroupRetention, LOG_GROUP, group), false);
  });
});

describe("encryption in transit", () => {
  const tls =
    "set sslMode (rowstream: source.sslMode) to require, verify-ca or verify-full, or list the engine in the policy's enginesWithout";
  for (const sslMode of [undefined, "none"]) {
    refuses(
      inTransit.sourceTls,
      ENDPOINT,
      { sslMode },
      `the endpoint of the postgres source has sslMode none; ${tls}`,
    );
  }
  it("lets be a target, a listed engine and a source on the same machine", () => {
    const plain = { ...goodResources()[ENDPOINT], sslMode: "none" };
    const passes = (changes: object, settings = {}) =>
      assert.deepEqual(check(inTransit.sourceTls, ENDPOINT, { ...plain, ...changes }, { settings }), []);
    passes({ endpointType: "target", engineName: "dynamodb" });
    passes({ engineName: "db2" }, { enginesWithout: ["db2"] });
    passes({ serverName: "127.0.0.1" });
  });
  const secret = "set secretsManagerArn (rowstream: source.secretArn) and leave the password out";
  it("refuses a password in production, and never prints it", () => {
    const endpoint = { ...goodResources()[ENDPOINT], password: "hunter2" };
    assert.deepEqual(check(inTransit.sourceCredentials, ENDPOINT, endpoint, PRODUCTION), [
      `the endpoint holds a password; ${secret}`,
    ]);
    assert.deepEqual(check(inTransit.sourceCredentials, ENDPOINT, endpoint), []);
    const db2 = { ...endpoint, engineName: "db2" };
    assert.deepEqual(check(inTransit.sourceCredentials, ENDPOINT, db2, PRODUCTION), []);
  });
  refuses(
    inTransit.sourceCredentials,
    ENDPOINT,
    { extraConnectionAttributes: "useBfile=Y;asm_password=hunter2" },
    `the endpoint's extra connection attributes hold a password; ${secret}`,
  );
  const conditional = { ...tlsOnly("s3:*"), Condition: { StringEquals: { "aws:SecureTransport": "false" } } };
  for (const statement of [{ ...tlsOnly("s3:*"), Effect: "Allow" }, tlsOnly("s3:GetObject"), conditional]) {
    refuses(
      inTransit.bucketTls,
      "aws:s3/bucketPolicy:BucketPolicy",
      { policy: document(statement) },
      'the bucket\'s policy lets requests in without TLS; deny s3:* to everybody where aws:SecureTransport is "false"',
    );
  }
  refuses(
    inTransit.queueTls,
    "aws:sqs/queuePolicy:QueuePolicy",
    { policy: document(tlsOnly("s3:*")) },
    'the queue\'s policy lets requests in without TLS; deny sqs:* to everybody where aws:SecureTransport is "false"',
  );
  it("refuses a bucket and a queue that lack what the other policies look at", () => {
    const bucket = { type: "aws:s3/bucket:Bucket", name: "failures", props: { bucket: UNKNOWN } };
    const queue = { type: "aws:sqs/queue:Queue", name: "work", props: { url: "https://queue" } };
    assert.deepEqual(checkStack(inTransit.storageCovered, [bucket, queue]), [
      "failures: the bucket has no encryption configuration; add the resource that is missing",
      "failures: the bucket has no policy; add the resource that is missing",
      "failures: the bucket has no public access block; add the resource that is missing",
      "work: the queue has no policy; add the resource that is missing",
    ]);
    const covered = [
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      "aws:s3/bucketPolicy:BucketPolicy",
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    ].map((type) => ({ type, name: type, props: { bucket: UNKNOWN }, sources: { bucket: ["failures"] } }));
    const policy = {
      type: "aws:sqs/queuePolicy:QueuePolicy",
      name: "p",
      props: { queueUrl: "https://queue" },
    };
    assert.deepEqual(checkStack(inTransit.storageCovered, [bucket, queue, policy, ...covered]), []);
  });
});
