#!/usr/bin/env node
// `npm run privileges`: what the pipeline's roles are granted, and what of it was used: in the last whole `npm test`,
// or, with `-- --sandbox`, in the sandbox that runs or is kept.
import { existsSync } from "node:fs";
import path from "node:path";
import { Failure, runMain } from "./lib/failure.mjs";
import { cacheDir, display, privilegesDir, root } from "./lib/layout.mjs";
import { privilegesReport } from "./test/privilegesReport.mjs";

await runMain(async () => {
  const ofSandbox = process.argv.includes("--sandbox");
  const folder = ofSandbox ? path.join(cacheDir, "sandbox", "iam") : privilegesDir;
  if (!existsSync(path.join(root, "dist"))) throw new Failure("nothing is built: run `npm run build` first");
  const report = privilegesReport(folder);
  if (report === undefined)
    throw new Failure(
      `${display(folder)} holds no record: ${ofSandbox ? "start a sandbox (`npm start`)" : "run `npm test`"} first`,
    );
  process.stdout.write(report);
});
