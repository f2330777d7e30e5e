import { chmodSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { run, runOrFail, tail } from "../lib/command.mjs";
import { Failure } from "../lib/failure.mjs";
import { listFolder, makeFolder, writeAtomically } from "../lib/files.mjs";
import { findProgram } from "../lib/findProgram.mjs";
import { display, toolsDir } from "../lib/layout.mjs";
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

/**
 * Downloads the package and what it needs beyond this system, and unpacks them. apt works on folders of its own, so
 * that neither root nor the system's package lists are needed, nor changed where there are both.
 */
async function fetchPackages(temporary) {
  if (!findProgram("apt-get") || !findProgram("dpkg-deb")) {
    throw new Failure("no server is installed, and there is no apt to fetch one with");
  }
  const apt = path.join(temporary, "apt");
  for (const name of ["lists/partial", "archives/partial"]) {
    mkdirSync(path.join(apt, name), { recursive: true });
  }
  const config = path.join(apt, "apt.conf");
  writeAtomically(config, aptConfiguration(apt));
  const env = { ...process.env, APT_CONFIG: config, LC_ALL: "C" };
  await aptGet(["update"], env);
  await download(env);
  const archives = path.join(apt, "archives");
  for (const name of listFolder(archives).filter((file) => file.endsWith(".deb"))) {
    await runOrFail("unpacking MariaDB", "dpkg-deb", ["--extract", path.join(archives, name), temporary]);
  }
  rmSync(apt, { recursive: true });
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

function aptConfiguration(apt) {
  return [
    `Dir::State "${apt}";`,
    `Dir::State::Lists "${apt}/lists";`,
    'Dir::State::status "/var/lib/dpkg/status";',
    `Dir::Cache "${apt}";`,
    `Dir::Cache::Archives "${apt}/archives";`,
    'Debug::NoLocking "true";',
    'Acquire::Languages "none";',
    'APT::Sandbox::User "";',
    "",
  ].join("\n");
}

async function download(env) {
  const failures = [];
  for (const name of packages) {
    const install = ["--download-only", "--no-install-recommends", "--yes", "install", name];
    const failure = await aptGet(install, env).catch((error) => error);
    if (failure === undefined) return;
    failures.push(failure);
  }
  throw failures[0];
}

async function aptGet(args, env) {
  const result = await run("apt-get", ["--quiet", ...args], { env });
  if (result.code !== 0) {
    const lines = result.stderr.split("\n").filter((line) => line.startsWith("E: "));
    throw new Failure(`apt-get ${args[0]} failed: ${lines[0]?.slice(3) ?? tail(result.stderr, 1).trim()}`);
  }
}

/** A program that runs the unpacked server from where it lies, wherever that is moved, with the libraries beside it. */
function launcher(unpacked) {
  const libraries = ["usr/lib", "lib"].flatMap((parent) =>
    listFolder(path.join(unpacked, parent))
      .filter((name) => name.includes("-linux-"))
      .map((name) => `$here/${parent}/${name}`),
  );
  return [
    "#!/bin/sh",
    'here=$(cd "$(dirname "$0")/.." && pwd)',
    `export LD_LIBRARY_PATH="${libraries.join(":")}"`,
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
