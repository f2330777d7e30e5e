/** Takes one line of a log. Never give it a payload: rows of somebody's database are nobody else's business. */
export type Log = (level: "info" | "warn" | "error", message: string) => void;

/** Writes a line of this part's own log: the parent sends standard error to a file. */
export function log(level: Parameters<Log>[0], message: string): void {
  process.stderr.write(`${new Date().toISOString()} ${level} lambda ${message}\n`);
}

/** The message of whatever was thrown, in one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.replaceAll("\n", " ");
}
