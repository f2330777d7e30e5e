import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { run, runOrFail, tail } from "../lib/command.mjs";
import { Failure } from "../lib/failure.mjs";
import { readJson, writeAtomically } from "../lib/files.mjs";
import { fingerprint } from "../lib/fingerprint.mjs";
import { display, root, toolsDir } from "../lib/layout.mjs";
import { findPython } from "./findPython.mjs";

const requirements = path.join(root, "tools", "ministack", "requirements.txt");
const folder = path.join(toolsDir, "ministack");
const program = path.join(folder, "bin", "ministack");
const record = path.join(folder, "made.json");

/** The `ministack` program, in a virtual environment of its own with every package pinned by hash. */
export async function installMinistack(progress) {
  // A virtual environment holds its own path: one that was moved with the checkout is made anew.
  const wanted = fingerprint(root, [requirements], folder);
  if (readJson(record)?.fingerprint !== wanted || !isWhole()) {
    const python = await findPython();
    progress.doing(`installing MiniStack for Python ${python.version} (${python.program})`);
    await makeEnvironment(python.program);
    writeAtomically(record, JSON.stringify({ fingerprint: wanted }));
  }
  progress.done(`${pinnedVersion()} in ${display(folder)}`);
  return program;
}

/** The interpreter is a link to a Python that may have been removed since. */
function isWhole() {
  return existsSync(path.join(folder, "bin", "python")) && existsSync(program);
}

/** In place, since it cannot be renamed; without its record, written last, it counts as not made. */
async function makeEnvironment(python) {
  rmSync(folder, { recursive: true, force: true });
  // What another Python's settings say must not reach this one; where its index lies (PIP_INDEX_URL …) must.
  const { PYTHONPATH: _path, PYTHONHOME: _home, ...rest } = process.env;
  const env = { ...rest, PIP_USER: "0" };
  await runOrFail("making MiniStack's virtual environment", python, ["-m", "venv", folder], { env });
  const inside = path.join(folder, "bin", "python");
  const install = ["-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--require-hashes"];
  const result = await run(inside, [...install, "--quiet", "--requirement", requirements], { env });
  if (result.code !== 0) {
    throw new Failure(
      `pip could not install MiniStack (exit code ${result.code}):\n${tail(result.stderr)}\n` +
        "  (if the index is not in reach: `python3 -m pip config list` says which one is used)",
    );
  }
  await runOrFail("checking MiniStack", program, ["--help"], { env });
}

function pinnedVersion() {
  return /^ministack==(\S+)/m.exec(readFileSync(requirements, "utf8"))[1];
}
