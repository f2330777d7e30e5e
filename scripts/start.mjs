#!/usr/bin/env node
// `npm start`: set-up, then the sandbox with the user's arguments. The command runs in this very process, so that
// signals, exit code, terminal and stdout are its own; set-up writes to stderr only.
import { createRequire } from "node:module";
import { runMain } from "./lib/failure.mjs";
import { setUp } from "./setup/setUp.mjs";

await runMain(setUp);
if (process.exitCode === undefined) {
  process.argv.splice(2, 0, "sandbox");
  createRequire(import.meta.url)("../bin/rowstream.js");
}
