#!/usr/bin/env node
// Writes the tables of docs/policies.md from the built policy pack: `node scripts/policyDocs.mjs`, after a build.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { policyTables, withTables } from "./docs/policyTables.mjs";
import { runMain } from "./lib/failure.mjs";
import { writeAtomically } from "./lib/files.mjs";
import { root } from "./lib/layout.mjs";

await runMain(() => {
  const require = createRequire(import.meta.url);
  const { policies } = require("../dist/policy/policies.js");
  const { ACTION_EXCEPTIONS, RESOURCE_EXCEPTIONS } = require("../dist/policy/access/exceptions.js");
  const page = path.join(root, "docs", "policies.md");
  const tables = policyTables(policies, ACTION_EXCEPTIONS, RESOURCE_EXCEPTIONS);
  writeAtomically(page, withTables(readFileSync(page, "utf8"), tables));
});
