import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Faults } from "../faults";

/** The folder that goes into the function's zip, from the project's root; it holds the bundled logic alone. */
export const BUNDLE_FOLDER = "dist/lambda";

/** What Lambda calls: a batch of a table's stream in, the records that failed out. */
export type FanInHandler = ReturnType<typeof import("../../functions/fanIn").createHandler>;

/**
 * The function that Pulumi serializes. Its text is all that is serialized, so it stays these few lines: a captured
 * function runs several times slower than a module, and much of JavaScript does not survive the capture. It runs
 * once a cold start; `sources` is captured by value, so a table more or less updates the function.
 */
export function fanInCallback(sources: string): () => FanInHandler {
  return () => {
    // The path is the one in the zip, where this text is a file at the root; not the one in this repository.
    const { createHandler } = require("./dist/lambda/fanIn.js") as typeof import("../../functions/fanIn");
    return createHandler(process.env, sources);
  };
}

/**
 * What goes into the zip: the bundle, and none of the packages of package.json, all of which Pulumi would take in.
 * Pulumi resolves both from the working directory, so this does too.
 */
export function fanInCodePaths(): { extraIncludePaths: string[]; extraExcludePackages: string[] } {
  const { dependencies = {} } = JSON.parse(readFileSync(resolve("package.json"), "utf8")) as {
    dependencies?: Record<string, string>;
  };
  return { extraIncludePaths: [BUNDLE_FOLDER], extraExcludePackages: Object.keys(dependencies) };
}

/** Checks that the bundle is where Pulumi will look for it. */
export function checkFanInCode(faults: Faults): void {
  if (!existsSync(resolve("package.json"))) {
    faults.add("", `runs in ${process.cwd()}, which holds no package.json; run it in the project's root`);
  } else if (!existsSync(resolve(BUNDLE_FOLDER, "fanIn.js"))) {
    faults.add("", `${BUNDLE_FOLDER}/fanIn.js is missing; make it with: npm run build`);
  }
}
