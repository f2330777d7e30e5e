#!/usr/bin/env node
// Writes the table of docs/doctor.md from the built doctor: `node scripts/doctorDocs.mjs`, after a build.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { withFindings } from "./docs/findingTable.mjs";
import { runMain } from "./lib/failure.mjs";
import { writeAtomically } from "./lib/files.mjs";
import { root } from "./lib/layout.mjs";

await runMain(() => {
  const require = createRequire(import.meta.url);
  const { FINDINGS } = require("../dist/automation/doctor/findingCodes.js");
  const page = path.join(root, "docs", "doctor.md");
  writeAtomically(page, withFindings(readFileSync(page, "utf8"), FINDINGS));
});
