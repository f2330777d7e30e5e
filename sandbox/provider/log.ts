/** Writes a line of this part's own log: the parent sends standard error to a file. Never give it a property's value. */
export function log(level: "info" | "error", message: string): void {
  process.stderr.write(`${new Date().toISOString()} ${level} provider ${message.replaceAll("\n", " ")}\n`);
}
