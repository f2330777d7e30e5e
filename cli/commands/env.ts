import { dirname } from "node:path";
import { requireSandbox, shellExports } from "../sandboxEnvironment";
import { readTools } from "../tools";

/** Prints what a shell must export for a plain `pulumi`, `aws` or SDK program to work on the running sandbox. */
export function env(): void {
  const { environment } = requireSandbox();
  const { pulumi, languageHost } = readTools();
  const path = [dirname(pulumi), ...(languageHost === null ? [] : [languageHost])];
  process.stdout.write(shellExports(environment, path));
}
