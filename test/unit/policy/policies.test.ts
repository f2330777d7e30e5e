import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { policies } from "../../../policy/policies";
import { check } from "../../helpers/checkPolicy";
import { goodResources, RESOURCE_TYPES } from "../../helpers/goodResources";
import { PACK } from "../../helpers/policyBench";

const production = JSON.parse(readFileSync(join(PACK, "production.json"), "utf8"));

describe("the policy pack", () => {
  it("is these policies, by these names", () => {
    assert.deepEqual(
      policies.map(({ name }) => name),
      [
        "table-capacity-chosen",
        "table-on-demand-ceiling",
        "table-stream-images",
        "table-recovery",
        "table-deletion-protection",
        "table-autoscaled",
        "provisioned-total",
        "dms-instance-class",
        "dms-instance-storage",
        "dms-multi-az",
        "dms-instance-patches",
        "dms-serverless-range",
        "task-keeps-tables",
        "task-keeps-dropped-tables",
        "task-shows-errors",
        "task-stops-before-changes",
        "task-logs",
        "stream-mode",
        "stream-retention",
        "stream-shards",
        "function-memory",
        "function-timeout",
        "function-concurrency",
        "mapping-start",
        "mapping-gives-up",
        "mapping-bisects",
        "mapping-keeps-failures",
        "mapping-reports-items",
        "table-key",
        "log-group-key",
        "dms-instance-key",
        "dms-serverless-key",
        "dms-endpoint-key",
        "function-environment-key",
        "queue-encryption",
        "bucket-key",
        "redshift-serverless-key",
        "redshift-cluster-key",
        "stream-encryption",
        "stream-key",
        "key-rotation",
        "log-group-retention",
        "source-tls",
        "source-credentials",
        "bucket-tls",
        "queue-tls",
        "storage-covered",
        "dms-not-public",
        "serverless-endpoints",
        "redshift-serverless-private",
        "redshift-cluster-private",
        "no-open-ingress",
        "no-open-egress",
        "no-wildcard-action",
        "no-wildcard-resource",
        "no-full-access",
        "trust-source-condition",
        "no-public-principal",
        "bucket-not-public",
      ],
    );
  });

  for (const policy of policies) {
    const { about } = policy;
    it(`says of ${policy.name} what, why and what to do`, () => {
      assert.match(policy.name, /^[a-z]+(-[a-z]+)*$/);
      assert.match(about.what, /^[A-Z].*\.$/);
      assert.match(about.why, /^[A-Z].*\.$/);
      assert.match(about.remedy, /^[a-z].*[^.]$/);
      assert.ok(policy.tags?.includes(about.group));
      for (const [setting, schema] of Object.entries(about.settings ?? {})) {
        assert.match(setting, /^[a-z][A-Za-z]*$/);
        assert.ok((schema as { description?: string }).description, `${setting} has no description`);
        assert.notEqual((schema as { default?: unknown }).default, undefined, `${setting} has no default`);
      }
    });
  }

  it("has no two policies of one name", () => {
    const names = policies.map(({ name }) => name);
    assert.deepEqual(names, [...new Set(names)]);
  });

  it("passes a resource of each type that keeps to them, in production too", () => {
    const good = goodResources();
    for (const type of RESOURCE_TYPES) {
      for (const policy of policies) {
        const found = check(policy, type, good[type], { settings: production[policy.name] ?? {} });
        assert.deepEqual(found, [], `${policy.name} on ${type}`);
      }
    }
  });

  it("asks the most of every policy that knows tiers in production.json", () => {
    const tiered = policies.filter(({ about }) => about.settings && "tier" in about.settings);
    const { all, ...settings } = production;
    assert.equal(all, "mandatory");
    assert.deepEqual(settings, Object.fromEntries(tiered.map(({ name }) => [name, { tier: "production" }])));
  });
});
