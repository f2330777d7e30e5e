import assert from "node:assert/strict";
import * as identity from "../../../policy/access/identityPolicies";
import * as resource from "../../../policy/access/resourcePolicies";
import { check } from "../../helpers/checkPolicy";
import { document } from "../../helpers/goodResources";
import { refuses } from "../../helpers/refuses";

const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const POLICY = "aws:iam/policy:Policy";
const ROLE = "aws:iam/role:Role";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";

describe("access: what a role may do", () => {
  const allow = (statement: object) => ({
    policy: document({ Effect: "Allow", Resource: "r", ...statement }),
  });
  for (const type of [ROLE_POLICY, POLICY] as const) {
    refuses(
      identity.noWildcardAction,
      type,
      allow({ Sid: "All", Action: ["dynamodb:*", "s3:GetObject", "*"] }),
      "statement All allows dynamodb:*, *; name the actions",
    );
    refuses(
      identity.noWildcardResource,
      type,
      allow({ Action: ["s3:GetObject", "dynamodb:ListTables"], Resource: ["*"] }),
      "statement #1 allows s3:GetObject on every resource; name the resources",
    );
  }
  refuses(
    identity.noWildcardAction,
    ROLE_POLICY,
    allow({ NotAction: "iam:*" }),
    "statement #1 allows all actions but some; name the actions",
  );
  refuses(
    identity.noWildcardResource,
    ROLE_POLICY,
    allow({ Action: "s3:GetObject", Resource: undefined, NotResource: "r" }),
    "statement #1 is about all resources but some; name the resources",
  );
  refuses(
    identity.noWildcardAction,
    ROLE_POLICY,
    { policy: "{" },
    "the policy is no JSON document with statements; name the actions",
  );
  const viaService = { StringEquals: { "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com" } };
  refuses(
    identity.noWildcardResource,
    ROLE_POLICY,
    allow({ Sid: "Key", Action: "kms:Decrypt", Resource: "*" }),
    "statement Key allows kms:Decrypt on every resource; name the resources",
  );
  it("allows the wildcards that AWS leaves no choice about, and every denial", () => {
    const fine = document(
      { Effect: "Allow", Action: ["kms:GenerateDataKey*", "kms:ReEncrypt*"], Resource: "key" },
      { Effect: "Allow", Action: "dynamodb:ListStreams", Resource: "*" },
      { Effect: "Allow", Action: "kms:Decrypt", Resource: "*", Condition: viaService },
      { Effect: "Deny", Action: "*", Resource: "*" },
    );
    for (const policy of [identity.noWildcardAction, identity.noWildcardResource]) {
      assert.deepEqual(check(policy, ROLE_POLICY, { policy: fine }), []);
    }
  });
  const own = "give the role a policy of its own with what it needs";
  for (const name of ["AWSLambda_FullAccess", "AmazonDynamoDBFullAccess", "AdministratorAccess"]) {
    refuses(
      identity.noFullAccess,
      ATTACHMENT,
      { policyArn: `arn:aws:iam::aws:policy/${name}` },
      `the role has ${name}; ${own}`,
    );
  }
  refuses(
    identity.noFullAccess,
    ROLE,
    { managedPolicyArns: ["arn:aws:iam::aws:policy/AmazonS3FullAccess"] },
    `the role has AmazonS3FullAccess; ${own}`,
  );
});

describe("access: who is let in", () => {
  const trust = (statement: object) =>
    document({ Sid: "Trust", Effect: "Allow", Action: "sts:AssumeRole", ...statement });
  const remedy = "add a condition on aws:SourceAccount or aws:SourceArn to the role's trust policy";
  refuses(
    resource.trustSourceCondition,
    ROLE,
    { assumeRolePolicy: trust({ Principal: { Service: "dms.amazonaws.com" } }) },
    `dms.amazonaws.com may assume the role for any account; ${remedy}`,
  );
  it("asks no condition of services that send no such key", () => {
    for (const Service of ["lambda.amazonaws.com", "dms.eu-central-1.amazonaws.com"]) {
      const role = { assumeRolePolicy: trust({ Principal: { Service } }) };
      assert.deepEqual(check(resource.trustSourceCondition, ROLE, role), []);
    }
  });

  const narrow = "name the principals, or hold them to an account by a condition";
  for (const Principal of ["*", { AWS: "*" }, { AWS: ["arn:aws:iam::1:root", "*"] }]) {
    const open = trust({ Principal });
    const message = `statement Trust allows everybody; ${narrow}`;
    refuses(resource.noPublicPrincipal, ROLE, { assumeRolePolicy: open }, message);
    refuses(resource.noPublicPrincipal, "aws:kms/key:Key", { policy: open }, message);
    refuses(resource.noPublicPrincipal, "aws:s3/bucketPolicy:BucketPolicy", { policy: open }, message);
    refuses(resource.noPublicPrincipal, "aws:sqs/queuePolicy:QueuePolicy", { policy: open }, message);
  }
  it("takes a condition on the account for a principal, and no other condition", () => {
    const policy = (Condition: object) => ({ policy: trust({ Principal: "*", Condition }) });
    const account = { StringEquals: { "kms:CallerAccount": "123456789012" } };
    assert.deepEqual(check(resource.noPublicPrincipal, "aws:kms/key:Key", policy(account)), []);
    for (const open of [
      { StringLike: { "kms:CallerAccount": "*" } },
      { StringNotEquals: { "kms:CallerAccount": "1" } },
      { Bool: { "aws:SecureTransport": "true" } },
    ]) {
      assert.equal(check(resource.noPublicPrincipal, "aws:kms/key:Key", policy(open)).length, 1);
    }
  });
  refuses(
    resource.bucketNotPublic,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    { blockPublicAcls: false, restrictPublicBuckets: undefined },
    "blockPublicAcls, restrictPublicBuckets are off; set all four members of the block to true",
  );
});
