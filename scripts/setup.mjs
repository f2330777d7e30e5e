#!/usr/bin/env node
// Makes this checkout ready to run: `node scripts/setup.mjs`. Needs Node and npm only; says what else is missing.
import { runMain } from "./lib/failure.mjs";
import { setUp } from "./setup/setUp.mjs";

await runMain(setUp);
