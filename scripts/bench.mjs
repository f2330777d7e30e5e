#!/usr/bin/env node
// `npm run bench -- [NAME...] [--json] [--small]`: set-up, then the benches.
import path from "node:path";
import { runMain } from "./lib/failure.mjs";
import { root } from "./lib/layout.mjs";
import { setUp } from "./setup/setUp.mjs";
import { runVisibly } from "./test/runSuite.mjs";

await runMain(async () => {
  await setUp();
  const bench = path.join(root, "dist", "bench", "main.js");
  process.exitCode = await runVisibly(process.execPath, [
    "--enable-source-maps",
    bench,
    ...process.argv.slice(2),
  ]);
});
