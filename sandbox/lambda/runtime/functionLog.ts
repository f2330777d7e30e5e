import { createWriteStream, existsSync, mkdirSync, renameSync, statSync, type WriteStream } from "node:fs";
import { join } from "node:path";

/** At this size a log file is put aside as `<name>.log.old`, and a new one begun, in bytes. */
const MAXIMUM_BYTES = 20 * 1024 * 1024;

/** What one function writes, START, END and REPORT lines included, in a file of its own. */
export class FunctionLog {
  private stream: WriteStream | undefined;
  private size = 0;
  private readonly path: string;

  constructor(directory: string, functionName: string) {
    mkdirSync(directory, { recursive: true });
    this.path = join(directory, `${functionName}.log`);
  }

  write(text: string): void {
    if (this.stream === undefined || this.size > MAXIMUM_BYTES) {
      this.stream?.end();
      if (existsSync(this.path) && statSync(this.path).size > MAXIMUM_BYTES) {
        renameSync(this.path, `${this.path}.old`);
      }
      this.size = existsSync(this.path) ? statSync(this.path).size : 0;
      this.stream = createWriteStream(this.path, { flags: "a", mode: 0o600 });
      this.stream.on("error", () => undefined);
    }
    this.size += text.length;
    this.stream.write(text);
  }

  close(): void {
    this.stream?.end();
    this.stream = undefined;
  }
}
