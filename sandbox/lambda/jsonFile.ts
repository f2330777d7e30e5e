import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Reads a JSON file; undefined where there is none. */
export function readJsonFile<T>(path: string): T | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
  return JSON.parse(text) as T;
}

/**
 * Replaces a JSON file in one step: a process killed at any moment leaves the old content or the new one.
 * The folder is made where it is missing. Synchronous on purpose: the files are small, and two writes of one
 * file can never overtake each other.
 */
export function writeJsonFile(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  const next = `${path}.next`;
  writeFileSync(next, JSON.stringify(value), { mode: 0o600 });
  renameSync(next, path);
}
