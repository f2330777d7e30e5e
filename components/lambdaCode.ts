import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Faults } from "./faults";

/** The bundled logic that a function's callback requires, by the name of its module in functions/. */
export type Bundle =
  | "fanIn"
  | "changeHandler"
  | "deviceBridge"
  | "inspector"
  | "analyticsResults"
  | "heartbeat";

/** What a bundle loads when it needs it: for a cold start not to read it, each is a file of its own. */
const ON_DEMAND: Partial<Record<Bundle, readonly string[]>> = {
  fanIn: ["onDemand/s3", "onDemand/secretsManager"],
  deviceBridge: ["onDemand/s3"],
};

/** The paths of a bundle and of what it loads on demand, in the project and in the zip alike. */
function bundlePaths(bundle: Bundle): string[] {
  return [bundle, ...(ON_DEMAND[bundle] ?? [])].map((name) => `dist/lambda/${name}.js`);
}

/**
 * What goes into a function's zip: its bundle, and of the packages of package.json, all of which Pulumi would take
 * in, those that its callback needs. Pulumi resolves both from the working directory, so this does too.
 *
 * @param packages packages of package.json to take in, with all that they depend on. Default: none.
 */
export function lambdaCodePaths(
  bundle: Bundle,
  packages: readonly string[] = [],
): { extraIncludePaths: string[]; extraExcludePackages: string[] } {
  // Pulumi leaves out an excluded package wherever it comes up, also among what another one needs.
  const needed = new Set<string>();
  for (const name of packages) addWithDependencies(needed, name);
  return {
    extraIncludePaths: bundlePaths(bundle),
    extraExcludePackages: dependenciesOf("package.json").filter((name) => !needed.has(name)),
  };
}

/** Checks that a bundle is where Pulumi will look for it, and that the packages to take in are the project's. */
export function checkLambdaCode(faults: Faults, bundle: Bundle, packages: readonly string[] = []): void {
  if (!existsSync(resolve("package.json"))) {
    faults.add("", `runs in ${process.cwd()}, which holds no package.json; run it in the project's root`);
    return;
  }
  for (const path of bundlePaths(bundle)) {
    if (!existsSync(resolve(path))) faults.add("", `${path} is missing; make it with: npm run build`);
  }
  const known = dependenciesOf("package.json");
  packages.forEach((name, index) => {
    if (!known.includes(name)) {
      faults.add(
        `packages[${index}]`,
        `"${name}" is not among the dependencies of package.json; add it with: npm install ${name}`,
      );
    }
  });
}

function addWithDependencies(found: Set<string>, name: string): void {
  const manifest = `node_modules/${name}/package.json`;
  if (found.has(name) || !existsSync(resolve(manifest))) return;
  found.add(name);
  for (const dependency of dependenciesOf(manifest)) addWithDependencies(found, dependency);
}

function dependenciesOf(manifest: string): string[] {
  const { dependencies = {} } = JSON.parse(readFileSync(resolve(manifest), "utf8")) as {
    dependencies?: Record<string, string>;
  };
  return Object.keys(dependencies);
}
