import { run } from "../lib/command.mjs";
import { Failure } from "../lib/failure.mjs";
import { findPrograms } from "../lib/findProgram.mjs";
import { isAtLeast } from "../lib/version.mjs";

/** The oldest Python that the pinned MiniStack runs on. */
export const minimumPython = "3.10";

const names = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python"];
const question = "import sys; print(sys.version.split()[0]); import venv, ensurepip";

/**
 * The first Python on PATH that is new enough and can make a virtual environment, as {program, version}. A Failure
 * says of each Python found why it will not do.
 */
export async function findPython(searchPath = process.env.PATH) {
  const refused = [];
  for (const program of names.flatMap((name) => findPrograms(name, searchPath))) {
    const result = await run(program, ["-c", question], { timeoutSeconds: 20 });
    const version = result.stdout.trim();
    if (!isAtLeast(version, minimumPython)) {
      refused.push(`${program} is ${version === "" ? "not usable" : `Python ${version}`}`);
    } else if (result.code !== 0) {
      refused.push(
        `${program} (Python ${version}) lacks ${/named '(\w+)'/.exec(result.stderr)?.[1] ?? "venv"}`,
      );
    } else {
      return { program, version };
    }
  }
  throw new Failure(refusal(refused));
}

function refusal(refused) {
  const found = refused.length === 0 ? "there is no python3 on PATH" : [...new Set(refused)].join(", ");
  const command =
    process.platform === "darwin"
      ? "`brew install python`"
      : "`apt-get install python3 python3-venv` (Debian, Ubuntu) or `dnf install python3`";
  return (
    `MiniStack, the sandbox's AWS, needs Python ${minimumPython} or later with venv and ensurepip: ${found}. ` +
    `Install it, for instance with ${command}, and run this again.`
  );
}
