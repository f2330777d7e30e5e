import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, fstatSync, mkdirSync, openSync, readSync } from "node:fs";
import type { Socket } from "node:net";
import { dirname, join } from "node:path";
import { groupExists, signalGroup, signalProcess } from "./signals";

/** How many of a part's last log lines an error shows. */
const LINES_IN_ERROR = 15;

/** How much of the log's end is read to find those lines, in bytes. */
const TAIL_BYTES = 16_384;

/** How often a probe is repeated, in milliseconds. */
const PROBE_INTERVAL_MS = 20;

/** What to start, and how it ends. */
export interface ProcessOptions {
  /** What errors and progress call it, for example `PostgreSQL`. */
  name: string;
  /** The program, started directly: no shell takes part. */
  command: string;
  args: string[];
  /** The child's whole environment; nothing else is inherited. */
  env: NodeJS.ProcessEnv;
  /** Its working directory. Default: the file system's root, so that no folder of the user's is held. */
  cwd?: string;
  /** The user to run as, where the sandbox runs as root and the program refuses that. */
  user?: { uid: number; gid: number };
  /** The file that its output is appended to; its folder is made. */
  logFile: string;
  /** The signal that ends it in order. Default: SIGTERM. */
  stopSignal?: NodeJS.Signals;
  /** How long it may take to end in order before it is killed, in milliseconds. Default: 5,000. */
  stopTimeoutMs?: number;
}

/** How a process ended: its exit code, its signal, or the error that kept it from starting. */
export interface ProcessExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  error?: Error;
}

/** A part of the sandbox failed to start or to go on; the message ends with the last lines of its log. */
export class ProcessError extends Error {
  override name = "ProcessError";
}

/**
 * The watchdog's lines of this process: it ends every registered group if this process dies without doing so
 * itself (see watchdog.ts). It runs while a child does.
 */
class Watch {
  private readonly pids = new Set<number>();
  private child: ChildProcess | undefined;
  private ended: Promise<void> = Promise.resolve();

  get groups(): number[] {
    return [...this.pids];
  }

  add(pid: number, signal: NodeJS.Signals): void {
    this.pids.add(pid);
    this.write(`+ ${pid} ${signal}\n`);
  }

  /** Resolves, once the last child is gone, when the watchdog is gone too. */
  async remove(pid: number): Promise<void> {
    if (!this.pids.delete(pid)) {
      return;
    }
    this.write(`- ${pid}\n`);
    if (this.pids.size === 0) {
      const last = this.child;
      this.child = undefined;
      last?.ref();
      last?.stdin?.end();
      await this.ended;
    }
  }

  private write(line: string): void {
    this.child ??= this.start();
    this.child.stdin?.write(line);
  }

  private start(): ChildProcess {
    const child = spawn(process.execPath, [join(__dirname, "watchdog.js")], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
      env: {},
      cwd: "/",
    });
    // Neither the watchdog nor the pipe to it is a reason for this process to stay.
    child.unref();
    (child.stdin as Socket).unref();
    child.stdin?.on("error", () => undefined);
    this.ended = new Promise((resolve) => {
      child.once("exit", () => resolve());
      child.once("error", () => resolve());
    });
    return child;
  }
}

const watch = new Watch();

/** The process groups of all managed processes that run. */
export function runningGroups(): number[] {
  return watch.groups;
}

/** A process of the sandbox: the leader of a group of its own, watched, its output in a log file. */
export class ManagedProcess {
  readonly name: string;
  /** Resolves, and never rejects, when the process and all of its group are gone. */
  readonly exited: Promise<ProcessExit>;
  /** What the process writes to its standard output, where `stdout` was not sent to the log. */
  readonly child: ChildProcess;
  private readonly options: ProcessOptions;
  private readonly logStart: number;
  private exit: ProcessExit | undefined;

  constructor(options: ProcessOptions, stdout: "log" | "pipe" = "log") {
    this.options = options;
    this.name = options.name;
    mkdirSync(dirname(options.logFile), { recursive: true });
    const log = openSync(options.logFile, "a", 0o600);
    try {
      this.logStart = fstatSync(log).size;
      this.child = spawn(options.command, options.args, {
        // A group of its own: Ctrl-C in a terminal reaches the sandbox alone, which then ends its parts in order.
        detached: true,
        // The input stays open and unused: a child reads its end as its parent's death.
        stdio: ["pipe", stdout === "pipe" ? "pipe" : log, log],
        env: options.env,
        cwd: options.cwd ?? "/",
        ...options.user,
      });
    } finally {
      closeSync(log);
    }
    this.child.stdin?.on("error", () => undefined);
    if (this.child.pid !== undefined) {
      watch.add(this.child.pid, options.stopSignal ?? "SIGTERM");
    }
    this.exited = new Promise<ProcessExit>((resolve) => {
      this.child.once("error", (error) => resolve({ code: null, signal: null, error }));
      this.child.once("exit", (code, signal) => resolve({ code, signal }));
    }).then((exit) => this.clean(exit));
  }

  /** The process id; undefined where it could not be started. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  get running(): boolean {
    return this.exit === undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Ends the process and all of its group: in order first, by force after the time-out. Idempotent. */
  async stop(signal: NodeJS.Signals = this.options.stopSignal ?? "SIGTERM"): Promise<ProcessExit> {
    const { pid } = this.child;
    if (this.running && pid !== undefined) {
      signalProcess(pid, signal);
      const timer = setTimeout(() => signalGroup(pid, "SIGKILL"), this.options.stopTimeoutMs ?? 5_000);
      await this.exited;
      clearTimeout(timer);
    }
    return this.exited;
  }

  /** An error that says what happened to this process and shows its last log lines. */
  failure(what: string): ProcessError {
    const lines = this.lastLines();
    const shown = lines.length > 0 ? `; the end of ${this.options.logFile}:\n  ${lines.join("\n  ")}` : "";
    return new ProcessError(`${this.name} ${what}${shown}`);
  }

  /** This process's own last log lines, oldest first. */
  lastLines(): string[] {
    const log = openSync(this.options.logFile, "r");
    try {
      const { size } = fstatSync(log);
      const start = Math.max(this.logStart, size - TAIL_BYTES);
      const bytes = Buffer.alloc(Math.max(0, size - start));
      readSync(log, bytes, 0, bytes.length, start);
      const lines = bytes.toString("utf8").split("\n");
      return lines.filter((line) => line.trim() !== "").slice(-LINES_IN_ERROR);
    } finally {
      closeSync(log);
    }
  }

  private async clean(exit: ProcessExit): Promise<ProcessExit> {
    this.exit = exit;
    if (this.child.pid !== undefined) {
      // What the process leaves behind in its group (a function's runtime, a worker) ends with it.
      if (groupExists(this.child.pid)) {
        signalGroup(this.child.pid, "SIGKILL");
      }
      await watch.remove(this.child.pid);
    }
    return exit;
  }
}

/** In words: how a process ended. */
export function describeExit(exit: ProcessExit): string {
  if (exit.error !== undefined) {
    return `could not be started: ${exit.error.message}`;
  }
  return exit.signal === null ? `ended with exit code ${exit.code}` : `was ended by ${exit.signal}`;
}

/**
 * Runs a program to its end.
 * @param input what it reads from its standard input
 * @throws ProcessError where it does not end with exit code 0
 */
export async function runProcess(options: ProcessOptions, input?: string): Promise<void> {
  const child = new ManagedProcess(options);
  if (input !== undefined) {
    child.child.stdin?.end(input);
  }
  const exit = await child.exited;
  if (exit.code !== 0) {
    throw child.failure(describeExit(exit));
  }
}

/**
 * Waits until a probe says that a process is ready.
 * @param probe asked repeatedly; a rejection counts as "not yet"
 * @throws ProcessError where the process ends first or the time is over; the process is then stopped
 */
export async function waitUntilReady(
  child: ManagedProcess,
  probe: () => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (!child.running) {
      throw child.failure(describeExit(await child.exited));
    }
    if (
      await Promise.resolve()
        .then(probe)
        .catch(() => false)
    ) {
      return;
    }
    if (Date.now() > deadline) {
      await child.stop();
      throw child.failure(`was not ready within ${timeoutMs / 1000} s`);
    }
    await new Promise((resolve) => setTimeout(resolve, PROBE_INTERVAL_MS));
  }
}
