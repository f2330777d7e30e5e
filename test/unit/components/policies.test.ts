import assert from "node:assert/strict";
import { keyPolicy } from "../../../components/encryptionKey";
import { fanInPolicy } from "../../../components/fanIn/policy";
import { type PolicyStatement, trustPolicy } from "../../../components/policyDocument";
import { secretPolicy, targetPolicy } from "../../../components/replication/policies";

const REGION = "eu-central-1";
const PLACE = { partition: "aws", region: REGION, accountId: "123456789012" };
const KEY = "arn:aws:kms:eu-central-1:123456789012:key/k";

const FAN_IN = {
  ...PLACE,
  streamArn: "arn:aws:kinesis:eu-central-1:123456789012:stream/s",
  bucketArn: "arn:aws:s3:::failures",
  logGroupArn: "arn:aws:logs:eu-central-1:123456789012:log-group:g",
  kmsKeyArn: KEY,
  tableNames: ["orders", "customers"],
};

function statements(policy: string): PolicyStatement[] {
  return JSON.parse(policy).Statement;
}

function statement(policy: string, sid: string): PolicyStatement {
  const found = statements(policy).find((candidate) => candidate.Sid === sid);
  assert.ok(found, `no statement ${sid}`);
  return found;
}

/** Actions that no IAM resource narrows. */
const UNNARROWED = ["dynamodb:ListTables", "dynamodb:ListStreams"];

function assertNarrow(policy: string): void {
  for (const { Action, Resource, Condition } of statements(policy)) {
    for (const action of [Action].flat()) assert.ok(!/^\*|:\*$/.test(action), `${action} is too wide`);
    if (Resource === "*")
      assert.ok(Condition || UNNARROWED.includes(String(Action)), `${Action} on everything`);
  }
}

describe("the role of the DynamoDB target", () => {
  const policy = targetPolicy({ ...PLACE, kmsKeyArn: KEY });

  it("writes rows and makes tables, and can neither change nor delete a table", () => {
    const { Action, Resource } = statement(policy, "Tables");
    assert.deepEqual(Action, [
      "dynamodb:PutItem",
      "dynamodb:UpdateItem",
      "dynamodb:DeleteItem",
      "dynamodb:CreateTable",
      "dynamodb:DescribeTable",
    ]);
    assert.equal(Resource, "arn:aws:dynamodb:eu-central-1:123456789012:table/*");
    assertNarrow(policy);
  });

  it("uses the key through DynamoDB only", () => {
    assert.deepEqual(statement(policy, "TableKey").Condition, {
      StringEquals: { "kms:ViaService": "dynamodb.eu-central-1.amazonaws.com" },
    });
  });

  it("is assumed by DMS for this account only", () => {
    const [trust] = statements(trustPolicy("dms.amazonaws.com", PLACE.accountId));
    assert.deepEqual(trust?.Condition, { StringEquals: { "aws:SourceAccount": "123456789012" } });
  });
});

describe("the role that reads the source's secret", () => {
  it("reads that one secret", () => {
    const policy = secretPolicy({ region: REGION, secretArn: "arn:secret" });
    assert.equal(statement(policy, "Secret").Resource, "arn:secret");
    assertNarrow(policy);
  });
});

describe("the fan-in's role", () => {
  it("reads the streams of its own tables and writes one stream, one bucket, one log group", () => {
    const policy = fanInPolicy(FAN_IN);
    assert.deepEqual(statement(policy, "ReadTableStreams").Resource, [
      "arn:aws:dynamodb:eu-central-1:123456789012:table/customers/stream/*",
      "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/*",
    ]);
    assert.equal(statement(policy, "Publish").Resource, FAN_IN.streamArn);
    assert.equal(statement(policy, "KeepFailures").Resource, "arn:aws:s3:::failures/*");
    assert.equal(statement(policy, "Log").Resource, `${FAN_IN.logGroupArn}:*`);
    assertNarrow(policy);
  });

  it("reads no stream before there is a table", () => {
    const sids = statements(fanInPolicy({ ...FAN_IN, tableNames: [] })).map(({ Sid }) => Sid);
    assert.ok(!sids.includes("ReadTableStreams") && !sids.includes("ListStreams"));
  });

  it("fits into a role's 10,240 characters with any number of tables", () => {
    for (const count of [1, 40, 60, 80, 200, 3000]) {
      const tableNames = Array.from(
        { length: count },
        (_, index) => `a_rather_long_schema_and_table_${index}`,
      );
      assert.ok(fanInPolicy({ ...FAN_IN, tableNames }).length < 10_240, `${count} tables`);
    }
  });

  it("falls back to all streams of the account when the list of tables would not fit", () => {
    const tableNames = Array.from({ length: 500 }, (_, index) => `table_${index}`);
    assert.deepEqual(statement(fanInPolicy({ ...FAN_IN, tableNames }), "ReadTableStreams").Resource, [
      "arn:aws:dynamodb:eu-central-1:123456789012:table/*/stream/*",
    ]);
  });
});

describe("the key's policy", () => {
  it("leaves the account in charge and lets CloudWatch in for its own log groups and for alarms", () => {
    const policy = keyPolicy(PLACE.accountId, "aws-us-gov", REGION);
    assert.deepEqual(statement(policy, "Account").Principal, {
      AWS: "arn:aws-us-gov:iam::123456789012:root",
    });
    assert.deepEqual(statement(policy, "Logs").Condition, {
      ArnLike: {
        "kms:EncryptionContext:aws:logs:arn": "arn:aws-us-gov:logs:eu-central-1:123456789012:log-group:*",
      },
    });
    assert.deepEqual(statement(policy, "Alarms").Principal, { Service: "cloudwatch.amazonaws.com" });
    assert.deepEqual(statement(policy, "Alarms").Action, ["kms:Decrypt", "kms:GenerateDataKey*"]);
  });
});
