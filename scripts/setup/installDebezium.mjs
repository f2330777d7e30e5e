import { existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { run, runOrFail, tail } from "../lib/command.mjs";
import { Failure } from "../lib/failure.mjs";
import { makeFolder } from "../lib/files.mjs";
import { findProgram } from "../lib/findProgram.mjs";
import { sha256 } from "../lib/fingerprint.mjs";
import { display, toolsDir } from "../lib/layout.mjs";
import { findJava } from "./findJava.mjs";

/** The release beside which the pipeline is measured, with the SHA-256 of its archive. */
export const debezium = {
  version: "3.6.1.Final",
  sha256: "f95567c7107e5ae0a778dce850c36e86487b2c49e131dfc9bbb72c7ac2feb944",
};

/** The oldest Java that its classes load in (class file version 65). */
export const minimumJava = "21";

/** Where Debezium publishes its releases. */
const mavenCentral = "https://repo1.maven.org/maven2";

/** Names another Maven repository that has the same files, for a machine with no way to Maven Central. */
const repositoryVariable = "ROWSTREAM_MAVEN_REPOSITORY";

/**
 * Debezium Server for the bench of the whole pipeline: {home, java}. Null where it is not here and `fetch` is false, and
 * where it or a Java for it cannot be had: the pipeline is then measured alone.
 */
export async function installDebezium(progress, fetch) {
  const home = path.join(toolsDir, `debezium-server-${debezium.version}`);
  if (!fetch && !existsSync(home)) return null;
  const java = await findJava(minimumJava);
  if (java === undefined) {
    progress.done(
      `none, so the pipeline is measured alone: it needs Java ${minimumJava} or later, and there is none by ` +
        "JAVA_HOME, on PATH or in the usual folders",
    );
    return null;
  }
  if (!existsSync(home)) {
    try {
      await makeFolder(home, (folder) => fetchDebezium(folder, progress));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      progress.done(
        `none, so the pipeline is measured alone: ${error.message}. ${repositoryVariable} names another Maven ` +
          "repository to have it from; `mvn`, where it is installed, asks those of its settings",
      );
      return null;
    }
  }
  progress.done(`${debezium.version} in ${display(home)}, on Java ${java.version}, ${java.program}`);
  return { home, java: java.program };
}

/**
 * Fills an empty folder with a release. It comes from the repository that is given (a URL), else by Maven and its
 * settings where Maven is installed, else from Maven Central.
 */
export async function fetchDebezium(
  folder,
  progress,
  { release = debezium, repository = process.env[repositoryVariable], maven = findProgram("mvn") } = {},
) {
  const name = `debezium-server-dist-${release.version}.tar.gz`;
  const file = path.join(folder, name);
  progress.doing(`fetching Debezium Server ${release.version} (780 MB)`);
  if (repository || !maven || !(await byMaven(maven, folder, release.version))) {
    const base = (repository || mavenCentral).replace(/\/+$/, "");
    await download(`${base}/io/debezium/debezium-server-dist/${release.version}/${name}`, file);
  }
  const actual = sha256(file);
  if (actual !== release.sha256) {
    throw new Failure(
      `${name} has SHA-256 ${actual}, and ${release.sha256} is what it should have: it was damaged or replaced`,
    );
  }
  await runOrFail("unpacking Debezium Server", "tar", ["-xzf", file, "--strip-components=1"], {
    cwd: folder,
  });
  rmSync(file);
}

/** Whether Maven had the archive; where it had not, Maven Central is asked without it. */
async function byMaven(maven, folder, version) {
  // A folder without a project of its own.
  const place = path.join(folder, "maven");
  mkdirSync(place);
  const artifact = `io.debezium:debezium-server-dist:${version}:tar.gz`;
  const result = await run(
    maven,
    ["--batch-mode", "dependency:copy", `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`],
    { cwd: place },
  );
  rmSync(place, { recursive: true });
  return result.code === 0 && existsSync(path.join(folder, `debezium-server-dist-${version}.tar.gz`));
}

async function download(url, file) {
  if (!findProgram("curl")) throw new Failure("there is no curl on PATH");
  const flags = ["--fail", "--silent", "--show-error", "--location", "--connect-timeout", "5"];
  const result = await run("curl", [
    ...flags,
    "--speed-limit",
    "10000",
    "--speed-time",
    "30",
    "--output",
    file,
    url,
  ]);
  if (result.code !== 0) {
    throw new Failure(
      `${url}: ${tail(result.stderr, 1)
        .trim()
        .replace(/^curl: /, "")}`,
    );
  }
}
