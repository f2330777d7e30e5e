import { mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { run, tail } from "../lib/command.mjs";
import { Failure } from "../lib/failure.mjs";
import { readJson, writeAtomically } from "../lib/files.mjs";
import { findProgram } from "../lib/findProgram.mjs";
import { fingerprint } from "../lib/fingerprint.mjs";
import { isAtLeast } from "../lib/version.mjs";

const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/**
 * Whether a program that was built from a module is there as the module's go.mod and go.sum have it. A record
 * beside it, written last, tells a finished build from a half-written file.
 */
export function isBuilt(program, module) {
  const record = readJson(recordOf(program));
  return record !== undefined && record.size === sizeOf(program) && record.fingerprint === pins(module);
}

/** Builds one package of a pinned module, under a temporary name first. `version` is what the program says it is. */
export async function buildGoProgram({ module, package: name, version, program }) {
  const temporary = `${program}.building`;
  mkdirSync(path.dirname(program), { recursive: true });
  rmSync(recordOf(program), { force: true });
  const flags = [
    "-mod=readonly",
    "-trimpath",
    "-buildvcs=false",
    "-ldflags",
    `-s -w -X ${versionVariable}=v${version}`,
  ];
  const result = await run("go", ["build", ...flags, "-o", temporary, name], {
    cwd: module,
    env: goEnvironment(),
  });
  if (result.code !== 0) {
    rmSync(temporary, { force: true });
    throw new Failure(`go build ended with exit code ${result.code}:\n${tail(result.stderr)}`);
  }
  renameSync(temporary, program);
  writeAtomically(recordOf(program), JSON.stringify({ fingerprint: pins(module), size: sizeOf(program) }));
}

/** The version of the Go on PATH, once it has been found to be what a module asks for; a Failure where it is not. */
export async function checkGo(module) {
  const wanted = /^go (\S+)/m.exec(readFileSync(path.join(module, "go.mod"), "utf8"))[1];
  if (!findProgram("go")) throw new Failure("there is no go on PATH");
  // In the module's folder: a Go that may fetch another (1.21 and later) answers as the one that the module asks for.
  const result = await run("go", ["env", "GOVERSION"], { cwd: module, env: goEnvironment() });
  const version = result.stdout.trim();
  if (result.code !== 0 || !isAtLeast(version, wanted)) {
    const reason = result.code === 0 ? `go on PATH is ${version}` : tail(result.stderr, 3).trim();
    throw new Failure(`Go ${wanted} or later is needed: ${reason}`);
  }
  return version;
}

/** C is left out, so that no C compiler is needed; a workspace around the checkout is none of our business. */
function goEnvironment() {
  return { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };
}

function pins(module) {
  return fingerprint(module, ["go.mod", "go.sum"], process.platform, process.arch);
}

function recordOf(program) {
  return path.join(path.dirname(program), `.${path.basename(program)}.json`);
}

function sizeOf(file) {
  try {
    return statSync(file).size;
  } catch {
    return undefined;
  }
}
