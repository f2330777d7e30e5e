import { type AwsHttp, AwsHttpError } from "../../awsHttp";
import { log } from "../log";
import { metricDataOf } from "./logMetrics";

const FLUSH_MS = 250;

/** Lines that may wait while CloudWatch Logs is away; the oldest beyond it are dropped. */
const MOST_WAITING = 5_000;

/** The most events of one PutLogEvents that are sent at a time; its limit is 10,000. */
const BATCH = 1_000;

/**
 * The log stream of one process: Lambda writes a function's lines to CloudWatch Logs in the function's role. Where
 * the role may not, the lines are lost and the function runs on, as on AWS. CloudWatch makes metrics of the lines that
 * are documents of its embedded metric format, once it has them.
 */
export class LogStream {
  private waiting: { timestamp: number; message: string }[] = [];
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> = Promise.resolve();
  private made = false;
  private denied = false;

  /**
   * @param aws in the function's role
   * @param cloudWatch in the name of CloudWatch itself
   */
  constructor(
    private readonly aws: AwsHttp,
    private readonly group: string,
    private readonly stream: string,
    private readonly cloudWatch: AwsHttp,
  ) {}

  write(text: string): void {
    this.waiting.push({ timestamp: Date.now(), message: text.trimEnd() });
    this.timer ??= setTimeout(() => this.flush(), FLUSH_MS).unref();
  }

  private flush(): void {
    this.timer = undefined;
    this.sending = this.sending.then(() => this.send()).catch((error: unknown) => this.onTrouble(error));
  }

  private async send(): Promise<void> {
    const names = { logGroupName: this.group, logStreamName: this.stream };
    if (!this.made) {
      await this.make(names);
      this.made = true;
    }
    while (this.waiting.length > 0) {
      // An empty message is none that CloudWatch Logs takes.
      const logEvents = this.waiting.slice(0, BATCH);
      const some = logEvents.filter(({ message }) => message !== "");
      if (some.length > 0) {
        await this.aws.json("logs", "PutLogEvents", { ...names, logEvents: some });
      }
      this.waiting.splice(0, logEvents.length);
      for (const { message } of some) {
        for (const data of metricDataOf(message)) {
          await this.cloudWatch.json("cloudwatch", "PutMetricData", data);
        }
      }
    }
    this.denied = false;
  }

  /** Makes the stream; and the group, as Lambda does, where nobody has made it before. */
  private async make(names: { logGroupName: string; logStreamName: string }): Promise<void> {
    try {
      await this.aws.json("logs", "CreateLogStream", names);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === "ResourceNotFoundException") {
        await this.aws.json("logs", "CreateLogGroup", { logGroupName: names.logGroupName });
        await this.aws.json("logs", "CreateLogStream", names);
      } else if (code !== "ResourceAlreadyExistsException") {
        throw error;
      }
    }
  }

  private onTrouble(error: unknown): void {
    if (error instanceof AwsHttpError && !error.denied && error.transient) {
      this.waiting = this.waiting.slice(-MOST_WAITING);
      return;
    }
    this.waiting = [];
    if (!this.denied) {
      this.denied = true;
      log("warn", `the log group ${this.group} takes no lines: ${(error as Error).message}`);
    }
  }
}
