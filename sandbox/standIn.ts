import { join } from "node:path";
import { createInterface } from "node:readline";
import { describeExit, ManagedProcess, ProcessError, type ProcessExit } from "./process";

const READY_TIMEOUT_MS = 30_000;

/** After how many crashes within {@link CRASH_WINDOW_MS} a stand-in is given up. */
const CRASHES = 5;

const CRASH_WINDOW_MS = 60_000;

/** Which stand-in to start. */
export interface StandInOptions {
  /** What errors and progress call it, for example `DMS`. */
  name: string;
  /** Its folder below `sandbox/`, whose `main.js` is run. */
  part: string;
  /** Its folder for durable state. */
  stateDir: string;
  logFile: string;
  env: Record<string, string>;
  /** Told when it crashed and is back. */
  onRestart(message: string): void;
  /** Told when it crashed too often and will not come back. */
  onFailure(error: Error): void;
}

/** The ready line that a stand-in prints: its ports. */
export type ReadyLine = Record<string, unknown> & { ready: true };

/**
 * A stand-in of the sandbox: a Node process of ours that prints one line when it listens. It is started again
 * when it crashes, on the same ports, since others have been told them.
 */
export class StandIn {
  private readonly options: StandInOptions;
  private child: ManagedProcess;
  private ready: ReadyLine;
  private readonly crashes: number[] = [];
  private stopping = false;

  private constructor(options: StandInOptions, child: ManagedProcess, ready: ReadyLine) {
    this.options = options;
    this.child = child;
    this.ready = ready;
    this.watch();
  }

  /** @throws ProcessError with the end of its log where it does not come up */
  static async start(options: StandInOptions): Promise<StandIn> {
    const child = launch(options, {});
    return new StandIn(options, child, await readyLine(child));
  }

  /** One of its ports, by its name in the ready line. */
  port(name = "port"): number {
    const port = this.ready[name];
    if (typeof port !== "number") {
      throw new Error(`${this.options.name} did not say its ${name}: ${JSON.stringify(this.ready)}`);
    }
    return port;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.child.stop();
  }

  private watch(): void {
    this.child.exited
      .then(async (exit) => {
        if (!this.stopping) {
          await this.restart(exit);
        }
      })
      .catch((error: Error) => this.options.onFailure(error));
  }

  /** Starts it again, and again where it crashes before it listens, until that was too often. */
  private async restart(exit: ProcessExit): Promise<void> {
    let crash = this.child.failure(describeExit(exit));
    for (;;) {
      const now = Date.now();
      this.crashes.push(now);
      if (this.crashes.filter((time) => now - time < CRASH_WINDOW_MS).length >= CRASHES) {
        throw crash;
      }
      this.child = launch(this.options, portVariables(this.ready));
      try {
        this.ready = await readyLine(this.child);
        break;
      } catch (error) {
        if (this.stopping || !(error instanceof ProcessError)) {
          throw error;
        }
        crash = error;
      }
    }
    this.watch();
    this.options.onRestart(`${this.options.name} ${describeExit(exit)} and was started again`);
  }
}

function launch(options: StandInOptions, ports: Record<string, string>): ManagedProcess {
  return new ManagedProcess(
    {
      name: options.name,
      command: process.execPath,
      args: ["--enable-source-maps", join(__dirname, options.part, "main.js")],
      env: { ...inherited(), ...options.env, ...ports, ROWSTREAM_STATE_DIR: options.stateDir },
      logFile: options.logFile,
    },
    "pipe",
  );
}

/** What a stand-in gets of this process's environment: nothing that is about AWS, and how DMS is to behave. */
function inherited(): Record<string, string> {
  const names = ["PATH", "TMPDIR", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "ROWSTREAM_DMS_BEHAVIOUR"];
  const present = names.map((name) => [name, process.env[name]]).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present);
}

/** `port` becomes ROWSTREAM_PORT, `awsPort` ROWSTREAM_AWS_PORT. */
function portVariables(ready: ReadyLine): Record<string, string> {
  const ports = Object.entries(ready).filter(([, value]) => typeof value === "number");
  return Object.fromEntries(
    ports.map(([name, value]) => [
      `ROWSTREAM_${name.replace(/(?=[A-Z])/, "_").toUpperCase()}`,
      String(value),
    ]),
  );
}

/** Waits for the line that says that a stand-in listens. */
async function readyLine(child: ManagedProcess): Promise<ReadyLine> {
  const { stdout } = child.child;
  if (stdout === null) {
    throw child.failure("has no output to read");
  }
  const lines = createInterface({ input: stdout });
  let timer: NodeJS.Timeout | undefined;
  try {
    const line = await new Promise<string>((resolve, reject) => {
      lines.once("line", resolve);
      child.exited.then(
        (exit) => reject(child.failure(describeExit(exit))),
        (error: Error) => reject(error),
      );
      timer = setTimeout(
        () => reject(child.failure(`was not ready within ${READY_TIMEOUT_MS / 1000} s`)),
        READY_TIMEOUT_MS,
      );
    });
    return JSON.parse(line) as ReadyLine;
  } catch (error) {
    await child.stop();
    throw error;
  } finally {
    clearTimeout(timer);
    lines.close();
    // Whatever it may still print there must not fill the pipe and hold it up.
    stdout.resume();
  }
}
