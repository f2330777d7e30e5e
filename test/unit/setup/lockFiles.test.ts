import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { checkout } from "../../helpers/loadScript";

interface LockFile {
  packages: Record<string, { optionalDependencies?: Record<string, string>; integrity?: string }>;
}

/** Whether Node, from a package's folder, would find another in the tree that a lock file describes. */
function isLocked(packages: LockFile["packages"], from: string, name: string): boolean {
  for (
    let folder = from;
    ;
    folder = folder.slice(0, folder.lastIndexOf("node_modules/")).replace(/\/$/, "")
  ) {
    if (`${folder === "" ? "" : `${folder}/`}node_modules/${name}` in packages) return true;
    if (folder === "") return false;
  }
}

describe("set-up: the lock files", () => {
  // npm leaves other platforms' packages out of a lock file that it makes from an existing node_modules, or that
  // the registry does not have; `npm ci` then refuses it. Remedy: npm install --package-lock-only without node_modules.
  for (const file of ["package-lock.json", "tools/postgres/package-lock.json"]) {
    it(`${file} has every platform's packages, each with its hash`, () => {
      const { packages } = JSON.parse(readFileSync(path.join(checkout, file), "utf8")) as LockFile;
      const entries = Object.entries(packages);
      const missing = entries.flatMap(([location, entry]) =>
        Object.keys(entry.optionalDependencies ?? {}).filter((name) => !isLocked(packages, location, name)),
      );
      assert.deepEqual(missing, []);
      const unhashed = entries.filter(
        ([location, entry]) => location !== "" && entry.integrity === undefined,
      );
      assert.deepEqual(unhashed, []);
    });
  }
});
