import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { RowstreamError } from "./errors";

/**
 * The oldest Pulumi CLI that can run a deployment: from 3.174.0 on, a table is adopted and changed in one update;
 * from 3.181.0 on, `refresh` and `destroy` accept a program that runs in the driver's process.
 */
export const MINIMUM_PULUMI_VERSION = "3.181.0";

const run = promisify(execFile);

/**
 * The Pulumi CLI at a path, as the Automation API takes it.
 *
 * @throws RowstreamError `CliMissing` where it does not run, `CliTooOld` below `MINIMUM_PULUMI_VERSION`.
 */
export async function pulumiCli(path: string): Promise<PulumiCommand> {
  const version = await cliVersion(path);
  if (!atLeast(version, MINIMUM_PULUMI_VERSION)) {
    throw new RowstreamError(
      "CliTooOld",
      "user",
      `the Pulumi CLI at ${path} is version ${version}; rowstream needs ${MINIMUM_PULUMI_VERSION} or later`,
      { remedy: "update it (https://www.pulumi.com/docs/install), or run `npm run setup`" },
    );
  }
  // PulumiCommand.get looks on PATH and under <root>/bin only, and its constructor is private; an instance is
  // nothing but these two fields.
  return Object.create(PulumiCommand.prototype, {
    command: { value: path, enumerable: true },
    version: { value: version, enumerable: true },
  });
}

async function cliVersion(path: string): Promise<string> {
  try {
    const { stdout } = await run(path, ["version"], {
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    return stdout.trim().replace(/^v/, "");
  } catch (error) {
    throw new RowstreamError("CliMissing", "user", `the Pulumi CLI at ${path} does not run`, {
      remedy: "run `npm run setup`",
      cause: error,
    });
  }
}

/** Whether a version such as `3.250.0` or `3.190.0-alpha.1` is no older than another. */
export function atLeast(version: string, minimum: string): boolean {
  const parts = (text: string) => (text.split(/[-+]/)[0] ?? "").split(".").map(Number);
  const [have, need] = [parts(version), parts(minimum)];
  for (const [index, wanted] of need.entries()) {
    const found = have[index] ?? 0;
    if (Number.isNaN(found) || found < wanted) {
      return false;
    }
    if (found > wanted) {
      return true;
    }
  }
  return true;
}
