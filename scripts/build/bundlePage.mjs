import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { readIfPresent, writeAtomically } from "../lib/files.mjs";
import { root } from "../lib/layout.mjs";

/** What the page's server serves, and nothing else. */
export const pageFolder = path.join(root, "dist", "page", "assets");

/** Its files. */
export const pageFiles = ["index.html", "icon.svg", "page.js", "page.css"];

/** What the page is made of, relative to the checkout, sorted. */
export function pageSources() {
  const entries = readdirSync(path.join(root, "page"), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .sort();
}

/**
 * Bundles the live page: all that it needs is in its own files, so that it asks no other server for anything. Throws
 * esbuild's BuildFailure.
 */
export async function bundlePage() {
  const esbuild = createRequire(import.meta.url)("esbuild");
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [{ in: "page/main.tsx", out: "page" }],
    outdir: pageFolder,
    bundle: true,
    minify: true,
    platform: "browser",
    target: ["chrome111", "firefox115", "safari16.4"],
    format: "iife",
    jsx: "automatic",
    jsxImportSource: "preact",
    write: false,
    logLevel: "silent",
  });
  for (const { path: file, contents } of outputFiles) writeIfChanged(file, Buffer.from(contents));
  for (const name of ["index.html", "icon.svg"])
    writeIfChanged(path.join(pageFolder, name), readIfPresent(path.join(root, "page", name)));
}

function writeIfChanged(file, contents) {
  if (!readIfPresent(file)?.equals(contents)) writeAtomically(file, contents);
}
