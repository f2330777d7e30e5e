import assert from "node:assert/strict";
import { kindOf, reportLines, summarize } from "../../../../sandbox/iam/report";
import { UNUSED_GRANTS } from "../../../../sandbox/iam/unusedGrants";

const grant = (action: string, used: boolean) => ({
  policy: "p",
  statement: "S",
  action,
  resources: ["*"],
  used,
});

describe("the report of privileges", () => {
  const names: [name: string, kind: string][] = [
    ["rowstream-fan-in-a0e7ddb", "fan-in"],
    ["rowstream-inspector-a0e7ddb", "inspector"],
    ["shop-target-0123456", "target"],
    ["shop-secret-0123456", "secret"],
    ["dms-vpc-role", "dms-vpc-role"],
    ["consumer-abcdef0", "consumer"],
  ];
  for (const [name, kind] of names) {
    it(`takes ${name} for ${kind}`, () => assert.equal(kindOf(name), kind));
  }

  it("takes the roles of all sandboxes together: used where any was", () => {
    const grants = summarize([
      { "a-fan-in-0123456": [grant("s3:PutObject", false), grant("s3:GetObject", false)] },
      { "b-fan-in-abcdef0": [grant("s3:PutObject", true)] },
    ]);
    assert.deepEqual(
      grants.map(({ role, action, used }) => [role, action, used]),
      [
        ["fan-in", "s3:PutObject", true],
        ["fan-in", "s3:GetObject", false],
      ],
    );
  });

  it("gives the reason of what is never used, and says so where there is none", () => {
    const grants = summarize([
      {
        "a-target-0123456": [
          grant("kms:Encrypt", false),
          grant("dynamodb:Scan", false),
          grant("s3:Get*", true),
        ],
      },
    ]);
    assert.deepEqual(reportLines(grants), [
      "target",
      `  kms:Encrypt    S: never used: ${UNUSED_GRANTS[0]?.reason}`,
      "  dynamodb:Scan  S: never used: NO REASON IS GIVEN",
      "  s3:Get*        S: used",
      "3 granted actions, 2 never used, 1 of them without a reason",
    ]);
  });
});
