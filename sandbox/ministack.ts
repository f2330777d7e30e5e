import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startOnFreePort } from "./freePort";
import { ManagedProcess, type ProcessExit, waitUntilReady } from "./process";

const HOST = "127.0.0.1";

const READY_TIMEOUT_MS = 30_000;

/** Which MiniStack to start, and where it keeps itself. */
export interface MiniStackOptions {
  /** MiniStack's executable. */
  executable: string;
  /** The folder for its log and its state; made where missing. */
  stateDir: string;
  /**
   * Whether its state is loaded at the start and saved at an orderly stop. It saves tables and their items,
   * Kinesis records, S3 objects and all settings; it never saves the records of a DynamoDB stream, so whoever
   * reads one must have read all of it before the stop.
   */
  keep: boolean;
}

/** A MiniStack of our own: the AWS data plane on one port of 127.0.0.1. */
export class MiniStack {
  /** For example `http://127.0.0.1:45123`. */
  readonly endpoint: string;
  private readonly child: ManagedProcess;

  /** Use {@link startMiniStack}. */
  constructor(endpoint: string, child: ManagedProcess) {
    this.endpoint = endpoint;
    this.child = child;
  }

  /** Resolves when its process is gone. */
  get exited(): Promise<ProcessExit> {
    return this.child.exited;
  }

  /** What went wrong with it, with its last log lines. */
  failure(what: string): Error {
    return this.child.failure(what);
  }

  async stop(): Promise<void> {
    await this.child.stop();
  }
}

/**
 * Starts MiniStack, on the port of the last run where that is free: functions and stacks remember endpoints.
 * @throws ProcessError with the end of its log where it does not come up
 */
export async function startMiniStack(options: MiniStackOptions): Promise<MiniStack> {
  mkdirSync(options.stateDir, { recursive: true, mode: 0o700 });
  const portFile = join(options.stateDir, "port");
  const preferred = existsSync(portFile) ? Number(readFileSync(portFile, "utf8")) : undefined;
  return startOnFreePort(
    async (port) => {
      const ministack = await launch(options, port);
      writeFileSync(portFile, String(port));
      return ministack;
    },
    (error) => /already in use/i.test(String(error)),
    preferred,
  );
}

async function launch(options: MiniStackOptions, port: number): Promise<MiniStack> {
  const endpoint = `http://${HOST}:${port}`;
  // Comes back in the health answer, so that another MiniStack on this port is not taken for ours.
  const nonce = randomUUID();
  const child = new ManagedProcess({
    name: "MiniStack",
    command: options.executable,
    args: [],
    env: environment(options, port, nonce),
    logFile: join(options.stateDir, "ministack.log"),
    // Saving the state takes longer the more there is of it.
    stopTimeoutMs: options.keep ? 30_000 : 5_000,
  });
  await waitUntilReady(child, () => isHealthy(endpoint, nonce), READY_TIMEOUT_MS);
  return new MiniStack(endpoint, child);
}

function environment(options: MiniStackOptions, port: number, nonce: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    // Its default is every interface.
    BIND_HOST: HOST,
    GATEWAY_PORT: String(port),
    MINISTACK_EDITION: nonce,
    LOG_LEVEL: "WARNING",
    // Its process id file goes here.
    TMPDIR: options.stateDir,
    // Neither the user's Docker, whose containers it would tidy up, nor ports of its own for SFTP and MQTT.
    DOCKER_HOST: "unix:///nonexistent",
    SFTP_ENABLED: "0",
    IOT_MTLS_ENABLED: "0",
    PYTHONDONTWRITEBYTECODE: "1",
    ...(options.keep && {
      PERSIST_STATE: "1",
      STATE_DIR: join(options.stateDir, "state"),
      S3_PERSIST: "1",
      S3_DATA_DIR: join(options.stateDir, "s3"),
    }),
  };
}

async function isHealthy(endpoint: string, nonce: string): Promise<boolean> {
  const response = await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(2_000) });
  const { edition } = (await response.json()) as { edition?: string };
  return edition === nonce;
}
