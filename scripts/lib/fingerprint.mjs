import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { readIfPresent } from "./files.mjs";

/**
 * One hash (SHA-256, hex) of files' names and contents and of any further facts. Contents and not times: a
 * checkout that comes back to the same commit, or a file that is merely touched, is no change. A missing file is
 * a fact like any other.
 */
export function fingerprint(base, files, ...facts) {
  const hash = createHash("sha256");
  for (const file of files) {
    const name = path.relative(base, path.resolve(base, file));
    const content = readIfPresent(path.resolve(base, file));
    hash.update(`${name}\0${content === undefined ? "absent" : content.length}\0`);
    if (content !== undefined) hash.update(content);
  }
  hash.update(JSON.stringify(facts));
  return hash.digest("hex");
}

/** SHA-256 of one file, hex. */
export function sha256(file) {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
