import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { run, runOrFail, tail } from "../lib/command.mjs";
import { Failure } from "../lib/failure.mjs";
import { listFolder, writeAtomically } from "../lib/files.mjs";
import { findProgram } from "../lib/findProgram.mjs";

/**
 * Downloads packages of the distribution with what they need beyond this system, and unpacks them into a folder. apt
 * works on folders of its own, so that neither root nor the system's package lists are needed, nor changed where there
 * are both. Each choice is a list of packages; the first that can be had is taken. Throws a Failure.
 */
export async function unpackPackages(folder, choices) {
  if (!findProgram("apt-get") || !findProgram("dpkg-deb")) {
    throw new Failure("none is installed, and there is no apt to fetch one with");
  }
  const apt = path.join(folder, "apt");
  for (const name of ["lists/partial", "archives/partial"]) {
    mkdirSync(path.join(apt, name), { recursive: true });
  }
  const config = path.join(apt, "apt.conf");
  writeAtomically(config, aptConfiguration(apt));
  const env = { ...process.env, APT_CONFIG: config, LC_ALL: "C" };
  await aptGet(["update"], env);
  await download(choices, env);
  const archives = path.join(apt, "archives");
  for (const name of listFolder(archives).filter((file) => file.endsWith(".deb"))) {
    await runOrFail(`unpacking ${name}`, "dpkg-deb", ["--extract", path.join(archives, name), folder]);
  }
  rmSync(apt, { recursive: true });
}

/** The folders of libraries that were unpacked, for LD_LIBRARY_PATH in a launcher that has the folder in `$here`. */
export function unpackedLibraries(folder) {
  return ["usr/lib", "lib"].flatMap((parent) =>
    listFolder(path.join(folder, parent))
      .filter((name) => name.includes("-linux-"))
      .map((name) => `$here/${parent}/${name}`),
  );
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

async function download(choices, env) {
  const failures = [];
  for (const packages of choices) {
    const install = ["--download-only", "--no-install-recommends", "--yes", "install", ...packages];
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
