import { basename } from "node:path";
import type { OnEvent } from "../automation/events";
import type { WorkspaceOptions } from "../automation/workspace";
import { type Interrupt, listenForInterrupt } from "./interrupt";
import { ROOT } from "./layout";
import { policyPack } from "./policyPack";
import { createProgress, type Progress } from "./render/progress";
import { sampleProgram } from "./sampleProgram";
import { enterSandbox, requireSandbox } from "./sandboxEnvironment";
import { readTools } from "./tools";

/** The options every command takes. */
export interface GlobalOptions {
  stack?: string;
  sandbox?: boolean;
}

/** What a command works with. */
export interface Context {
  progress: Progress;
  interrupt: Interrupt;
}

/** The stack that commands mean where none is named: the one Pulumi.dev.yaml belongs to. */
export const DEFAULT_STACK = "dev";

/** A context on the real terminal. */
export function createContext(): Context {
  const progress = createProgress(process.stderr);
  return {
    progress,
    interrupt: listenForInterrupt((text) => progress.show({ kind: "note", text })),
  };
}

/**
 * Which stack the driver works on, and with what. With `--sandbox` it also leads this process to the sandbox.
 *
 * @throws UsageError
 */
export function workspaceOptions(context: Context, options: GlobalOptions): WorkspaceOptions {
  const tools = readTools();
  let stackName = options.stack ?? DEFAULT_STACK;
  let consumers = false;
  if (options.sandbox) {
    const sandbox = requireSandbox();
    enterSandbox(sandbox.environment);
    stackName = sandbox.stackName;
    consumers = sandbox.consumers ?? false;
  }
  const onEvent: OnEvent = (event) => context.progress.event(event);
  return {
    stackName,
    workDir: ROOT,
    pulumi: tools.pulumi,
    policies: policyPack(shortName(stackName)),
    ...(consumers && { program: sampleProgram }),
    onEvent,
    signal: context.interrupt.signal,
  };
}

/** The stack's short name, without organisation and project. */
export function shortName(stackName: string): string {
  return basename(stackName);
}
