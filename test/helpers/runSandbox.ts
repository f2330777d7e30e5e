/**
 * A process that runs a sandbox, for tests that kill it: `node runSandbox.js STATE_DIR KEEP`. It says "up" on its
 * standard output once the workload runs, and ends the sandbox on SIGTERM.
 */
import { startSandbox } from "../../sandbox/index";
import { tools } from "./tools";

async function main(stateDir: string, keep: boolean): Promise<void> {
  const sandbox = await startSandbox({
    stateDir,
    tools: tools(),
    keep,
    changesPerSecond: 100,
    onProgress: () => undefined,
  });
  process.once("SIGTERM", () => {
    sandbox.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
  sandbox.startWorkload();
  process.stdout.write("up\n");
}

main(process.argv[2] ?? "", process.argv[3] === "keep").catch((error: Error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
