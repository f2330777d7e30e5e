import assert from "node:assert/strict";
import type { AwsFacts } from "../../../../automation/doctor/aws/awsFacts";
import { type AwsPlan, awsPlan } from "../../../../automation/doctor/aws/awsPlan";
import { type AwsSubject, awsFindings } from "../../../../automation/doctor/aws/awsRules";
import { planWith, tableFacts } from "../../../helpers/doctorFacts";

const READY: AwsFacts = {
  account: "123456789012",
  dms: new Map([
    ["ReplicationInstances", { used: 3, limit: 60 }],
    ["Endpoints", { used: 10, limit: 1000 }],
    ["AllocatedStorage", { used: 500, limit: 10_000 }],
  ]),
  dynamoTables: new Set(["invoices"]),
  accountWriteUnits: 80_000,
  lambdaConcurrency: 900,
  kinesis: { onDemandStreams: { used: 2, limit: 50 }, shards: { used: 490, limit: 500 } },
  roles: new Set(["dms-vpc-role", "dms-cloudwatch-logs-role"]),
  unread: [],
};

const PLAN: AwsPlan = {
  region: "us-east-1",
  replication: {},
  network: {},
  stream: {},
  fanIn: {},
  usesSecret: false,
};

function examined(facts: Partial<AwsFacts>, aws: Partial<AwsPlan> = {}, changes: Partial<AwsSubject> = {}) {
  return awsFindings({
    facts: { ...READY, ...facts },
    aws: { ...PLAN, ...aws },
    plan: planWith({ stackName: "prod" }),
    tables: [tableFacts(), tableFacts({ table: "lines" })],
    deployed: false,
    ...changes,
  });
}

const OWN_VPC = { vpcId: "vpc-1", subnetIds: ["subnet-a", "subnet-b"] };
const SUBNETS = [
  { id: "subnet-a", vpcId: "vpc-1", zone: "us-east-1a" },
  { id: "subnet-b", vpcId: "vpc-1", zone: "us-east-1b" },
];
const ENDPOINTS = new Set(["dynamodb", "s3", "logs"]);

describe("the doctor's rules of AWS", () => {
  it("find nothing in an account that has room", () => {
    assert.deepEqual(examined({}), []);
    assert.deepEqual(examined({ subnets: SUBNETS, endpoints: ENDPOINTS }, { network: OWN_VPC }), []);
  });

  const full = (name: string, used: number, limit: number) => ({ dms: new Map([[name, { used, limit }]]) });
  const cases: [string, Partial<AwsFacts>, Partial<AwsPlan>, string, string, RegExp][] = [
    [
      "instances of DMS",
      full("ReplicationInstances", 60, 60),
      {},
      "aws-quota",
      "DMS ReplicationInstances",
      /60 of 60 are in use, and the pipeline needs 1 more/,
    ],
    ["endpoints of DMS", full("Endpoints", 999, 1000), {}, "aws-quota", "DMS Endpoints", /needs 2 more/],
    [
      "storage of DMS",
      full("AllocatedStorage", 9950, 10_000),
      {},
      "aws-quota",
      "DMS AllocatedStorage (GiB)",
      /needs 100 more/,
    ],
    [
      "write units while the tables load",
      { accountWriteUnits: 500 },
      {},
      "aws-quota",
      "DynamoDB write units of the full load",
      /needs 600 more/,
    ],
    [
      "streams on demand",
      { kinesis: { onDemandStreams: { used: 50, limit: 50 }, shards: { used: 0, limit: 500 } } },
      {},
      "aws-quota",
      "Kinesis on-demand streams",
      /50 of 50/,
    ],
    [
      "shards",
      {},
      { stream: { mode: "provisioned", shards: 20 } },
      "aws-quota",
      "Kinesis shards",
      /490 of 500 are in use, and the pipeline needs 20/,
    ],
    [
      "a table of the name",
      { dynamoTables: new Set(["lines"]) },
      {},
      "dynamodb-table",
      "public.lines",
      /"lines"/,
    ],
    [
      "concurrency",
      { lambdaConcurrency: 10 },
      { fanIn: { parallelization: 10 } },
      "lambda-concurrency",
      "Lambda concurrent executions",
      /10 are unreserved in the account, and 20/,
    ],
    [
      "a role that is to be reused",
      { roles: new Set(["dms-vpc-role"]) },
      { replication: { accountRoles: "reuse" } },
      "account-role",
      "dms-cloudwatch-logs-role",
      /not in the account/,
    ],
    [
      "subnets in one zone",
      { subnets: SUBNETS.map((subnet) => ({ ...subnet, zone: "us-east-1a" })), endpoints: ENDPOINTS },
      { network: OWN_VPC },
      "subnets",
      "rowstream:network.subnetIds",
      /all are in us-east-1a/,
    ],
    [
      "a subnet that is not there",
      { subnets: SUBNETS.slice(1), endpoints: ENDPOINTS },
      { network: OWN_VPC },
      "subnets",
      "rowstream:network.subnetIds",
      /subnet-a is in no VPC/,
    ],
    [
      "a subnet of another VPC",
      {
        subnets: SUBNETS.map((subnet, i) => (i ? { ...subnet, vpcId: "vpc-2" } : subnet)),
        endpoints: ENDPOINTS,
      },
      { network: OWN_VPC },
      "subnets",
      "rowstream:network.subnetIds",
      /subnet-b is in vpc-2/,
    ],
    [
      "endpoints",
      { subnets: SUBNETS, endpoints: new Set(["s3"]) },
      { network: OWN_VPC, usesSecret: true },
      "vpc-endpoints",
      "vpc-1",
      /no endpoint for dynamodb, logs, secretsmanager/,
    ],
    [
      "what could not be read",
      { unread: [{ what: "DMS's quotas", why: "AccessDenied" }] },
      {},
      "aws-unread",
      "DMS's quotas",
      /AccessDenied/,
    ],
  ];
  for (const [what, facts, aws, code, subject, value] of cases) {
    it(`name ${what}`, () => {
      const found = examined(facts, aws);
      assert.deepEqual(
        found.map((one) => [one.code, one.subject]),
        [[code, subject]],
      );
      assert.match(found[0]?.what ?? "", value);
    });
  }

  it("count nothing of a pipeline that is there, and no role that is to be made", () => {
    const taken = { dynamoTables: new Set(["orders", "lines"]), ...full("ReplicationInstances", 60, 60) };
    assert.deepEqual(examined({ ...taken, roles: new Set() }, {}, { deployed: true }), []);
  });

  it("leave endpoints to the stack that makes them", () => {
    const network = { ...OWN_VPC, routeTableIds: ["rtb-1"] };
    assert.deepEqual(examined({ subnets: SUBNETS, endpoints: new Set() }, { network }), []);
  });

  it("go by the stack's region, and by that of the environment", () => {
    assert.equal(awsPlan({ "aws:region": "eu-west-1" }, { AWS_REGION: "us-east-1" })?.region, "eu-west-1");
    assert.equal(awsPlan({}, { AWS_REGION: "us-east-1" })?.region, "us-east-1");
    assert.equal(awsPlan({}, {}), undefined);
  });
});
