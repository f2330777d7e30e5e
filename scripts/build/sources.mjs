import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { readJson } from "../lib/files.mjs";

const sourceFile = /\.(ts|mts|cts|json)$/;

/** Every source file that tsconfig.json's `include` covers, relative to the checkout, sorted. */
export function listSources(root) {
  const { include, exclude = [] } = readJson(path.join(root, "tsconfig.json"));
  const found = include.flatMap((entry) =>
    entry.startsWith("*.")
      ? readdirSync(root).filter((name) => name.endsWith(entry.slice(1)))
      : walk(root, entry, new Set(exclude)),
  );
  return found.sort();
}

/** The file in `dist` that a source becomes; undefined for one that emits nothing (JSON, declarations). */
export function outputOf(source) {
  if (source.endsWith(".json") || /\.d\.[mc]?ts$/.test(source)) return undefined;
  return source.replace(/\.([mc]?)ts$/, ".$1js");
}

function walk(root, folder, excluded) {
  if (!existsSync(path.join(root, folder))) return [];
  if (statSync(path.join(root, folder)).isFile()) return [folder];
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (entry.name === "node_modules" || excluded.has(name)) return [];
    if (entry.isDirectory()) return walk(root, name, excluded);
    return sourceFile.test(entry.name) ? [name] : [];
  });
}
