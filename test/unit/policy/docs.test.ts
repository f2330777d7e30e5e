import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ACTION_EXCEPTIONS, RESOURCE_EXCEPTIONS } from "../../../policy/access/exceptions";
import { policies } from "../../../policy/policies";
import { checkout, loadScript } from "../../helpers/loadScript";

interface PolicyTables {
  policyTables(policies: unknown, actions: unknown, resources: unknown): string;
  withTables(page: string, tables: string): string;
}

describe("docs/policies.md", () => {
  it("has the tables of the pack as it is; if not, run: node scripts/policyDocs.mjs", async () => {
    const { policyTables, withTables } = await loadScript<PolicyTables>("docs/policyTables.mjs");
    const page = readFileSync(join(checkout, "docs", "policies.md"), "utf8");
    const tables = policyTables(policies, ACTION_EXCEPTIONS, RESOURCE_EXCEPTIONS);
    assert.equal(page, withTables(page, tables));
  });
});
