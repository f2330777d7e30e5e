#!/usr/bin/env node
// `npm test`: set-up, lint, then the tests: unit, page, sandbox. Suites, test files and mocha's options may follow:
//   npm test -- unit
//   npm test -- test/unit/setup/version.test.ts
//   npm test -- --grep "partition key" --bail
import { rmSync } from "node:fs";
import path from "node:path";
import { runMain } from "./lib/failure.mjs";
import { privilegesDir, root } from "./lib/layout.mjs";
import { setUp } from "./setup/setUp.mjs";
import { privilegesReport } from "./test/privilegesReport.mjs";
import { runSuite, runVisibly } from "./test/runSuite.mjs";
import { allOf, readSelection } from "./test/selection.mjs";

await runMain(async () => {
  const { selected, options } = readSelection(process.argv.slice(2));
  await setUp({
    mariadb: selected.has("sandbox"),
    chromium: selected.has("page") || selected.has("sandbox"),
    flink: selected.has("sandbox"),
  });
  const lint = await runVisibly(path.join(root, "node_modules", ".bin", "biome"), ["ci", "."]);
  // Of less than the whole suite it would say little: what is not tested is not used.
  const whole = options.length === 0 && selected.get("sandbox")?.includes(allOf("sandbox"));
  if (whole) {
    rmSync(privilegesDir, { recursive: true, force: true });
    process.env.ROWSTREAM_PRIVILEGES_DIR = privilegesDir;
  }
  const total = { passed: 0, failed: 0, skipped: 0 };
  const failures = [];
  let code = lint;
  for (const [suite, specs] of selected) {
    const result = await runSuite(suite, specs, options);
    for (const count of Object.keys(total)) total[count] += result[count];
    failures.push(...result.failures.map((failure) => `${suite}: ${failure}`));
    code ||= result.code;
  }
  const privileges = whole ? privilegesReport(privilegesDir) : undefined;
  if (privileges !== undefined)
    process.stdout.write(`\nWhat the roles are granted, and what the tests used of it:\n\n${privileges}\n`);
  if (lint !== 0)
    process.stderr.write("error: the lint failed: see above, `npm run format` mends what it can\n");
  // Named once more where a log's last lines show it: the tests' own reports lie thousands of lines above.
  for (const failure of failures) process.stderr.write(`failed: ${failure}\n`);
  process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
  process.exitCode = code;
});
