import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { run } from "../lib/command.mjs";
import { Failure } from "../lib/failure.mjs";
import { readJson, writeAtomically } from "../lib/files.mjs";
import { fingerprint } from "../lib/fingerprint.mjs";
import { root } from "../lib/layout.mjs";
import { bundleFile, bundleLambdas, bundles } from "./bundleLambdas.mjs";
import { bundlePage, pageFiles, pageFolder, pageSources } from "./bundlePage.mjs";
import { listSources, outputOf } from "./sources.mjs";

const dist = path.join(root, "dist");
const record = path.join(dist, ".built.json");
const settings = [
  "tsconfig.json",
  "package-lock.json",
  "scripts/build/bundleLambdas.mjs",
  "scripts/build/bundlePage.mjs",
];
const bundled = [...bundles.map(bundleFile), ...pageFiles.map((name) => path.join(pageFolder, name))];

/**
 * Compiles the TypeScript and bundles what runs in Lambda and the live page. Skipped, without starting tsc, where every
 * source has the content that dist/ was built from; else tsc compiles what changed.
 */
export async function buildProject(progress) {
  const sources = listSources(root);
  const outputs = sources.map(outputOf).filter((output) => output !== undefined);
  const wanted = fingerprint(
    root,
    [...settings, ...sources, ...pageSources()],
    process.versions.node.split(".")[0],
  );
  if (readJson(record)?.fingerprint === wanted && areThere(outputs) && bundled.every(existsSync)) {
    progress.done("dist is up to date");
    return;
  }
  progress.doing("compiling TypeScript (the first time takes about a minute)");
  rmSync(record, { force: true });
  removeStale(new Set(outputs));
  await compile(outputs);
  await runTsc("page");
  await bundle("functions/", bundleLambdas);
  await bundle("page/main.tsx", bundlePage);
  writeAtomically(record, JSON.stringify({ fingerprint: wanted }));
  progress.done(`compiled ${outputs.length} files, bundled the functions and the page`);
}

async function compile(outputs) {
  await runTsc();
  if (areThere(outputs)) return;
  // tsc trusts its own record of what it emitted, and something has removed files since: without it, all come back.
  rmSync(path.join(dist, ".tsbuildinfo"), { force: true });
  await runTsc();
}

/** Compiles, or only checks, as the tsconfig.json of a folder of the checkout has it. */
async function runTsc(folder = ".") {
  const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
  const result = await run(process.execPath, [tsc, "--project", folder, "--pretty", "false"], { cwd: root });
  if (result.code !== 0)
    throw new Failure(`the TypeScript does not compile:\n${result.stdout}${result.stderr}`);
}

async function bundle(entry, work) {
  try {
    await work();
  } catch (error) {
    if (!Array.isArray(error.errors)) throw error;
    const lines = error.errors.map(
      ({ text, location }) => `  ${location?.file ?? ""}:${location?.line ?? ""} ${text}`,
    );
    throw new Failure(`${entry} cannot be bundled:\n${lines.join("\n")}`);
  }
}

function areThere(outputs) {
  return outputs.every((output) => existsSync(path.join(dist, output)));
}

/** Removes what sources that are gone have left, lest a test of theirs run on. */
function removeStale(outputs, folder = "") {
  if (!existsSync(path.join(dist, folder))) return;
  for (const entry of readdirSync(path.join(dist, folder), { withFileTypes: true })) {
    const name = path.join(folder, entry.name);
    if (name === "lambda" || name === path.join("page", "assets") || entry.name === "node_modules") continue;
    if (entry.isDirectory()) removeStale(outputs, name);
    else if (/\.[mc]?js(\.map)?$/.test(name) && !outputs.has(name.replace(/\.map$/, "")))
      rmSync(path.join(dist, name));
  }
}
