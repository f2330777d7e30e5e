import { chmodSync, mkdirSync } from "node:fs";
import path from "node:path";
import { runOrFail } from "../lib/command.mjs";
import { Failure } from "../lib/failure.mjs";
import { makeFolder, writeAtomically } from "../lib/files.mjs";
import { display, toolsDir } from "../lib/layout.mjs";
import { unpackedLibraries, unpackPackages } from "./debianPackages.mjs";
import { findMariadb, minimumMariadb, usableVersion } from "./findMariadb.mjs";

const folder = path.join(toolsDir, "mariadb");
const program = path.join(folder, "bin", "mariadbd");

/** What the server's package is called: Debian and Ubuntu now, and Ubuntu 22.04. */
const packages = ["mariadb-server-core", "mariadb-server-core-10.6"];

/**
 * The server for the tests of MySQL and MariaDB: an installed one, else the distribution's package, unpacked into
 * .rowstream. Null where there is none and `fetch` is false, and where none can be had: those tests are then skipped.
 */
export async function installMariadb(progress, fetch) {
  const installed = await findMariadb();
  if (installed) {
    progress.done(`${installed.version}, ${installed.program}`);
    return installed.program;
  }
  if ((await usableVersion(program)) === undefined) {
    if (!fetch) return null;
    try {
      progress.doing("fetching the distribution's package for the tests (about 25 MB)");
      await makeFolder(folder, fetchPackages);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      progress.done(`none, so the tests that need it are skipped: ${error.message}. ${remedy()}`);
      return null;
    }
  }
  progress.done(`${await usableVersion(program)} in ${display(folder)}`);
  return program;
}

async function fetchPackages(temporary) {
  await unpackPackages(
    temporary,
    packages.map((name) => [name]),
  );
  const bin = path.join(temporary, "bin");
  mkdirSync(bin);
  writeAtomically(path.join(bin, "mariadbd"), launcher(temporary));
  chmodSync(path.join(bin, "mariadbd"), 0o755);
  // Under root the server runs as another user, whatever this one's umask is.
  await runOrFail("making the programs readable", "chmod", ["-R", "a+rX", temporary]);
  if ((await usableVersion(path.join(bin, "mariadbd"))) === undefined) {
    throw new Failure("the distribution's package does not run unpacked");
  }
}

/** A program that runs the unpacked server from where it lies, wherever that is moved, with the libraries beside it. */
function launcher(unpacked) {
  return [
    "#!/bin/sh",
    'here=$(cd "$(dirname "$0")/.." && pwd)',
    `export LD_LIBRARY_PATH="${unpackedLibraries(unpacked).join(":")}"`,
    // Behind the caller's arguments: --no-defaults must be the first of all.
    'exec "$here/usr/sbin/mariadbd" "$@" --basedir="$here/usr"',
    "",
  ].join("\n");
}

function remedy() {
  const command =
    process.platform === "darwin" ? "brew install mariadb" : "apt-get install mariadb-server-core";
  return `To have one: \`${command}\`, or MariaDB ${minimumMariadb} or later from elsewhere`;
}
