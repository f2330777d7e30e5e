import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import { listFolder } from "./files.mjs";

/** Whether a path is a file that may be run. */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Every program of a name on PATH, first match first, as absolute paths. */
export function findPrograms(name, searchPath = process.env.PATH ?? "") {
  const folders = searchPath.split(path.delimiter).filter((folder) => folder !== "");
  const files = folders.map((folder) => path.resolve(folder, name)).filter(isExecutable);
  return [...new Set(files)];
}

/** The program that a shell would run for a name, or undefined. */
export function findProgram(name, searchPath) {
  return findPrograms(name, searchPath)[0];
}

/** The folders that a path with at most one `*` stands for; `*` is a part of one folder's name. */
export function expandPlace(pattern) {
  const parts = pattern.split("/");
  const at = parts.findIndex((part) => part.includes("*"));
  if (at < 0) return [pattern];
  const parent = parts.slice(0, at).join("/");
  const [prefix, suffix] = parts[at].split("*");
  return listFolder(parent)
    .filter((name) => name.startsWith(prefix) && name.endsWith(suffix))
    .map((name) => path.join(parent, name, ...parts.slice(at + 1)));
}
