/**
 * The driver in a process of its own, to be killed: `node runDeploy.js WORKSPACE CODE [TYPE]`, with the
 * workspace (stack name, configuration, folder, Pulumi's executable) as JSON in a file. When it reports an event of
 * that code, about a resource of that type where one is given, it kills itself.
 */
import { readFileSync } from "node:fs";
import { deploy } from "../../automation/deploy";
import type { WorkspaceOptions } from "../../automation/workspace";

/** What is handed over as JSON. */
export type DeployWorkspace = Omit<WorkspaceOptions, "onEvent" | "signal" | "program">;

async function main([file = "", last, type]: string[]): Promise<void> {
  const workspace = JSON.parse(readFileSync(file, "utf8")) as DeployWorkspace;
  await deploy({
    ...workspace,
    onEvent: (event) => {
      if (event.code === last && (type === undefined || ("step" in event && event.step.type === type))) {
        process.kill(process.pid, "SIGKILL");
      }
    },
  });
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
