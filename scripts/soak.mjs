#!/usr/bin/env node
// `npm run soak -- --minutes 10 [--seed N] [--pgbench] [--engine mariadb]`: set-up, then the convergence test for so long.
import path from "node:path";
import { runMain } from "./lib/failure.mjs";
import { root } from "./lib/layout.mjs";
import { setUp } from "./setup/setUp.mjs";
import { runVisibly } from "./test/runSuite.mjs";

await runMain(async () => {
  await setUp({ mariadb: true });
  const soak = path.join(root, "dist", "test", "convergence", "soak.js");
  process.exitCode = await runVisibly(process.execPath, [
    "--enable-source-maps",
    soak,
    ...process.argv.slice(2),
  ]);
});
