import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { run, runOrFail, tail } from "../lib/command.mjs";
import { Failure } from "../lib/failure.mjs";
import { listFolder, makeFolder, readJson, writeAtomically } from "../lib/files.mjs";
import { findProgram } from "../lib/findProgram.mjs";
import { fingerprint } from "../lib/fingerprint.mjs";
import { display, root, toolsDir } from "../lib/layout.mjs";
import { isAtLeast } from "../lib/version.mjs";

const requirements = path.join(root, "tools", "flink", "requirements.txt");
const folder = path.join(toolsDir, "flink", "libraries");
const record = path.join(folder, "made.json");

/** The oldest JDK that Flink 1.20 runs on, and that runs a program from its source. */
const minimumJava = "11";

/**
 * Flink's jars for the test of the analytics' SQL, and the JDK that runs them, as {java, libraries}. Null where there
 * is no JDK, where `ministack` (whose Python fetches them) is not given and nothing is there, and where they cannot be
 * had: that test is then skipped.
 */
export async function installFlink(progress, ministack) {
  const java = await findJava();
  if (java === undefined) {
    if (ministack)
      progress.done(`no JDK ${minimumJava} or later, so the test that needs it is skipped. ${remedy()}`);
    return null;
  }
  if (readJson(record)?.fingerprint !== wanted()) {
    if (!ministack) return null;
    try {
      progress.doing("fetching Flink for the tests (about 230 MB)");
      await makeFolder(folder, (temporary) =>
        fetchLibraries(temporary, path.join(path.dirname(ministack), "python")),
      );
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      progress.done(`none, so the test that needs it is skipped: ${error.message}`);
      return null;
    }
  }
  progress.done(`${pinnedVersion()} in ${display(folder)}, for ${java}`);
  return { java, libraries: folder };
}

/** The `java` of a JDK that is new enough; undefined where there is none: a runtime alone compiles nothing. */
async function findJava() {
  const java = findProgram("java");
  const javac = findProgram("javac");
  if (!java || !javac) return undefined;
  const result = await run(javac, ["-version"], { timeoutSeconds: 20 });
  const version = /javac (\d[\d.]*)/.exec(`${result.stdout}${result.stderr}`)?.[1];
  return result.code === 0 && isAtLeast(version ?? "", minimumJava) ? java : undefined;
}

async function fetchLibraries(temporary, python) {
  const download = path.join(temporary, "download");
  const options = ["--no-deps", "--require-hashes", "--no-input", "--disable-pip-version-check", "--quiet"];
  const result = await run(
    python,
    ["-m", "pip", "download", ...options, "--dest", download, "--requirement", requirements],
    { timeoutSeconds: 900 },
  );
  if (result.code !== 0) {
    throw new Failure(`pip could not fetch it (exit code ${result.code}): ${tail(result.stderr, 1).trim()}`);
  }
  const [archive] = listFolder(download).filter((name) => name.endsWith(".tar.gz"));
  if (archive === undefined) throw new Failure("pip fetched no archive of it");
  mkdirSync(path.join(temporary, "unpacked"));
  await runOrFail("unpacking Flink", "tar", [
    "-xzf",
    path.join(download, archive),
    "-C",
    path.join(temporary, "unpacked"),
  ]);
  const lib = path.join(temporary, "unpacked", archive.replace(/\.tar\.gz$/, ""), "deps", "lib");
  if (!existsSync(lib)) throw new Failure("its archive holds no deps/lib");
  renameSync(lib, path.join(temporary, "lib"));
  for (const name of ["download", "unpacked"]) rmSync(path.join(temporary, name), { recursive: true });
  writeAtomically(path.join(temporary, "made.json"), JSON.stringify({ fingerprint: wanted() }));
}

function wanted() {
  return fingerprint(root, [requirements]);
}

function pinnedVersion() {
  return /^apache-flink-libraries==(\S+)/m.exec(readFileSync(requirements, "utf8"))[1];
}

function remedy() {
  const command =
    process.platform === "darwin" ? "brew install openjdk@17" : "apt-get install openjdk-17-jdk-headless";
  return `To have one: \`${command}\``;
}
