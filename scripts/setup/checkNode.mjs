import path from "node:path";
import { Failure } from "../lib/failure.mjs";
import { readJson } from "../lib/files.mjs";
import { root } from "../lib/layout.mjs";
import { satisfies } from "../lib/version.mjs";

/** Holds the Node that runs this against package.json's `engines`. */
export function checkNode(progress, version = process.versions.node) {
  const range = readJson(path.join(root, "package.json")).engines.node;
  if (!satisfies(version, range)) {
    throw new Failure(
      `Node ${version} (${process.execPath}) does not do: package.json asks for ${range}. ` +
        "Install one from https://nodejs.org, or run `nvm install` here.",
    );
  }
  progress.done(`${version}, as package.json asks (${range})`);
}
