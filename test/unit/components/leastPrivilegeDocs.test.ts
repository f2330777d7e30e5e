import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { functionPolicy } from "../../../components/consumers/functionPolicy";
import { buildPolicy, starterPolicy } from "../../../components/driverRuns/policy";
import { fanInPolicy } from "../../../components/fanIn/policy";
import { inspectorPolicy } from "../../../components/monitoring/policy";
import { secretPolicy, targetPolicy } from "../../../components/replication/policies";

const DOCS = join(__dirname, "..", "..", "..", "..", "docs", "least-privilege.md");

const where = { partition: "aws", region: "us-east-1", accountId: "000000000000", kmsKeyArn: "key" };

const POLICIES: Record<string, string> = {
  "the role of a consumer that is a function": functionPolicy({
    ...where,
    streamArn: "stream",
    consumerArn: "consumer",
    failureBucketArn: "bucket",
    logGroupArn: "logs",
    appliedTableArn: "table",
    oversizeBucketArn: "theirs",
    permissions: [{ actions: ["iot:Publish"], resources: ["topics"] }],
  }),
  "<name>-fan-in": fanInPolicy({
    ...where,
    streamArn: "stream",
    bucketArn: "bucket",
    logGroupArn: "logs",
    tableNames: ["orders"],
  }),
  "<name>-inspector": inspectorPolicy({
    ...where,
    replicationArn: "task",
    serverless: false,
    tableNames: ["orders"],
    failureBucketArn: "bucket",
    logGroupArn: "logs",
  }),
  "<name>-target": targetPolicy(where),
  "<name>-secret": secretPolicy({ region: "us-east-1", secretArn: "secret" }),
  "the role of runs of the driver": buildPolicy({
    ...where,
    logGroupArn: "logs",
    connectionArn: "arn:aws:codeconnections:us-east-1:000000000000:connection/c",
    secretArns: ["secret"],
  }),
  "<name>-starter": starterPolicy("project"),
};

/** The actions in the first column of the table below a heading that has these words. */
function documented(words: string): string[] {
  const section = readFileSync(DOCS, "utf8")
    .split(/^## /m)
    .find((text) => text.split("\n")[0]?.toLowerCase().includes(words));
  const rows = section?.split("\n").filter((line) => line.startsWith("| `")) ?? [];
  return rows.flatMap((row) => row.split("|")[1]?.match(/`([^`]+)`/g) ?? []).map((text) => text.slice(1, -1));
}

describe("docs/least-privilege.md", () => {
  for (const [role, policy] of Object.entries(POLICIES)) {
    it(`names the actions of ${role}, and no others`, () => {
      const { Statement } = JSON.parse(policy) as { Statement: { Action: string | string[] }[] };
      const granted = Statement.flatMap(({ Action }) => Action);
      assert.deepEqual(documented(role).sort(), granted.sort());
    });
  }
});
