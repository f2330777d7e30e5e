import assert from "node:assert/strict";
import { decide, decideTrust, type Need } from "../../../../sandbox/iam/authorizer";
import type { Role } from "../../../../sandbox/iam/roles";

const SESSION = { role: "reader", session: "s", service: "lambda.amazonaws.com" };
const STREAM = "arn:aws:kinesis:us-east-1:000000000000:stream/changes";
const KEY = "arn:aws:kms:us-east-1:000000000000:key/1234";

const policy = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });
const allow = (Action: string, Resource: string, more: object = {}) => ({
  Sid: "Allowed",
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});

function role(identity: object, rest: Partial<Role> = {}): Role {
  return {
    arn: "arn:aws:iam::000000000000:role/reader",
    trust: policy(),
    policies: [{ name: "own", policy: identity }],
    boundary: undefined,
    decisions: new Map(),
    ...rest,
  };
}

const PUT: Need = { action: "kinesis:PutRecords", resource: STREAM };

function ask(given: Role, need: Need = PUT) {
  return decide(given, SESSION, "us-east-1", need);
}

describe("the authorizer", () => {
  it("allows what a statement allows, and says which", async () => {
    assert.deepEqual(await ask(role(policy(allow("kinesis:Put*", STREAM)))), {
      allowed: true,
      grants: [{ policy: "own", statement: "Allowed", action: "kinesis:Put*" }],
      reason: "",
    });
  });

  it("names a statement without a Sid by its place, as the list of grants does", async () => {
    const { Sid: _, ...nameless } = allow("kinesis:*", "*");
    const { grants } = await ask(role(policy(allow("s3:*", "*"), nameless)));
    assert.deepEqual(grants, [{ policy: "own", statement: "2", action: "kinesis:*" }]);
  });

  const denied: [why: string, given: Role, need: Need, reason: RegExp][] = [
    [
      "nothing allows",
      role(policy(allow("kinesis:GetRecords", STREAM))),
      PUT,
      /^because no identity-based policy allows the kinesis:PutRecords action$/,
    ],
    [
      "is allowed on another resource",
      role(policy(allow("kinesis:PutRecords", `${STREAM}-2`))),
      PUT,
      /^because no identity-based policy/,
    ],
    [
      "a statement denies",
      role(policy(allow("*", "*"), { Sid: "No", Effect: "Deny", Action: "kinesis:Put*", Resource: "*" })),
      PUT,
      /^with an explicit deny in an identity-based policy$/,
    ],
    [
      "the boundary leaves out",
      role(policy(allow("*", "*")), { boundary: { name: "b", policy: policy(allow("s3:*", "*")) } }),
      PUT,
      /^because no permissions boundary allows the kinesis:PutRecords action$/,
    ],
    [
      "a bucket's policy denies",
      role(policy(allow("s3:*", "*"))),
      {
        action: "s3:PutObject",
        resource: "arn:aws:s3:::b/k",
        resourcePolicy: JSON.stringify(
          policy({ Sid: "No", Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "arn:aws:s3:::b/*" }),
        ),
      },
      /^with an explicit deny in a resource-based policy$/,
    ],
    [
      "the key's policy does not leave to IAM",
      role(policy(allow("kms:*", "*"))),
      {
        action: "kms:Decrypt",
        resource: KEY,
        resourcePolicy: JSON.stringify(
          policy({
            Sid: "Other",
            Effect: "Allow",
            Principal: { AWS: "arn:aws:iam::111111111111:root" },
            Action: "kms:*",
            Resource: "*",
          }),
        ),
      },
      /^because no resource-based policy allows the kms:Decrypt action$/,
    ],
    [
      "is no action of AWS's",
      role(policy(allow("*", "*"))),
      { action: "kinesis:Nope", resource: "*" },
      /cannot be/,
    ],
  ];
  for (const [why, given, need, reason] of denied) {
    it(`denies what ${why}`, async () => {
      const decision = await ask(given, need);
      assert.equal(decision.allowed, false);
      assert.match(decision.reason, reason);
    });
  }

  it("holds a key to the service that it may be used through", async () => {
    const Condition = { StringEquals: { "kms:ViaService": "kinesis.us-east-1.amazonaws.com" } };
    const given = role(policy(allow("kms:GenerateDataKey", KEY, { Condition })));
    const root = { AWS: "arn:aws:iam::000000000000:root" };
    const resourcePolicy = JSON.stringify(
      policy({ Sid: "Account", Effect: "Allow", Principal: root, Action: "kms:*", Resource: "*" }),
    );
    const through = (service: string) =>
      ask(given, {
        action: "kms:GenerateDataKey",
        resource: KEY,
        resourcePolicy,
        context: { "kms:ViaService": `${service}.us-east-1.amazonaws.com` },
      });
    assert.equal((await through("kinesis")).allowed, true);
    assert.equal((await through("s3")).allowed, false);
  });

  it("takes requests for ones over TLS, as they are on AWS", async () => {
    const tlsOnly = { Sid: "Tls", Effect: "Deny", Action: "*", Resource: "*" };
    const Condition = { Bool: { "aws:SecureTransport": "false" } };
    assert.equal((await ask(role(policy(allow("*", "*"), { ...tlsOnly, Condition })))).allowed, true);
  });

  it("lets only those assume a role whom it trusts, and on whose behalf", async () => {
    const given = role(policy(), {
      trust: policy({
        Sid: "Service",
        Effect: "Allow",
        Principal: { Service: "dms.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": "000000000000" } },
      }),
    });
    const may = async (service: string, account: string) =>
      (await decideTrust(given, service, { "aws:SourceAccount": account })).allowed;
    assert.equal(await may("dms.amazonaws.com", "000000000000"), true);
    assert.equal(await may("dms.amazonaws.com", "111111111111"), false);
    assert.equal(await may("lambda.amazonaws.com", "000000000000"), false);
    assert.equal(await may("dms.us-east-1.amazonaws.com", "000000000000"), false);
  });

  it("asks once about the same thing", async () => {
    const given = role(policy(allow("kinesis:PutRecords", STREAM)));
    assert.equal(decide(given, SESSION, "us-east-1", PUT), decide(given, SESSION, "us-east-1", { ...PUT }));
    assert.notEqual(decide(given, SESSION, "us-east-1", PUT), decide(given, SESSION, "eu-west-1", PUT));
  });
});
