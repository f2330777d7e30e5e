import path from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout's top folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");

/** What set-up fetches and the sandbox keeps; git-ignored. */
export const cacheDir = path.join(root, ".rowstream");

/** Programs that set-up fetched or built. */
export const toolsDir = path.join(cacheDir, "tools");

/** Where set-up records which programs to use. */
export const toolsFile = path.join(cacheDir, "tools.json");

/** Where each sandbox of a test run leaves what its roles were granted and used. */
export const privilegesDir = path.join(cacheDir, "privileges");

/** A path as the user would type it in the checkout, or the path itself where it lies outside. */
export function display(file) {
  const relative = path.relative(root, file);
  return relative.startsWith("..") || path.isAbsolute(relative) ? file : relative;
}
