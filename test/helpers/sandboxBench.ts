import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import type { RowstreamEvent } from "../../automation/events";
import type { ConfigEntry, WorkspaceOptions } from "../../automation/workspace";
import { enterSandbox } from "../../cli/sandboxEnvironment";
import type { Behaviour } from "../../sandbox/dms/behaviour";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../sandbox/index";
import { poll } from "./poll";
import { descendants } from "./processes";
import { temporaryFolder } from "./temporaryFolder";
import { ROOT, tools } from "./tools";

const BEHAVIOUR = "ROWSTREAM_DMS_BEHAVIOUR";

/** What a test may want different. */
export interface BenchOptions extends Partial<Pick<SandboxOptions, "keep" | "onProgress" | "source">> {
  /** What DMS does where no source says so. Default: what hurts more. */
  behaviour?: Partial<Behaviour>;
}

/**
 * A sandbox for a test file, on the sample or another source, which nobody but the test changes. This process's
 * environment and working directory lead to it until it is stopped.
 */
export class SandboxBench {
  /** Removed at the end. */
  readonly folder = temporaryFolder();
  private readonly earlier = { environment: { ...process.env }, directory: process.cwd() };
  private running: { sandbox: Sandbox; database: Client } | undefined;

  private constructor() {}

  static async start(options: BenchOptions = {}): Promise<SandboxBench> {
    const bench = new SandboxBench();
    try {
      await bench.open(options);
      return bench;
    } catch (error) {
      await bench.stop();
      throw error;
    }
  }

  /** Starts the sandbox again, after {@link close}, on the state that it kept. */
  async open({ behaviour = {}, ...options }: BenchOptions = {}): Promise<void> {
    process.env[BEHAVIOUR] = JSON.stringify(behaviour);
    const sandbox = await startSandbox({
      stateDir: join(this.folder, "sandbox"),
      tools: tools(),
      keep: false,
      changesPerSecond: 0,
      onProgress: () => undefined,
      ...options,
    });
    const database = new Client({ connectionString: sandbox.sourceUrl });
    this.running = { sandbox, database };
    process.chdir(ROOT);
    enterSandbox(sandbox.environment);
    await database.connect();
  }

  /** Has DMS behave in another way from now on: kills the stand-in, which the sandbox starts again. */
  async behave(behaviour: Partial<Behaviour>): Promise<void> {
    process.env[BEHAVIOUR] = JSON.stringify(behaviour);
    const pid = () =>
      descendants(process.pid).find(({ command }) => command.includes("sandbox/dms/main.js"))?.pid;
    const before = pid();
    process.kill(before ?? 0, "SIGKILL");
    await poll("the DMS stand-in to be back", async () => {
      const now = pid();
      return now !== undefined && now !== before;
    });
  }

  /** Ends the sandbox, and not the bench. */
  async close(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    await running?.database.end();
    await running?.sandbox.stop();
  }

  /** Ends everything and removes it. */
  async stop(): Promise<void> {
    await this.close();
    process.env = this.earlier.environment;
    process.chdir(this.earlier.directory);
    rmSync(this.folder, { recursive: true, force: true });
  }

  get sandbox(): Sandbox {
    return this.present.sandbox;
  }

  /** A connection to the source. */
  get database(): Client {
    return this.present.database;
  }

  private get present(): { sandbox: Sandbox; database: Client } {
    if (this.running === undefined) {
      throw new Error("the sandbox is closed");
    }
    return this.running;
  }

  /** A statement on the source. @returns its rows */
  async query(sql: string): Promise<Record<string, unknown>[]> {
    return (await this.database.query(sql)).rows;
  }

  /** What the driver's functions are given, for the stack as it is. */
  workspace(onEvent: (event: RowstreamEvent) => void = () => undefined): WorkspaceOptions {
    return { stackName: this.sandbox.stackName, workDir: ROOT, pulumi: tools().pulumi, onEvent };
  }

  /** The same, configured as the sandbox says and with `more`, which the stack then remembers. */
  configured(
    onEvent: (event: RowstreamEvent) => void = () => undefined,
    more: Record<string, ConfigEntry> = {},
  ): WorkspaceOptions {
    return { ...this.workspace(onEvent), missing: "create", config: { ...this.sandbox.config, ...more } };
  }

  /** Runs `rowstream` with these words on the sandbox's stack. */
  command(name: string, ...words: string[]): Promise<{ code: number; stdout: string }> {
    const args = [join(ROOT, "dist/cli/main.js"), name, "--stack", this.sandbox.stackName, ...words];
    return new Promise((resolve) => {
      execFile(process.execPath, args, { env: process.env }, (error, stdout) =>
        resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout }),
      );
    });
  }
}
