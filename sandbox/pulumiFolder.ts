import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { SandboxPulumi } from "./environment";
import type { StateFolder } from "./stateFolder";

/** A place in a sandbox's state for its Pulumi, with a passphrase of its own that stays with kept state. */
export function pulumiFolder(folder: StateFolder, stackName: string): SandboxPulumi {
  const backend = folder.at("pulumi", "state");
  mkdirSync(backend, { recursive: true, mode: 0o700 });
  const file = folder.at("pulumi", "passphrase");
  if (!existsSync(file)) {
    writeFileSync(file, randomBytes(24).toString("hex"), { mode: 0o600 });
  }
  return {
    backend,
    passphrase: readFileSync(file, "utf8"),
    home: folder.at("pulumi", "home"),
    configFile: folder.at("pulumi", `Pulumi.${stackName}.yaml`),
  };
}
