import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Sandbox, Tools } from "../../sandbox/index";
import type { Context } from "../context";
import { SandboxError, UsageError } from "../errors";
import { ROOT, SANDBOX_DIR } from "../layout";
import type { Progress } from "../render/progress";
import { enterSandbox, removeSandboxRecord, runningSandbox, writeSandboxRecord } from "../sandboxEnvironment";
import { changePrinter, type OutputFormat } from "../stream/changePrinter";
import { kinesisClient } from "../stream/kinesisClient";
import { tailStream } from "../stream/tailStream";
import { readTools } from "../tools";

/** Options of `rowstream sandbox`. */
export interface SandboxCommandOptions {
  source?: string;
  tables: string[];
  output: OutputFormat;
  rate: number;
  exitAfter?: number;
  idleExit?: number;
  keep?: boolean;
  fresh?: boolean;
}

/** Brings the whole pipeline up on this machine and prints its change events until it is told to end. */
export async function sandbox(context: Context, options: SandboxCommandOptions): Promise<void> {
  const tools = readTools();
  const running = runningSandbox();
  if (running) {
    throw new UsageError(
      `a sandbox is running already (pid ${running.pid})`,
      "end it first: one checkout runs one",
    );
  }
  if (options.fresh) {
    await forgetKeptState();
  }
  const { progress } = context;
  const { startSandbox } = await import("../../sandbox/index.js");
  const starting = start(startSandbox, context, tools, options);
  // It takes a second to load, in which the sandbox's processes come up.
  const driver = loadDriver();
  const parts = await starting;
  const broken = new AbortController();
  let reason: Error | undefined;
  void parts.failed.then((error) => {
    reason = error;
    broken.abort();
  });
  const signal = AbortSignal.any([context.interrupt.signal, broken.signal]);
  try {
    enterSandbox(parts.environment);
    await writeSandboxRecord({
      pid: process.pid,
      stackName: parts.stackName,
      environment: parts.environment,
    });
    const { deploy } = await driver;
    const { streamName, region } = await deployInto(deploy, parts, tools.pulumi, progress, signal);
    progress.close();
    process.stderr.write(`ready: changes flow through ${streamName}\n`);
    await printEvents(kinesisClient(region), streamName, signal, options);
  } catch (error) {
    // Ctrl-C is how a sandbox usually ends, whatever it was doing.
    if (reason || !context.interrupt.signal.aborted) {
      throw reason ?? error;
    }
  } finally {
    progress.show({ kind: "live", text: "stopping the sandbox" });
    await removeSandboxRecord();
    await parts.stop();
    progress.close();
  }
  if (reason) {
    throw reason;
  }
}

type Driver = typeof import("../../automation/deploy");

async function loadDriver(): Promise<Driver> {
  const [driver] = await Promise.all([import("../../automation/deploy.js"), import("../../program.js")]);
  return driver;
}

/** Removes what an earlier sandbox kept. State under a lock is not kept: it is in use, or what a crash left. */
async function forgetKeptState(): Promise<void> {
  if (!existsSync(join(SANDBOX_DIR, "lock.json"))) {
    await rm(SANDBOX_DIR, { recursive: true, force: true });
  }
}

/** @throws SandboxError for what the user can mend: its message is all there is to say. */
async function start(
  startSandbox: typeof import("../../sandbox/index").startSandbox,
  context: Context,
  tools: Tools,
  options: SandboxCommandOptions,
): Promise<Sandbox> {
  try {
    return await startSandbox({
      stateDir: SANDBOX_DIR,
      tools,
      ...(options.source !== undefined && { source: options.source }),
      tables: options.tables,
      keep: options.keep ?? false,
      changesPerSecond: options.rate,
      onProgress: (message) => context.progress.show(message),
      signal: context.interrupt.signal,
    });
  } catch (error) {
    throw error instanceof Error && error.name === "Error"
      ? new SandboxError(error.message, { cause: error })
      : error;
  }
}

/** Deploys the pipeline; the sample's workload begins with the full load, so that changes wait for pass 2. */
async function deployInto(
  deploy: Driver["deploy"],
  parts: Sandbox,
  pulumi: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ streamName: string; region: string }> {
  const { outputs } = await deploy({
    stackName: parts.stackName,
    workDir: ROOT,
    pulumi,
    config: parts.config,
    signal,
    onEvent: (event) => {
      progress.event(event);
      if (event.code === "FullLoadStarted" || event.code === "TablesDiscovered") {
        parts.startWorkload();
      }
    },
  });
  return outputs;
}

/** Prints events until enough have come, none has come for too long, or somebody ends it. */
async function printEvents(
  client: ReturnType<typeof kinesisClient>,
  streamName: string,
  signal: AbortSignal,
  options: SandboxCommandOptions,
): Promise<void> {
  const finished = new AbortController();
  process.stdout.once("error", () => finished.abort());
  const print = changePrinter({ output: process.stdout, format: options.output });
  const idle = idleTimer(options.idleExit, () => finished.abort());
  let count = 0;
  try {
    await tailStream({
      client,
      streamName,
      from: "horizon",
      signal: AbortSignal.any([signal, finished.signal]),
      onRecord: async (record) => {
        count += 1;
        if (count > (options.exitAfter ?? count)) {
          return;
        }
        await print(record);
        idle.restart();
        if (count === options.exitAfter) {
          finished.abort();
        }
      },
    });
  } finally {
    idle.stop();
  }
}

function idleTimer(seconds: number | undefined, onIdle: () => void): { restart(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => clearTimeout(timer);
  const restart = () => {
    stop();
    if (seconds !== undefined) {
      timer = setTimeout(onIdle, seconds * 1000);
    }
  };
  restart();
  return { restart, stop };
}
