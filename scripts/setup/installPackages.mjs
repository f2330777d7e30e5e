import path from "node:path";
import { run, runOrFail } from "../lib/command.mjs";
import { Failure } from "../lib/failure.mjs";
import { readJson } from "../lib/files.mjs";
import { findProgram } from "../lib/findProgram.mjs";
import { root } from "../lib/layout.mjs";
import { missingPackages } from "./lockedPackages.mjs";

/**
 * `npm ci` in a folder with a lock file. Install scripts do not run: nothing here needs one, and some would
 * download. Development packages come whatever NODE_ENV says, and faults are printed under `npm start --silent` too.
 */
export async function npmCi(folder) {
  const npm = findProgram("npm");
  if (!npm) {
    throw new Failure(
      "no npm on PATH: it comes with Node (https://nodejs.org); some systems package it apart, as `npm`",
    );
  }
  const flags = ["--ignore-scripts", "--include=dev", "--include=optional", "--no-audit", "--no-fund"];
  const result = await run(npm, ["ci", ...flags, "--no-update-notifier", "--loglevel=error"], {
    cwd: folder,
  });
  if (result.code !== 0) {
    throw new Failure(
      `npm ci failed in ${folder} (exit code ${result.code}):\n${firstLines(result.stderr)}\n` +
        "  (if the registry is not in reach: `npm config get registry` says which one is used)",
    );
  }
}

/** npm says first what is wrong, and then how it is called. */
function firstLines(text) {
  const lines = text.split("\n").map((line) => line.replace(/^npm error ?/, "").trimEnd());
  return lines
    .filter((line) => line !== "")
    .slice(0, 8)
    .map((line) => `  ${line}`)
    .join("\n");
}

/** The project's own dependencies, as package-lock.json has them. */
export async function installPackages(progress) {
  const locked = readJson(path.join(root, "package-lock.json"))?.packages;
  if (!locked) throw new Failure("package-lock.json is missing or broken: git checkout package-lock.json");
  if (missing(locked).length === 0) {
    progress.done("node_modules is as package-lock.json has it");
    return;
  }
  progress.doing("installing npm packages from package-lock.json");
  await npmCi(root);
  const absent = missing(locked);
  if (absent.length > 0) {
    throw new Failure(
      `npm ci left out ${absent.join(", ")}. Optional packages may be switched off: npm config get omit`,
    );
  }
  // Both bring a native program that an install script would otherwise check.
  await runOrFail("checking biome", path.join(root, "node_modules", ".bin", "biome"), ["--version"]);
  await runOrFail("checking esbuild", path.join(root, "node_modules", ".bin", "esbuild"), ["--version"]);
  progress.done(`installed ${Object.keys(installedPackages()).length} npm packages`);
}

function missing(locked) {
  return missingPackages(locked, installedPackages());
}

function installedPackages() {
  return readJson(path.join(root, "node_modules", ".package-lock.json"))?.packages ?? {};
}
