#!/usr/bin/env node
// `npm run bench -- [NAME...] [--json] [--small]`: set-up, then the benches.
import path from "node:path";
import { runMain } from "./lib/failure.mjs";
import { root } from "./lib/layout.mjs";
import { setUp } from "./setup/setUp.mjs";
import { runVisibly } from "./test/runSuite.mjs";

await runMain(async () => {
  const args = process.argv.slice(2);
  const names = args.filter((word) => !word.startsWith("-"));
  // One bench at its full size has a peer to be fetched.
  const besidePeer = (names.length === 0 || names.includes("endtoend")) && !args.includes("--small");
  await setUp({ debezium: besidePeer });
  const bench = path.join(root, "dist", "bench", "main.js");
  process.exitCode = await runVisibly(process.execPath, ["--enable-source-maps", bench, ...args]);
});
