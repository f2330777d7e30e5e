import { existsSync } from "node:fs";
import { join } from "node:path";
import type { PolicyPack } from "../automation/workspace";
import { ROOT } from "./layout";

/**
 * The policy pack of this project, and how the stack sets it: by `policies.<stack>.json` beside Pulumi.<stack>.yaml,
 * where there is one. The same file serves a plain `pulumi preview --policy-pack policy --policy-pack-config <file>`.
 *
 * @param stack the stack's short name.
 * @param root the project's root.
 */
export function policyPack(stack: string, root = ROOT): PolicyPack {
  const settingsFile = join(root, `policies.${stack}.json`);
  return { folder: join(root, "policy"), settingsFile: existsSync(settingsFile) ? settingsFile : undefined };
}
