import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { AwsHttp } from "../../awsHttp";
import type { RoleCredentials } from "../../roleSession";
import type { FunctionRecord } from "../functionRecord";
import type { Settings } from "../settings";
import { functionEnvironment, logStreamName } from "./functionEnvironment";
import type { FunctionLog } from "./functionLog";
import { LogStream } from "./logStream";
import { MAXIMUM_PAYLOAD_BYTES, RuntimeApi } from "./runtimeApi";

/** How long a process may take to load its handler, in milliseconds (AWS Lambda developer guide, "Init phase"). */
const INIT_TIMEOUT_MS = 10_000;

/** How much of an invocation's log `LogType: Tail` shows, in bytes. */
const TAIL_BYTES = 4096;

/** How an invocation ended. */
export interface InvocationResult {
  requestId: string;
  /** Set where the function failed; the payload then is the error. */
  functionError?: "Unhandled";
  /** JSON, as the function wrote it. */
  payload: string;
  /** The end of what was logged meanwhile. */
  logTail: string;
}

interface Running {
  requestId: string;
  payload: string;
  started: number;
  log: string;
  resolve: (result: InvocationResult) => void;
  timer: NodeJS.Timeout;
}

/** One process that runs one function, one event at a time, over and over: what AWS calls an execution environment. */
export class ExecutionEnvironment {
  /** When its last invocation ended, in milliseconds since 1970. */
  idleSince = Date.now();
  /** Set once it takes no more events: its process is gone or must go. */
  ended = false;
  private readonly api: RuntimeApi;
  private child: ChildProcess | undefined;
  private logStream: LogStream | undefined;
  private ready = false;
  private running: Running | undefined;
  private initError: string | undefined;
  private startedAt = 0;
  /** Reported once, with the first invocation, as AWS does. */
  private initReport = "";

  constructor(
    readonly record: FunctionRecord,
    private readonly settings: Settings,
    private readonly taskRoot: string,
    private readonly log: FunctionLog,
    private readonly aws: AwsHttp,
    /** Those of the function's role; it may be that Lambda cannot have them. */
    private readonly credentials: () => Promise<RoleCredentials>,
  ) {
    this.api = new RuntimeApi({
      onReady: () => this.onReady(),
      onResponse: (requestId, payload) => this.onResult(requestId, payload),
      onError: (requestId, payload) => this.onResult(requestId, payload, "Unhandled"),
      onInitError: (payload) => {
        this.initError = payload;
      },
    });
  }

  /** The process id; undefined before the first invocation. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /**
   * Runs one event. The first one starts the process. Whatever goes wrong then is a failed invocation.
   * @throws ApiError where the role's credentials cannot be had: nothing was run
   */
  async invoke(payload: string): Promise<InvocationResult> {
    const credentials = this.child === undefined ? await this.credentials() : undefined;
    return new Promise((resolve) => {
      const started = Date.now();
      const timer = setTimeout(() => this.onTimeout(), this.limitMs() + (this.ready ? 0 : INIT_TIMEOUT_MS));
      this.running = { requestId: randomUUID(), payload, started, log: "", resolve, timer };
      if (credentials !== undefined) {
        this.start(credentials).catch((error: unknown) =>
          this.end("Runtime.InvalidEntrypoint", String(error)),
        );
      } else if (this.ready) {
        this.deliver();
      }
    });
  }

  /** Ends the process; an invocation under way fails. */
  stop(): void {
    this.ended = true;
    this.child?.kill("SIGKILL");
    this.api.close();
  }

  private limitMs(): number {
    return this.record.configuration.Timeout * 1000;
  }

  private async start(credentials: RoleCredentials): Promise<void> {
    const { configuration } = this.record;
    const runtimeApi = await this.api.listen();
    const logStream = logStreamName(randomUUID(), new Date());
    const inRole = this.aws.as(async () => credentials);
    this.logStream = new LogStream(inRole, configuration.LoggingConfig.LogGroup, logStream, this.aws);
    const place = { taskRoot: this.taskRoot, runtimeDirectory: __dirname, runtimeApi, logStream };
    this.startedAt = Date.now();
    this.child = spawn(
      process.execPath,
      [
        `--max-old-space-size=${Math.max(32, Math.floor(configuration.MemorySize * 0.9))}`,
        join(__dirname, "bootstrap.js"),
      ],
      {
        cwd: this.taskRoot,
        env: functionEnvironment(this.record, this.settings, credentials, place),
        stdio: ["pipe", "pipe", "pipe"],
      },
    );
    this.child.stdin?.on("error", () => undefined);
    this.follow(this.child.stdout as Readable);
    this.follow(this.child.stderr as Readable);
    this.child.once("error", (error) => this.end("Runtime.InvalidEntrypoint", error.message));
    this.child.once("exit", (code, signal) => this.onExit(code, signal));
    if (this.ended) {
      this.stop();
    }
  }

  private follow(output: Readable): void {
    createInterface({ input: output }).on("line", (line) => this.write(`${line}\n`));
  }

  private write(text: string): void {
    this.log.write(text);
    this.logStream?.write(text);
    if (this.running !== undefined) {
      this.running.log = (this.running.log + text).slice(-TAIL_BYTES);
    }
  }

  private onReady(): void {
    const first = !this.ready;
    this.ready = true;
    if (this.running !== undefined && first) {
      clearTimeout(this.running.timer);
      this.running.timer = setTimeout(() => this.onTimeout(), this.limitMs());
      this.initReport = `\tInit Duration: ${Date.now() - this.startedAt}.00 ms`;
      this.deliver();
    }
  }

  private deliver(): void {
    if (this.running !== undefined) {
      const { requestId, payload } = this.running;
      this.running.started = Date.now();
      this.write(`START RequestId: ${requestId} Version: $LATEST\n`);
      const functionArn = this.record.configuration.FunctionArn;
      this.api.deliver({ requestId, functionArn, payload, deadline: Date.now() + this.limitMs() });
      // The event may be megabytes; it is the process's now.
      this.running.payload = "";
    }
  }

  private onResult(requestId: string, payload: string, functionError?: "Unhandled"): void {
    if (this.running?.requestId !== requestId) {
      return;
    }
    if (functionError === undefined && Buffer.byteLength(payload) > MAXIMUM_PAYLOAD_BYTES) {
      const size = Buffer.byteLength(payload);
      this.finish(
        JSON.stringify({
          errorType: "Function.ResponseSizeTooLarge",
          errorMessage: `Response payload size exceeded maximum allowed payload size (${MAXIMUM_PAYLOAD_BYTES} bytes): ${size}.`,
        }),
        "Unhandled",
      );
    } else {
      this.finish(payload, functionError);
    }
  }

  private onTimeout(): void {
    const { Timeout } = this.record.configuration;
    this.end("Sandbox.Timedout", `Task timed out after ${Timeout.toFixed(2)} seconds`);
  }

  private onExit(code: number | null, signal: NodeJS.Signals | null): void {
    const how =
      signal === null ? `exit status ${code}` : `signal: ${signal === "SIGKILL" ? "killed" : signal}`;
    this.end("Runtime.ExitError", `Runtime exited with error: ${how}`);
  }

  /** The process is of no more use: ends it, and fails what it was running. */
  private end(errorType: string, message: string): void {
    this.ended = true;
    if (this.running !== undefined) {
      const errorMessage = `RequestId: ${this.running.requestId} Error: ${message}`;
      this.write(`${errorMessage}\n`);
      this.finish(this.initError ?? JSON.stringify({ errorType, errorMessage }), "Unhandled");
    }
    this.stop();
  }

  private finish(payload: string, functionError?: "Unhandled"): void {
    const { running } = this;
    if (running === undefined) {
      return;
    }
    clearTimeout(running.timer);
    const { requestId } = running;
    const milliseconds = Date.now() - running.started;
    const memory = this.record.configuration.MemorySize;
    this.write(
      `END RequestId: ${requestId}\nREPORT RequestId: ${requestId}\tDuration: ${milliseconds}.00 ms\t` +
        `Billed Duration: ${milliseconds} ms\tMemory Size: ${memory} MB${this.initReport}\n`,
    );
    this.initReport = "";
    this.running = undefined;
    this.idleSince = Date.now();
    running.resolve({
      requestId,
      payload,
      logTail: running.log,
      ...(functionError === undefined ? {} : { functionError }),
    });
  }
}
