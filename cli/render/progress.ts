import picocolors from "picocolors";
import type { RowstreamEvent } from "../../automation/events";
import { eventLines, type ProgressText } from "./eventLine";

/** Where progress goes: standard error, or what a test puts in its place. */
export interface ProgressOutput {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** Shows progress. What lasts is a line; what is under way is one line that changes in a terminal. */
export interface Progress {
  show(text: ProgressText): void;
  event(event: RowstreamEvent): void;
  /** Takes the live line away, for output of another kind. */
  clear(): void;
  close(): void;
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 100;
// Without a terminal, what is under way is said again only after so long: a log is read later.
const PLAIN_INTERVAL_MS = 10_000;
const CLEAR_LINE = "\r\u001b[2K";

/** The progress display that suits the output: a live line in a terminal, plain lines elsewhere. */
export function createProgress(output: ProgressOutput, environment = process.env): Progress {
  const live = output.isTTY === true && environment.CI === undefined && environment.TERM !== "dumb";
  return live ? new LiveProgress(output) : new PlainProgress(output);
}

class PlainProgress implements Progress {
  private lastLive = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly output: ProgressOutput,
    private readonly colours = picocolors.createColors(false),
  ) {}

  show(text: ProgressText): void {
    if (text.kind === "live") {
      if (Date.now() - this.lastLive < PLAIN_INTERVAL_MS) {
        return;
      }
      this.lastLive = Date.now();
    }
    this.output.write(`${line(text, this.colours)}\n`);
  }

  event(event: RowstreamEvent): void {
    for (const text of eventLines(event)) {
      this.show(text);
    }
  }

  clear(): void {}
  close(): void {}
}

class LiveProgress implements Progress {
  private text = "";
  private frame = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly output: ProgressOutput,
    private readonly colours = picocolors.createColors(true),
  ) {}

  show(text: ProgressText): void {
    if (text.kind === "live") {
      this.text = text.text;
      this.start();
      return;
    }
    this.clear();
    this.output.write(`${line(text, this.colours)}\n`);
    this.start();
  }

  event(event: RowstreamEvent): void {
    for (const text of eventLines(event)) {
      this.show(text);
    }
  }

  clear(): void {
    clearInterval(this.timer);
    if (this.timer !== undefined) {
      this.output.write(CLEAR_LINE);
    }
    this.timer = undefined;
  }

  close(): void {
    this.clear();
    this.text = "";
  }

  private start(): void {
    if (this.text === "" || this.timer !== undefined) {
      return;
    }
    this.timer = setInterval(() => this.draw(), FRAME_MS);
    this.timer.unref();
    this.draw();
  }

  private draw(): void {
    this.frame = (this.frame + 1) % FRAMES.length;
    const width = (this.output.columns ?? 80) - 4;
    const text = this.text.length > width ? `${this.text.slice(0, width - 1)}…` : this.text;
    this.output.write(`${CLEAR_LINE}${this.colours.cyan(FRAMES[this.frame] ?? "")} ${text}`);
  }
}

function line({ kind, text }: ProgressText, colours: ReturnType<typeof picocolors.createColors>): string {
  switch (kind) {
    case "done":
      return `${colours.green("✓")} ${text}`;
    case "warning":
      return `${colours.yellow("!")} ${text}`;
    case "note":
      return `${colours.dim("·")} ${text}`;
    case "live":
      return `${colours.dim("…")} ${text}`;
  }
}
