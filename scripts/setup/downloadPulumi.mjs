import { readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { run, runOrFail, tail } from "../lib/command.mjs";
import { Failure } from "../lib/failure.mjs";
import { findProgram } from "../lib/findProgram.mjs";
import { sha256 } from "../lib/fingerprint.mjs";
import { pulumiVersion } from "./findPulumi.mjs";

/** Pulumi's own places: the archives that its install script fetches, and the checksums of the same release. */
export const officialPlaces = {
  archives: "https://get.pulumi.com/releases/sdk",
  checksums: "https://github.com/pulumi/pulumi/releases/download",
};

/**
 * Downloads a release of the Pulumi CLI into an empty folder: `bin/` then holds all that the archive has. The
 * archive and its SHA-256 come from two different hosts. A machine with no way out fails here in seconds.
 */
export async function downloadPulumi(folder, version, progress, places = officialPlaces) {
  const archive = archiveName(version, process.platform, process.arch);
  if (!findProgram("curl")) throw new Failure("there is no curl on PATH");
  const sums = path.join(folder, "checksums.txt");
  await fetchFile(`${places.checksums}/v${version}/pulumi-${version}-checksums.txt`, sums, [
    "--max-time",
    "30",
  ]);
  const expected = checksumOf(readFileSync(sums, "utf8"), archive);
  const file = path.join(folder, archive);
  progress.doing(`downloading the Pulumi CLI ${version}`);
  await fetchFile(`${places.archives}/${archive}`, file, ["--speed-limit", "10000", "--speed-time", "30"]);
  const actual = sha256(file);
  if (actual !== expected) {
    throw new Failure(
      `${archive} has SHA-256 ${actual}, and its release says ${expected}: it was damaged or replaced`,
    );
  }
  await runOrFail("unpacking the Pulumi CLI", "tar", ["-xzf", file], { cwd: folder });
  renameSync(path.join(folder, "pulumi"), path.join(folder, "bin"));
  rmSync(file);
  rmSync(sums);
  const answer = await pulumiVersion(path.join(folder, "bin", "pulumi"));
  if (answer !== version)
    throw new Failure(`the downloaded CLI does not run here (it answers ${answer ?? "nothing"})`);
}

/** The name of a release's archive for a platform; a Failure where there is none. */
export function archiveName(version, platform, arch) {
  if (!["linux", "darwin"].includes(platform) || !["x64", "arm64"].includes(arch)) {
    throw new Failure(`Pulumi releases nothing for ${platform}-${arch}`);
  }
  return `pulumi-v${version}-${platform}-${arch}.tar.gz`;
}

/** The SHA-256 of a file in a list as sha256sum writes it; a Failure where the file is not in it. */
export function checksumOf(sums, name) {
  const line = sums.split("\n").find((text) => text.trim().endsWith(` ${name}`) || text.endsWith(`*${name}`));
  const sum = line?.trim().split(/\s/)[0];
  if (!/^[0-9a-f]{64}$/.test(sum ?? "")) throw new Failure(`the release's checksums do not name ${name}`);
  return sum;
}

async function fetchFile(url, file, limits) {
  const flags = ["--fail", "--silent", "--show-error", "--location", "--connect-timeout", "5"];
  const result = await run("curl", [...flags, ...limits, "--output", file, url]);
  if (result.code !== 0)
    throw new Failure(
      `${url}: ${tail(result.stderr, 1)
        .trim()
        .replace(/^curl: /, "")}`,
    );
}
