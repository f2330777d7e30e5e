#!/usr/bin/env node
// Compiles the project into dist/, if anything changed since: `npm run build`.
import { buildProject } from "./build/buildProject.mjs";
import { runMain } from "./lib/failure.mjs";
import { Progress } from "./lib/progress.mjs";

await runMain(() => buildProject(new Progress("build")));
