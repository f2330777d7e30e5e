/**
 * The driver in a process group of its own, to be killed: `node runDeploy.js WORKSPACE CODE NTH`, with the workspace
 * (stack name, configuration, folder, Pulumi's executable) as JSON in a file. When it reports its NTH event of that
 * code, it kills itself with all that it has started, as a CI job that is killed does.
 */
import { readFileSync } from "node:fs";
import { deploy } from "../../automation/deploy";
import type { WorkspaceOptions } from "../../automation/workspace";

/** What is handed over as JSON. */
export type DeployWorkspace = Omit<WorkspaceOptions, "onEvent" | "signal" | "program">;

async function main([file = "", last, nth]: string[]): Promise<void> {
  const workspace = JSON.parse(readFileSync(file, "utf8")) as DeployWorkspace;
  let left = Number(nth);
  await deploy({
    ...workspace,
    onEvent: ({ code }) => {
      left -= code === last ? 1 : 0;
      if (left === 0) {
        process.kill(-process.pid, "SIGKILL");
      }
    },
  });
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
