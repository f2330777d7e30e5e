import { createRequire } from "node:module";
import path from "node:path";
import { readIfPresent, writeAtomically } from "../lib/files.mjs";
import { root } from "../lib/layout.mjs";

/**
 * What is bundled: modules of functions/, each the one file that a function's zip ships beside its callback. Those of
 * onDemand/ are what others load only when they need it, by `import()`: files of their own beside them.
 */
export const bundles = [
  "fanIn",
  "changeHandler",
  "deviceBridge",
  "inspector",
  "analyticsResults",
  "heartbeat",
  "onDemand/s3",
  "onDemand/secretsManager",
];

/** What Lambda's runtime has and the project needs in no other place. */
const partOfRuntime = ["@aws-sdk/client-sns"];

/**
 * The database drivers: a function's zip ships the one of its source's engine as a package. Two of them load parts of
 * themselves by names that no bundler sees.
 */
const shippedAsPackages = ["pg", "mysql2", "tedious", "oracledb"];

/** Where the bundle of a module lies. */
export function bundleFile(name) {
  return path.join(root, "dist", "lambda", `${name}.js`);
}

/**
 * Bundles each module with all it needs but those, the AWS SDK too: the version under test is the version that runs, and
 * one file starts faster than a folder of them. What is not needed at every start is left to a file of its own, for V8
 * reads a file whole. A bundle that comes out the same is not written, so that nothing looks changed. Throws esbuild's
 * BuildFailure.
 */
export async function bundleLambdas() {
  const esbuild = createRequire(import.meta.url)("esbuild");
  await Promise.all(
    bundles.map(async (name) => {
      const { outputFiles } = await esbuild.build({
        absWorkingDir: root,
        entryPoints: [`functions/${name}.ts`],
        bundle: true,
        external: [...partOfRuntime, ...shippedAsPackages, "./onDemand/*"],
        alias: { "@aws-sdk/credential-provider-node": "./functions/lambdaCredentials.ts" },
        minify: true,
        platform: "node",
        target: "node20",
        format: "cjs",
        mainFields: ["module", "main"],
        write: false,
        logLevel: "silent",
      });
      const [{ contents }] = outputFiles;
      if (!readIfPresent(bundleFile(name))?.equals(contents)) writeAtomically(bundleFile(name), contents);
    }),
  );
}
