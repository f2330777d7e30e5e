import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../lib/layout.mjs";

/** The oldest CLI that the driver takes; automation/pulumiCli.ts says why, and a test holds the two together. */
export const minimumPulumi = "3.181.0";

/** Where set-up keeps the pinned modules of the CLI and of its language host. */
export const cliModule = path.join(root, "tools", "pulumi");
export const languageHostModule = path.join(root, "tools", "language-nodejs");

/** The version of a module that a go.mod requires ("3.250.0"); throws where it does not. */
export function requiredVersion(goMod, module) {
  const line = goMod.split("\n").find((text) =>
    text
      .trim()
      .replace(/^require /, "")
      .startsWith(`${module} v`),
  );
  if (line === undefined) throw new Error(`go.mod does not require ${module}`);
  return / v(\S+)/.exec(line)[1];
}

/** The version of the CLI that is downloaded or built: the one in tools/pulumi/go.mod. */
export function pinnedPulumi() {
  return requiredVersion(
    readFileSync(path.join(cliModule, "go.mod"), "utf8"),
    "github.com/pulumi/pulumi/pkg/v3",
  );
}
