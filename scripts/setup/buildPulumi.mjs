import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { writeAtomically } from "../lib/files.mjs";
import { buildGoProgram, checkGo, isBuilt } from "./buildGoProgram.mjs";
import { cliModule, languageHostModule, pinnedPulumi, requiredVersion } from "./pinnedPulumi.mjs";

const policyRunner = "pulumi-analyzer-policy-nodejs";
const sdk = "github.com/pulumi/pulumi/sdk/v3";

/**
 * The CLI built from its pinned Go modules, in `bin/` of a folder, and the old language host that goes with it, in
 * `language/`. They lie apart because with that host on PATH the engine would ask it to run policy packs, which it
 * cannot; without it the engine falls back to the runner that lies beside the CLI.
 */
export function builtPulumi(folder) {
  const programs = [
    {
      module: cliModule,
      package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      program: path.join(folder, "bin", "pulumi"),
      version: pinnedPulumi(),
    },
    {
      module: languageHostModule,
      package: `${sdk}/nodejs/cmd/pulumi-language-nodejs`,
      program: path.join(folder, "language", "pulumi-language-nodejs"),
      version: requiredVersion(readFileSync(path.join(languageHostModule, "go.mod"), "utf8"), sdk),
    },
  ];
  return { programs, pulumi: programs[0].program, languageHost: path.dirname(programs[1].program) };
}

/** Whether both programs are there as pinned. */
export function isPulumiBuilt(folder) {
  return builtPulumi(folder).programs.every(({ program, module }) => isBuilt(program, module));
}

/** Builds what is missing: 3 to 5 minutes on two cores the first time. */
export async function buildPulumi(folder, progress) {
  const go = await checkGo(cliModule);
  for (const item of builtPulumi(folder).programs) {
    if (isBuilt(item.program, item.module)) continue;
    const name = path.basename(item.program);
    if (name === "pulumi")
      progress.note("building the CLI from source, once: 3 to 5 minutes on two cores, longer on busy ones");
    progress.doing(`building ${name} ${item.version} with ${go}`);
    await buildGoProgram(item);
  }
  placePolicyRunner(folder);
}

/** Puts the policy runner beside the CLI; cheap, so every set-up does it. */
export function placePolicyRunner(folder) {
  const target = path.join(folder, "bin", policyRunner);
  mkdirSync(path.dirname(target), { recursive: true });
  writeAtomically(target, readFileSync(path.join(cliModule, policyRunner)));
  chmodSync(target, 0o755);
}
