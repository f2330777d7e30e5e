import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Writes a file whole or not at all: a reader sees the old content or the new. */
export function writeAtomically(file, content) {
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, file);
}

/** A file's bytes, or undefined where there is none. */
export function readIfPresent(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** The names in a folder, or none where there is no folder. */
export function listFolder(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** A JSON file's value, or undefined where the file is missing or is not JSON. */
export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * Makes a folder whole or not at all: `make` fills a temporary folder beside it, which then takes its name. What
 * an earlier run left half made is removed first (set-up's lock keeps two runs apart).
 */
export async function makeFolder(folder, make) {
  const parent = path.dirname(folder);
  const prefix = `.${path.basename(folder)}.tmp-`;
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) {
    if (name.startsWith(prefix)) rmSync(path.join(parent, name), { recursive: true, force: true });
  }
  const temporary = path.join(parent, `${prefix}${process.pid}`);
  mkdirSync(temporary);
  try {
    await make(temporary);
    rmSync(folder, { recursive: true, force: true });
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}
