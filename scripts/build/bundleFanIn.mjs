import { createRequire } from "node:module";
import path from "node:path";
import { readIfPresent, writeAtomically } from "../lib/files.mjs";
import { root } from "../lib/layout.mjs";

/** The one file that the fan-in's zip ships beside its callback. */
export const bundleFile = path.join(root, "dist", "lambda", "fanIn.js");

/**
 * Bundles functions/fanIn.ts with all it needs, the AWS SDK too: the version under test is the version that runs,
 * and one file starts faster than a folder of them. A bundle that comes out the same is not written, so that
 * nothing looks changed. Throws esbuild's BuildFailure.
 */
export async function bundleFanIn() {
  const esbuild = createRequire(import.meta.url)("esbuild");
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: ["functions/fanIn.ts"],
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    mainFields: ["module", "main"],
    write: false,
    logLevel: "silent",
  });
  const [{ contents }] = outputFiles;
  if (!readIfPresent(bundleFile)?.equals(contents)) writeAtomically(bundleFile, contents);
}
