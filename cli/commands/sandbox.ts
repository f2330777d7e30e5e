import type { OnEvent, RowstreamEvent } from "../../automation/events";
import type { WorkspaceOptions } from "../../automation/workspace";
import type { SampleOutputs } from "../../examples/sample";
import type { PipelineOutputs } from "../../program";
import type { Sandbox, Tools } from "../../sandbox/index";
import type { Context } from "../context";
import { SandboxError, UsageError } from "../errors";
import { ROOT, SANDBOX_DIR } from "../layout";
import type { LivePage } from "../page/livePage";
import { sampleProgram } from "../sampleProgram";
import { enterSandbox, removeSandboxRecord, runningSandbox, writeSandboxRecord } from "../sandboxEnvironment";
import { changePrinter, type OutputFormat } from "../stream/changePrinter";
import { readTools } from "../tools";

/** Options of `rowstream sandbox`. */
export interface SandboxCommandOptions {
  source?: string;
  tables?: string[];
  output: OutputFormat;
  rate: number;
  exitAfter?: number;
  idleExit?: number;
  /** Deploy the sample's consumers too. */
  consumers?: boolean;
  /** Whether the live page is served. */
  page: boolean;
  pagePort?: number;
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
      ...(options.consumers && { consumers: true }),
      environment: parts.environment,
    });
    const { deploy } = await driver;
    const workspace = {
      stackName: parts.stackName,
      workDir: ROOT,
      pulumi: tools.pulumi,
      ...(options.consumers && { program: sampleProgram }),
      onEvent: (event: RowstreamEvent) => progress.event(event),
      signal,
    };
    const outputs = await deployInto(deploy, parts, workspace);
    const page = options.page ? await startPage(workspace, outputs, options) : undefined;
    progress.close();
    if (options.consumers) {
      process.stderr.write(consumersText(outputs as SampleOutputs));
    }
    process.stderr.write(`ready: changes flow through ${outputs.streamName}\n`);
    if (page) {
      process.stderr.write(`page: ${page.url}\n`);
    }
    try {
      await printEvents(context, workspace, outputs, page, options);
    } finally {
      await page?.close();
    }
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

/** Where to look for what the sample's consumers do. */
function consumersText({ lakeBucketName, mailQueueUrl, displayTopics }: SampleOutputs): string {
  return `data lake: s3://${lakeBucketName}/changes/\nmails for paid orders: ${mailQueueUrl}\ndevices: ${displayTopics}\n`;
}

type Driver = typeof import("../../automation/deploy");

async function loadDriver(): Promise<Driver> {
  const [driver] = await Promise.all([import("../../automation/deploy.js"), import("../../program.js")]);
  return driver;
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
      ...(options.tables !== undefined && { tables: options.tables }),
      keep: options.keep ?? false,
      fresh: options.fresh ?? false,
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
  workspace: WorkspaceOptions,
): Promise<PipelineOutputs> {
  const onEvent: OnEvent = (event) => {
    workspace.onEvent(event);
    if (event.code === "FullLoadStarted" || event.code === "TablesDiscovered") {
      parts.startWorkload();
    }
  };
  return (await deploy({ ...workspace, config: parts.config, onEvent })).outputs;
}

async function startPage(
  workspace: WorkspaceOptions,
  outputs: PipelineOutputs,
  { pagePort: port }: SandboxCommandOptions,
): Promise<LivePage> {
  const { startStackPage } = await import("../page/stackPage.js");
  return startStackPage(workspace, outputs, { sandbox: true, port });
}

/** Prints events, and shows them on the page, until enough have come, none has for too long, or somebody ends it. */
async function printEvents(
  context: Context,
  workspace: WorkspaceOptions & { signal: AbortSignal },
  stream: Pick<PipelineOutputs, "streamName" | "region">,
  page: LivePage | undefined,
  options: SandboxCommandOptions,
): Promise<void> {
  const { followStack } = await import("../stream/followStack.js");
  const finished = new AbortController();
  process.stdout.once("error", () => finished.abort());
  const print = changePrinter({ output: process.stdout, format: options.output });
  const idle = idleTimer(options.idleExit, () => finished.abort());
  let count = 0;
  try {
    await followStack(context, workspace, stream, {
      from: "horizon",
      signal: AbortSignal.any([workspace.signal, finished.signal]),
      onRecord: async (record, arrivedAt) => {
        count += 1;
        if (count > (options.exitAfter ?? count)) {
          return;
        }
        page?.record(record, arrivedAt);
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
