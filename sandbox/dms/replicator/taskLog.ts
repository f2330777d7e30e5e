import {
  type CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type { Log } from "../log";

/** The parts of DMS that write to a task's log (user guide, TaskSettings.Logging). */
export type LogComponent =
  | "TASK_MANAGER"
  | "SOURCE_UNLOAD"
  | "TARGET_LOAD"
  | "SOURCE_CAPTURE"
  | "TARGET_APPLY";

export type Severity = "I" | "W" | "E";

const FLUSH_MS = 200;

/** The most events of one PutLogEvents that are sent at a time; its limit is 10,000. */
const BATCH = 1_000;

/** Lines that may wait while CloudWatch Logs is away; the oldest beyond it are dropped. */
const MAX_WAITING = 20_000;

/**
 * A task's log: CloudWatch Logs, in DMS's line format, where the task's settings turn logging on; the process's own
 * log has warnings and errors in any case.
 */
export class TaskLog {
  private waiting: { timestamp: number; message: string }[] = [];
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> = Promise.resolve();
  private ready = false;

  constructor(
    private readonly client: CloudWatchLogsClient,
    private readonly group: string,
    private readonly stream: string,
    private readonly enabled: boolean,
    private readonly processLog: Log,
  ) {}

  write(component: LogComponent, severity: Severity, text: string): void {
    const now = new Date();
    const message = `${now.toISOString().slice(0, 19)} [${component.padEnd(15)} ]${severity}:  ${text}`;
    if (severity !== "I") {
      this.processLog.info(`${this.stream} ${message}`);
    }
    if (this.enabled) {
      this.waiting.push({ timestamp: now.getTime(), message });
      this.timer ??= setTimeout(() => this.flush(), FLUSH_MS);
    }
  }

  /** Sends what waits; never fails. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.flushing = this.flushing
      .then(() => this.send())
      .catch((error: unknown) => {
        this.ready = false;
        this.waiting = this.waiting.slice(-MAX_WAITING);
        this.processLog.info(`${this.stream}: CloudWatch Logs took no lines: ${(error as Error).message}`);
      });
    return this.flushing;
  }

  private async send(): Promise<void> {
    const logGroupName = this.group;
    const logStreamName = this.stream;
    if (!this.ready && this.waiting.length > 0) {
      await made(this.client.send(new CreateLogGroupCommand({ logGroupName })));
      await made(this.client.send(new CreateLogStreamCommand({ logGroupName, logStreamName })));
      this.ready = true;
    }
    while (this.waiting.length > 0) {
      const logEvents = this.waiting.slice(0, BATCH);
      await this.client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
      this.waiting.splice(0, logEvents.length);
    }
  }
}

async function made(creation: Promise<unknown>): Promise<void> {
  try {
    await creation;
  } catch (error) {
    if ((error as Error).name !== "ResourceAlreadyExistsException") {
      throw error;
    }
  }
}
