import { resolve } from "node:path";
import { Lock } from "./lock";
import type { SandboxProgress } from "./progress";
import { SandboxParts } from "./sandboxParts";
import { parseSource } from "./source";
import type { StackConfig } from "./stackConfig";
import { StateFolder } from "./stateFolder";
import type { Tools } from "./tools";

export type { SandboxProgress } from "./progress";
export type { Tools } from "./tools";

/** Which sandbox to start. */
export interface SandboxOptions {
  /** The folder for its state; made where missing. One sandbox at a time runs in it. */
  stateDir: string;
  tools: Tools;
  /** `postgres://` or `mysql://user:password@host:port/database` of the user's own. Default: the sample, with its workload. */
  source?: string;
  /** Patterns of the tables to replicate. Default: `public.%`; of MySQL and MariaDB the database's. */
  tables?: readonly string[];
  /** Whether the next sandbox goes on with this one's state. It is removed otherwise. */
  keep: boolean;
  /** Begin anew, whatever state the last sandbox kept. Default: go on with it. */
  fresh?: boolean;
  /** The rate of the sample's workload, in changed rows a second. */
  changesPerSecond: number;
  onProgress(message: SandboxProgress): void;
  /** Aborts the start; a running sandbox is ended by `stop`. */
  signal?: AbortSignal;
}

/** A running sandbox: the AWS that the pipeline is deployed into, and the database that it replicates. */
export interface Sandbox {
  /** What leads AWS SDKs, the Pulumi engine and the driver to it. It holds a passphrase. */
  environment: Record<string, string>;
  stackName: string;
  /** The configuration that points the pipeline at the source. */
  config: StackConfig;
  /** The source's connection string, with its password. */
  sourceUrl: string;
  /** Resolves with the reason when a part that it cannot do without is gone for good. Never rejects. */
  failed: Promise<Error>;
  /** Starts the sample's workload; without the sample, or again, it does nothing. */
  startWorkload(): void;
  /** Ends every process and removes the state, or keeps it. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts a sandbox.
 * @throws Error where one runs in this folder already, or a part does not come up; nothing is left running then
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const own = options.source === undefined ? undefined : parseSource(options.source);
  const folder = new StateFolder(resolve(options.stateDir));
  const parts = new SandboxParts(options, folder, await Lock.take(folder.lockFile), own);
  try {
    await parts.start();
    return parts;
  } catch (error) {
    await parts.stop();
    throw error;
  }
}
