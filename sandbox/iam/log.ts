/** Writes a line of this part's own log: the parent sends standard error to a file. Never given a request's body. */
export function log(level: "info" | "warn" | "error", message: string): void {
  process.stderr.write(`${new Date().toISOString()} ${level} iam ${message}\n`);
}

/** The message of whatever was thrown, in one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.replaceAll("\n", " ");
}
