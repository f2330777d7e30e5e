import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";

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
