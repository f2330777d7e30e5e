import { realpathSync } from "node:fs";
import path from "node:path";
import { run } from "../lib/command.mjs";
import { findProgram, findPrograms, isExecutable } from "../lib/findProgram.mjs";
import { toolsDir } from "../lib/layout.mjs";
import { isAtLeast } from "../lib/version.mjs";
import { minimumPulumi } from "./pinnedPulumi.mjs";

const languageHost = "pulumi-language-nodejs";

/**
 * The first Pulumi CLI on PATH that is new enough and whole, as {program, version}; else {refused}, the reasons
 * why those found will not do. Whole means that the language host comes with it, as in every released archive:
 * without it a plain `pulumi up` cannot run index.ts.
 */
export async function findPulumi(searchPath = installedPath()) {
  const refused = [];
  for (const program of findPrograms("pulumi", searchPath)) {
    const version = await pulumiVersion(program);
    if (version === undefined) refused.push(`${program} does not answer to \`pulumi version\``);
    else if (!isAtLeast(version, minimumPulumi))
      refused.push(`${program} is ${version}, older than ${minimumPulumi}`);
    else if (!hasLanguageHost(program, searchPath)) refused.push(`${program} comes without ${languageHost}`);
    else return { program, version };
  }
  return { refused: refused.length === 0 ? ["there is none"] : refused };
}

/** PATH without what set-up itself made: a shell set up for the sandbox has that on its PATH, and it is not whole. */
function installedPath() {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  return folders
    .filter((folder) => !path.resolve(folder).startsWith(toolsDir + path.sep))
    .join(path.delimiter);
}

/** What `pulumi version` says, without its `v`; undefined where it fails. It asks nobody for a newer one. */
export async function pulumiVersion(program) {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const result = await run(program, ["version"], { env, timeoutSeconds: 20 });
  return result.code === 0 ? result.stdout.trim().replace(/^v/, "") : undefined;
}

/** Beside the program, beside what it links to (Homebrew), or on PATH (Nix, version managers): the engine's order. */
function hasLanguageHost(program, searchPath) {
  const folders = [path.dirname(program), path.dirname(realpathSync(program))];
  const beside = folders.some((folder) => isExecutable(path.join(folder, languageHost)));
  return beside || findProgram(languageHost, searchPath) !== undefined;
}
