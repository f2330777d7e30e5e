import { spawn } from "node:child_process";
import { copyFile, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Deployment,
  type EngineEvent,
  LocalWorkspace,
  type PulumiCommand,
  type PulumiFn,
  type Stack,
  StackNotFoundError,
} from "@pulumi/pulumi/automation";
import type { ReplicatedTable } from "../components/replicatedTable";
import type { PipelineOutputs } from "../program";
import { engineError, isStale, lockHolder } from "./engineError";
import { EngineEventTranslator } from "./engineEvents";
import { RowstreamError } from "./errors";
import type { Changes, OnEvent, Pass, ResourceStep } from "./events";
import { settlePendingCreates } from "./pendingCreates";
import { throwIfAborted } from "./poll";
import { pulumiCli } from "./pulumiCli";
import { isPipelineOutputs, type StackSnapshot, stackSnapshot } from "./stackSnapshot";

/** One configuration value; `value` is JSON text for a key that holds an object or a list. */
export interface ConfigEntry {
  value: string;
  secret?: boolean;
}

/** A policy pack, and how the stack sets its policies. */
export interface PolicyPack {
  /** The pack's folder. */
  folder: string;
  /** A JSON file with a level for each policy, or for `all`, and their settings. Default: the pack's own defaults. */
  settingsFile?: string | undefined;
}

/** The program of a pipeline: given the tables, it registers the resources and returns the outputs. */
export type PipelineProgram = (tables: ReplicatedTable[]) => Promise<unknown>;

/** Which stack to work on, with what, and who listens. */
export interface WorkspaceOptions {
  /** The stack's name, e.g. `dev` or `organization/rowstream/dev`. */
  stackName: string;
  /** The project's root folder, where Pulumi.yaml is; it must be the process's working directory. */
  workDir: string;
  /** The Pulumi CLI's path. */
  pulumi: string;
  /** What to do where there is no such stack. Default `fail`. */
  missing?: "create" | "fail";
  /** Configuration to set first; what is set already and not listed stays. */
  config?: Record<string, ConfigEntry>;
  /** The program to run. Default: rowstream's own. */
  program?: PipelineProgram;
  /** The policies that every update and preview is held to. Default: none. */
  policies?: PolicyPack | undefined;
  onEvent: OnEvent;
  /** Asks for a graceful stop: what is under way is finished, nothing new is begun. */
  signal?: AbortSignal | undefined;
}

/** What one update did. */
export interface UpdateResult {
  changes: Changes;
  outputs: PipelineOutputs;
}

/** What an update would do. */
export interface PreviewResult {
  changes: Changes;
  steps: ResourceStep[];
}

/** The driver's view of a Pulumi stack. Every method throws `RowstreamError`s only. */
export interface PipelineStack {
  readonly name: string;
  snapshot(): Promise<StackSnapshot>;
  /** The stack's last state as the engine exports it, secrets encrypted. */
  exported(): Promise<Deployment>;
  /** The stack's configuration by full key, secrets in the clear; an object is JSON text. */
  configuration(): Promise<Record<string, string>>;
  update(pass: Pass, tables: ReplicatedTable[]): Promise<UpdateResult>;
  preview(tables: ReplicatedTable[]): Promise<PreviewResult>;
  /**
   * What an update would do to all that is not a table's: the preview of a program without tables. It takes the same
   * time however many there are, tells no listener, and is held to no policy. The steps of the tables, which it takes
   * to go, mean nothing.
   */
  stepsBesideTables(): Promise<ResourceStep[]>;
  /** @param targets the URNs of the resources to look at. Default: all. */
  refresh(tables: ReplicatedTable[], targets?: string[]): Promise<{ changes: Changes }>;
  destroy(): Promise<{ changes: Changes }>;
  /** Finds out what became of what the last update was creating when it was cut off, and takes it into the state. */
  settlePendingCreates(tables: ReplicatedTable[]): Promise<void>;
}

// Ctrl-C in a terminal reaches the engine by itself, and a second signal makes it drop what it does: give it
// this long to say that it has heard the first.
const CANCEL_GRACE_MS = 500;

// With secrets shown, the summary that follows a run would write a Pulumi.<stack>.yaml beside Pulumi.yaml,
// whatever configuration file the environment names.
const QUIET = { suppressProgress: true, showSecrets: false };

/**
 * Opens a stack of the pipeline, with the program running in this process.
 *
 * @throws RowstreamError `WrongWorkingDirectory`, `CliMissing`, `CliTooOld`, `StackNotFound`.
 */
export async function openStack(options: WorkspaceOptions): Promise<PipelineStack> {
  await checkWorkingDirectory(options.workDir);
  const pulumiCommand = await pulumiCli(options.pulumi);
  const { stack, created } = await select(options, pulumiCommand);
  // After every run `up`, `refresh` and `destroy` ask the CLI three more times, a second and more in all, for what
  // the engine's events have told already.
  stack.outputs = async () => ({});
  stack.info = async () => undefined;
  await setConfiguration(stack, options);
  const policed = policyOptions(options.policies);
  let pristine = created;

  /** One run of the engine: events go out translated, a failure comes out as one readable error. */
  async function engine(
    what: string,
    planning: boolean,
    tables: ReplicatedTable[],
    run: (hooks: EngineHooks) => Promise<unknown>,
    listener: OnEvent = options.onEvent,
  ): Promise<EngineEventTranslator> {
    throwIfAborted(options.signal);
    pristine = false;
    stack.workspace.program = inlineProgram(options.program, tables);
    const attempt = async () => {
      const translator = new EngineEventTranslator(planning);
      const hooks = engineSignal(options.signal, translator);
      try {
        const onEvent = (event: EngineEvent) => translator.translate(event).forEach(listener);
        await run({ onEvent, signal: hooks.signal });
        return translator;
      } catch (error) {
        throwIfAborted(options.signal);
        throw new EngineFailure(error, translator);
      } finally {
        hooks.release();
      }
    };
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof EngineFailure)) {
        throw error;
      }
      if (await removeStaleLock(stack, options, error.reason)) {
        return await attempt().catch((again) => fail(again));
      }
      return fail(error);
    }
    function fail(error: unknown): never {
      throw error instanceof EngineFailure
        ? engineError(what, stack.name, error.reason, error.translator.problems)
        : error;
    }
  }

  const self: PipelineStack = {
    name: stack.name,
    snapshot: async () => stackSnapshot(await self.exported()),
    async exported() {
      if (pristine) {
        return { version: 3, deployment: {} };
      }
      try {
        return await stack.exportStack();
      } catch (error) {
        throw engineError("reading the state", stack.name, error, []);
      }
    },
    async configuration() {
      try {
        const values = Object.entries(await stack.getAllConfig());
        return Object.fromEntries(values.map(([key, { value }]) => [key, value]));
      } catch (error) {
        throw engineError("reading the configuration", stack.name, error, []);
      }
    },
    async update(pass, tables) {
      const startedAt = Date.now();
      options.onEvent({ code: "PassStarted", pass, tables: tables.length });
      const { changes, outputs: told } = await engine("the update", false, tables, (hooks) =>
        stack.up({ ...hooks, ...policed, ...QUIET }),
      );
      // On a busy machine the engine's last events may be lost: the state has what they told.
      const outputs = isPipelineOutputs(told) ? told : (await self.snapshot()).outputs;
      options.onEvent({ code: "PassFinished", pass, changes, seconds: secondsSince(startedAt) });
      if (!isPipelineOutputs(outputs)) {
        throw new RowstreamError(
          "UpdateFailed",
          "rowstream",
          `stack "${stack.name}" has none of the pipeline's outputs`,
        );
      }
      return { changes, outputs };
    },
    async preview(tables) {
      const startedAt = Date.now();
      options.onEvent({ code: "PreviewStarted" });
      const { changes, steps } = await engine("the preview", true, tables, (hooks) =>
        stack.preview({ ...hooks, ...policed }),
      );
      options.onEvent({ code: "PreviewFinished", changes, seconds: secondsSince(startedAt) });
      return { changes, steps };
    },
    async stepsBesideTables() {
      const run = (hooks: EngineHooks) => stack.preview(hooks);
      return (await engine("the preview", true, [], run, () => undefined)).steps;
    },
    async refresh(tables, targets) {
      const startedAt = Date.now();
      options.onEvent({ code: "RefreshStarted" });
      const { changes } = await engine("the refresh", false, tables, (hooks) =>
        stack.refresh({ ...hooks, ...QUIET, ...(targets && { target: targets }) }),
      );
      options.onEvent({ code: "RefreshFinished", changes, seconds: secondsSince(startedAt) });
      return { changes };
    },
    async destroy() {
      const { changes } = await engine("the destruction", false, [], (hooks) =>
        stack.destroy({ ...hooks, ...QUIET }),
      );
      return { changes };
    },
    async settlePendingCreates(tables) {
      const what = "settling what the last update was creating";
      const { deployment, adopted, unknown } = settlePendingCreates(await stack.exportStack());
      try {
        await stack.importStack(deployment);
      } catch (error) {
        if (!(await removeStaleLock(stack, options, error))) {
          throw engineError(what, stack.name, error, []);
        }
        await stack.importStack(deployment);
      }
      options.onEvent({ code: "PendingCreatesSettled", adopted, unknown });
      if (adopted.length > 0) {
        await self.refresh(
          tables,
          adopted.map(({ urn }) => urn),
        );
      }
    },
  };
  return self;
}

/** What every run of the engine is given. */
interface EngineHooks {
  onEvent: (event: EngineEvent) => void;
  signal: AbortSignal;
}

/** A failed run of the engine with what it reported before it failed. */
class EngineFailure extends Error {
  constructor(
    readonly reason: unknown,
    readonly translator: EngineEventTranslator,
  ) {
    super("the engine failed");
  }
}

/** The serializer looks for packages from the process's working directory, the engine from the project's. */
async function checkWorkingDirectory(workDir: string): Promise<void> {
  const [expected, actual] = await Promise.all([realpath(workDir), realpath(process.cwd())]);
  if (expected !== actual) {
    throw new RowstreamError(
      "WrongWorkingDirectory",
      "user",
      `the working directory is ${actual}; the driver must run in the project's root, ${expected}`,
      { remedy: "change into it before you call the driver" },
    );
  }
}

function inlineProgram(program: PipelineProgram | undefined, tables: ReplicatedTable[]): PulumiFn {
  return async () => {
    // Loaded when it is needed: the AWS SDK of Pulumi takes a second, and not every command runs the program.
    const run = program ?? ((await import("../program.js")).program as PipelineProgram);
    return (await run(tables)) as Record<string, unknown>;
  };
}

async function select(
  options: WorkspaceOptions,
  pulumiCommand: PulumiCommand,
): Promise<{ stack: Stack; created: boolean }> {
  const { stackName, workDir } = options;
  const selecting = { stackName, projectName: "rowstream", program: inlineProgram(options.program, []) };
  const open = () => LocalWorkspace.selectStack(selecting, { workDir, pulumiCommand });
  try {
    const stack = await open();
    options.onEvent({ code: "StackOpened", stack: stackName, created: false });
    return { stack, created: false };
  } catch (error) {
    if (!(error instanceof StackNotFoundError) || options.missing !== "create") {
      throw engineError("opening", stackName, error, []);
    }
  }
  try {
    await createStack(options, pulumiCommand);
    const stack = await open();
    options.onEvent({ code: "StackOpened", stack: stackName, created: true });
    return { stack, created: true };
  } catch (error) {
    throw engineError("making", stackName, error, []);
  }
}

/**
 * Makes the stack. `pulumi stack init` writes Pulumi.<stack>.yaml beside Pulumi.yaml, whatever configuration file
 * the environment names; where it names one, the stack is made from a folder that is thrown away.
 */
async function createStack(options: WorkspaceOptions, pulumiCommand: PulumiCommand): Promise<void> {
  if (process.env.PULUMI_OPTION_CONFIG_FILE === undefined) {
    await (await LocalWorkspace.create({ workDir: options.workDir, pulumiCommand })).createStack(
      options.stackName,
    );
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), "rowstream-stack-"));
  try {
    await copyFile(join(options.workDir, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    await (await LocalWorkspace.create({ workDir: folder, pulumiCommand })).createStack(options.stackName);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function policyOptions(policies: PolicyPack | undefined): {
  policyPacks?: string[];
  policyPackConfigs?: string[];
} {
  if (policies === undefined) {
    return {};
  }
  const { folder, settingsFile } = policies;
  return { policyPacks: [folder], ...(settingsFile !== undefined && { policyPackConfigs: [settingsFile] }) };
}

async function setConfiguration(stack: Stack, options: WorkspaceOptions): Promise<void> {
  const entries = Object.entries(options.config ?? {});
  const open = entries.filter(([, entry]) => !entry.secret);
  try {
    if (open.length > 0) {
      const json = Object.fromEntries(open.map(([key, { value }]) => [key, configValue(value)]));
      await stack.setAllConfigJson(JSON.stringify(json));
    }
    for (const [key, { value }] of entries.filter(([, entry]) => entry.secret)) {
      await setSecret(options, key, value);
    }
  } catch (error) {
    throw engineError("configuring", stack.name, error, []);
  }
}

/** A value as `pulumi config --json` writes it: objects and lists keep their structure. */
function configValue(value: string): { value: string; objectValue?: unknown; secret: false } {
  const structured = /^\s*[[{]/.test(value);
  return { value, ...(structured && { objectValue: JSON.parse(value) }), secret: false };
}

/** Hands a secret to the CLI on stdin: its arguments, which the Automation API would use, are for all to see. */
function setSecret(options: WorkspaceOptions, key: string, value: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const args = ["config", "set", "--secret", key, "--stack", options.stackName, "--non-interactive"];
    const child = spawn(options.pulumi, args, { cwd: options.workDir, stdio: ["pipe", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(stderr))));
    child.stdin.on("error", () => {});
    child.stdin.end(value);
  });
}

/** Passes a request to stop on to the engine, unless the engine has heard of it already. */
function engineSignal(
  signal: AbortSignal | undefined,
  translator: EngineEventTranslator,
): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    timer = setTimeout(() => {
      if (!translator.cancelling) {
        controller.abort();
      }
    }, CANCEL_GRACE_MS);
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  return {
    signal: controller.signal,
    release: () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    },
  };
}

/** Removes the lock of a process of this machine that is gone, as a killed run leaves it; true if it did. */
async function removeStaleLock(stack: Stack, options: WorkspaceOptions, error: unknown): Promise<boolean> {
  const holder = lockHolder(error instanceof Error ? error.message : "");
  if (!holder || !isStale(holder)) {
    return false;
  }
  await stack.cancel();
  options.onEvent({
    code: "StaleLockRemoved",
    stack: stack.name,
    holder: `${holder.user}@${holder.host} (pid ${holder.pid})`,
  });
  return true;
}

function secondsSince(startedAt: number): number {
  return (Date.now() - startedAt) / 1000;
}
