import { readFileSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "./errors";
import { SANDBOX_DIR } from "./layout";

/** What another command needs to work on the sandbox that runs. */
export interface SandboxRecord {
  /** The process that runs the sandbox. */
  pid: number;
  stackName: string;
  /** Whether the stack is the sample with its consumers. Default: the pipeline alone. */
  consumers?: boolean;
  /** The environment that leads AWS clients and Pulumi to the sandbox. */
  environment: Record<string, string>;
}

// What a user's shell may hold and the sandbox must not see.
const FOREIGN = [
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
  "AWS_DEFAULT_REGION",
  "AWS_ROLE_ARN",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "PULUMI_ACCESS_TOKEN",
  "PULUMI_CONFIG_PASSPHRASE_FILE",
];

function recordFile(folder: string): string {
  return join(folder, "environment.json");
}

/** Leaves the record for other commands; only its owner may read it. */
export async function writeSandboxRecord(record: SandboxRecord, folder = SANDBOX_DIR): Promise<void> {
  const file = recordFile(folder);
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
}

/** Removes the record; no error where there is none. */
export async function removeSandboxRecord(folder = SANDBOX_DIR): Promise<void> {
  await rm(recordFile(folder), { force: true });
}

/** The record of the sandbox that runs; undefined where none does. */
export function runningSandbox(folder = SANDBOX_DIR): SandboxRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(recordFile(folder), "utf8")) as SandboxRecord;
    process.kill(record.pid, 0);
    return record;
  } catch {
    // No record, half a record, or the record of a process that was killed.
    return undefined;
  }
}

/** @throws UsageError where no sandbox runs. */
export function requireSandbox(folder = SANDBOX_DIR): SandboxRecord {
  const record = runningSandbox(folder);
  if (!record) {
    throw new UsageError("no sandbox is running", "start one with `rowstream sandbox` in another terminal");
  }
  return record;
}

/** Leads this process, and all it starts, to the sandbox and away from any real account. */
export function enterSandbox(environment: Record<string, string>, target = process.env): void {
  for (const name of FOREIGN) {
    delete target[name];
  }
  Object.assign(target, environment);
}

/** The same for a shell: lines to `eval`. */
export function shellExports(environment: Record<string, string>, path: readonly string[]): string {
  const foreign = FOREIGN.filter((name) => !(name in environment));
  return [
    `unset ${foreign.join(" ")}`,
    ...Object.entries(environment)
      .filter(([name]) => name !== "PATH")
      .map(([name, value]) => `export ${name}=${quoted(value)}`),
    `export PATH=${path.map(quoted).join(":")}:"$PATH"`,
    "",
  ].join("\n");
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
