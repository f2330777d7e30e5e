/**
 * A process that deploys, for tests that kill it: `DRIVER_OPTIONS=<JSON of stackName, config, pulumi> node
 * runDriver.js`, in the checkout. It writes the driver's events, one line of JSON each.
 */
import { deploy } from "../../automation/deploy";

async function main(options: string): Promise<void> {
  const { stackName, config, pulumi } = JSON.parse(options);
  await deploy({
    stackName,
    config,
    pulumi,
    workDir: process.cwd(),
    onEvent: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
  });
}

main(process.env.DRIVER_OPTIONS ?? "").then(
  () => process.exit(0),
  (error: Error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
