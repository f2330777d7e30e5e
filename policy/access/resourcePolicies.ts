import { type Statement, statementsOf } from "../lib/iam";
import { resourcePolicy } from "../lib/policy";

const ROLE = "aws:iam/role:Role";

/** The keys that hold a service to the account that it works for. */
const SOURCE_KEYS = ["aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"];

export const trustSourceCondition = resourcePolicy<typeof ROLE, { services: string[] }>(
  {
    group: "access",
    name: "trust-source-condition",
    what: "A service that works for many accounts assumes a role for this one alone.",
    why: "Otherwise somebody else's replication can be made to use the role: the confused deputy.",
    remedy: "add a condition on aws:SourceAccount or aws:SourceArn to the role's trust policy",
    severity: "high",
    controls: ["WellArchitected.SEC03-BP02"],
    settings: {
      services: {
        type: "array",
        items: { type: "string" },
        default: ["dms.amazonaws.com"],
        description:
          "The services that send those keys. Lambda assumes a function's role without them, and so does DMS's principal of a region for Secrets Manager",
      },
    },
  },
  ROLE,
  (role, { services }) => {
    const open = (statementsOf(role.assumeRolePolicy) ?? [])
      .filter(({ allows, conditions }) => allows && !conditions.some(({ key }) => SOURCE_KEYS.includes(key)))
      .flatMap(({ principals }) => principals.Service ?? [])
      .filter((service) => services.includes(service));
    return open.length > 0 ? `${open.join(", ")} may assume the role for any account` : undefined;
  },
);

/** The documents that say who may use a resource, and the property that they are in. */
const DOCUMENTS = {
  "aws:iam/role:Role": "assumeRolePolicy",
  "aws:kms/key:Key": "policy",
  "aws:s3/bucketPolicy:BucketPolicy": "policy",
  "aws:sqs/queuePolicy:QueuePolicy": "policy",
} as const;

export const noPublicPrincipal = resourcePolicy(
  {
    group: "access",
    name: "no-public-principal",
    what: "No role, key, bucket or queue lets everybody in.",
    why: "A principal of * is every account of AWS, and for a bucket everybody.",
    remedy: "name the principals, or hold them to an account by a condition",
    severity: "critical",
    controls: ["SecurityHub.KMS.5", "SecurityHub.SQS.3", "WellArchitected.SEC03-BP07"],
  },
  Object.keys(DOCUMENTS) as (keyof typeof DOCUMENTS)[],
  (props, _config, { type }) => {
    const text = (props as Record<string, string | undefined>)[DOCUMENTS[type]];
    const open = (statementsOf(text) ?? []).filter((one) => one.allows && isPublic(one));
    return open.length > 0
      ? `statement ${open.map(({ name }) => name).join(", ")} allows everybody`
      : undefined;
  },
);

/** Everybody, with nothing that narrows it to one account. */
function isPublic({ principals, conditions }: Statement): boolean {
  const everybody = "*" in principals || principals.AWS?.includes("*") === true;
  const narrowed = conditions.some(
    ({ operator, key, values }) =>
      /^(String|Arn)(Equals|Like)(IgnoreCase)?$/.test(operator) &&
      [...SOURCE_KEYS, "aws:principalaccount", "aws:principalorgid", "kms:calleraccount"].includes(key) &&
      !values.includes("*"),
  );
  return everybody && !narrowed;
}

export const bucketNotPublic = resourcePolicy(
  {
    group: "access",
    name: "bucket-not-public",
    what: "A bucket's public access block is on as a whole.",
    why: "What could not be published are rows of the source.",
    remedy: "set all four members of the block to true",
    severity: "critical",
    controls: ["SecurityHub.S3.8", "CIS-AWS-3.0.0/2.1.4", "WellArchitected.SEC03-BP07"],
  },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  (block) => {
    const members = [
      "blockPublicAcls",
      "blockPublicPolicy",
      "ignorePublicAcls",
      "restrictPublicBuckets",
    ] as const;
    const off = members.filter((member) => block[member] !== true);
    return off.length > 0 ? `${off.join(", ")} ${off.length > 1 ? "are" : "is"} off` : undefined;
  },
);
