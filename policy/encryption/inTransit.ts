import { type Statement, statementsOf } from "../lib/iam";
import { resourcePolicy, type StackFinding, type StackView, stackPolicy } from "../lib/policy";
import type { ResourceType } from "../lib/resources";
import { TIER, type TierSettings } from "../lib/settings";
import { isGiven, known } from "../lib/unknown";

const ENDPOINT = "aws:dms/endpoint:Endpoint";
const BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy";

/** What does not leave the machine needs no TLS; DMS on AWS has no source there. */
const LOOPBACK = ["127.0.0.1", "::1", "localhost"];

/** DMS takes no secret for these (provider's documentation of `secretsManagerArn`). */
const ENGINES_WITHOUT_SECRETS = ["db2", "db2-zos", "sybase"];

export const sourceTls = resourcePolicy<typeof ENDPOINT, { enginesWithout: string[] }>(
  {
    group: "encryption",
    name: "source-tls",
    what: "DMS reaches the source over TLS.",
    why: "Every row of the source, and its password, would otherwise cross the network in the clear.",
    remedy:
      "set sslMode (rowstream: source.sslMode) to require, verify-ca or verify-full, or list the engine in the policy's enginesWithout",
    severity: "high",
    controls: ["SecurityHub.DMS.9", "WellArchitected.SEC09-BP02"],
    settings: {
      enginesWithout: {
        type: "array",
        items: { type: "string" },
        default: [],
        description: "Engines that may do without, because an old server cannot: e.g. db2, sybase",
      },
    },
  },
  ENDPOINT,
  (endpoint, { enginesWithout }) => {
    if (endpoint.endpointType !== "source" || endpoint.engineName === undefined) return undefined;
    // None is the service's own.
    const { engineName, sslMode = "none" } = endpoint;
    if (sslMode !== "none" || enginesWithout.includes(engineName)) return undefined;
    return LOOPBACK.includes(known(() => endpoint.serverName) ?? "")
      ? undefined
      : `the endpoint of the ${engineName} source has sslMode none`;
  },
);

export const sourceCredentials = resourcePolicy<typeof ENDPOINT, TierSettings>(
  {
    group: "encryption",
    name: "source-credentials",
    what: "In production the source's credentials are in Secrets Manager, and in no tier among the attributes.",
    why: "A password in an endpoint is in the stack's state, and stays the same until somebody deploys; extra connection attributes are shown to whoever may describe the endpoint.",
    remedy: "set secretsManagerArn (rowstream: source.secretArn) and leave the password out",
    severity: "high",
    controls: ["WellArchitected.SEC02-BP03"],
    settings: { tier: TIER },
  },
  ENDPOINT,
  (endpoint, { tier }) => {
    const attributes = known(() => endpoint.extraConnectionAttributes) ?? "";
    if (/(^|;)\s*[a-z_]*(password|pwd)\s*=/i.test(attributes)) {
      return "the endpoint's extra connection attributes hold a password";
    }
    const allowed = ENGINES_WITHOUT_SECRETS.includes(known(() => endpoint.engineName) ?? "");
    return tier === "production" && !allowed && isGiven(() => endpoint.password)
      ? "the endpoint holds a password"
      : undefined;
  },
);

export const bucketTls = resourcePolicy(
  {
    group: "encryption",
    name: "bucket-tls",
    what: "A bucket's policy denies what does not come over TLS.",
    why: "Without it S3 answers in the clear as well.",
    remedy: 'deny s3:* to everybody where aws:SecureTransport is "false"',
    severity: "medium",
    controls: ["SecurityHub.S3.5", "CIS-AWS-3.0.0/2.1.1", "WellArchitected.SEC09-BP02"],
  },
  BUCKET_POLICY,
  ({ policy }) => (tlsOnly(policy, "s3:*") ? undefined : "the bucket's policy lets requests in without TLS"),
);

export const queueTls = resourcePolicy(
  {
    group: "encryption",
    name: "queue-tls",
    what: "A queue's policy denies what does not come over TLS.",
    why: "Without it SQS answers in the clear as well.",
    remedy: 'deny sqs:* to everybody where aws:SecureTransport is "false"',
    severity: "medium",
    controls: ["WellArchitected.SEC09-BP02"],
  },
  QUEUE_POLICY,
  ({ policy }) => (tlsOnly(policy, "sqs:*") ? undefined : "the queue's policy lets requests in without TLS"),
);

/** What a bucket and a queue must have beside them, with the property that says whose they are. */
const COMPANIONS: {
  of: ResourceType;
  what: string;
  companion: ResourceType;
  property: string;
  lacks: string;
}[] = [
  {
    of: "aws:s3/bucket:Bucket",
    what: "bucket",
    companion: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    property: "bucket",
    lacks: "encryption configuration",
  },
  {
    of: "aws:s3/bucket:Bucket",
    what: "bucket",
    companion: BUCKET_POLICY,
    property: "bucket",
    lacks: "policy",
  },
  {
    of: "aws:s3/bucket:Bucket",
    what: "bucket",
    companion: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    property: "bucket",
    lacks: "public access block",
  },
  {
    of: "aws:sqs/queue:Queue",
    what: "queue",
    companion: QUEUE_POLICY,
    property: "queueUrl",
    lacks: "policy",
  },
];

export const storageCovered = stackPolicy(
  {
    group: "encryption",
    name: "storage-covered",
    what: "Every bucket has an encryption configuration, a policy and a public access block, and every queue a policy.",
    why: "The policies on those resources cannot see a bucket or a queue that has none.",
    remedy: "add the resource that is missing",
    severity: "medium",
    controls: ["SecurityHub.S3.5", "SecurityHub.S3.8", "SecurityHub.S3.17"],
  },
  (stack) =>
    COMPANIONS.flatMap(({ of, what, companion, property, lacks }): StackFinding[] =>
      stack
        .ofType(of)
        .filter((owner) => !hasCompanion(stack, owner, companion, property))
        .map(({ urn }) => ({ urn, finding: `the ${what} has no ${lacks}` })),
    ),
);

/** Whether a resource of that type has a property that comes from the owner, or says its name. */
export function hasCompanion(
  stack: StackView,
  owner: { urn: string; props: object },
  type: ResourceType,
  property: string,
): boolean {
  const read = (props: object, key: string) => known(() => (props as Record<string, unknown>)[key]);
  const names = ["id", "bucket", "arn", "url"].map((key) => read(owner.props, key)).filter(Boolean);
  return stack
    .ofType(type)
    .some(
      ({ props, sources }) =>
        sources[property]?.some(({ urn }) => urn === owner.urn) || names.includes(read(props, property)),
    );
}

function tlsOnly(text: string | undefined, action: string): boolean {
  return (statementsOf(text) ?? []).some((statement) => !statement.allows && deniesPlain(statement, action));
}

function deniesPlain({ actions, principals, conditions }: Statement, action: string): boolean {
  const everybody = "*" in principals || principals.AWS?.includes("*");
  return Boolean(
    everybody &&
      (actions.includes(action) || actions.includes("*")) &&
      conditions.length === 1 &&
      conditions.some(
        ({ operator, key, values }) =>
          /^Bool(IfExists)?$/.test(operator) && key === "aws:securetransport" && values.join() === "false",
      ),
  );
}
