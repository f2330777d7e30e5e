import path from "node:path";
import { Failure } from "../lib/failure.mjs";
import { makeFolder, readJson, writeAtomically } from "../lib/files.mjs";
import { display, toolsDir } from "../lib/layout.mjs";
import { buildPulumi, builtPulumi, isPulumiBuilt, placePolicyRunner } from "./buildPulumi.mjs";
import { downloadPulumi } from "./downloadPulumi.mjs";
import { findPulumi } from "./findPulumi.mjs";
import { minimumPulumi, pinnedPulumi } from "./pinnedPulumi.mjs";

const releaseFolder = path.join(toolsDir, "pulumi-release");
const buildFolder = path.join(toolsDir, "pulumi");

/**
 * The Pulumi CLI to use, as {pulumi, languageHost}: an installed one, else Pulumi's own release, else one built
 * from source. `languageHost` is the folder that a plain `pulumi up` must have on PATH, null where the CLI brings
 * its own.
 */
export async function installPulumi(progress) {
  const installed = await findPulumi();
  if (installed.program) {
    progress.done(`${installed.version} in ${installed.program}`);
    return { pulumi: installed.program, languageHost: null };
  }
  const version = pinnedPulumi();
  const made = madeBefore(version) ?? (await make(version, installed.refused, progress));
  progress.done(`${version} in ${display(made.pulumi)}`);
  return made;
}

function madeBefore(version) {
  if (readJson(path.join(releaseFolder, "made.json"))?.version === version) return released();
  if (!isPulumiBuilt(buildFolder)) return undefined;
  placePolicyRunner(buildFolder);
  return built();
}

async function make(version, refused, progress) {
  progress.note(`none installed will do: ${refused.join("; ")}`);
  const download = await attempt(async () => {
    progress.doing("asking for Pulumi's release");
    await makeFolder(releaseFolder, async (temporary) => {
      await downloadPulumi(temporary, version, progress);
      writeAtomically(path.join(temporary, "made.json"), JSON.stringify({ version }));
    });
  });
  if (download === undefined) return released();
  progress.note(`no release to be had: ${download}`);
  const build = await attempt(() => buildPulumi(buildFolder, progress));
  if (build === undefined) return built();
  throw new Failure(
    `no Pulumi CLI of version ${minimumPulumi} or later is to be had\n` +
      `  installed: ${refused.join("; ")}\n  download: ${download}\n  build from source: ${build}\n` +
      "Install the Pulumi CLI (https://www.pulumi.com/docs/iac/download-install/), or Go (https://go.dev/dl/) to " +
      "build it from source, and run this again.",
  );
}

/** Undefined where the work was done, the message of its Failure where it could not be. */
async function attempt(work) {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}

function released() {
  return { pulumi: path.join(releaseFolder, "bin", "pulumi"), languageHost: null };
}

function built() {
  const { pulumi, languageHost } = builtPulumi(buildFolder);
  return { pulumi, languageHost };
}
