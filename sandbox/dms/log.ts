/** The process's own log, on standard error. Never given a password. */
export interface Log {
  info(message: string): void;
  error(message: string, error?: unknown): void;
}

function line(level: string, message: string): void {
  process.stderr.write(`${new Date().toISOString()} ${level} ${message}\n`);
}

/** One line an entry; an error adds its stack. */
export const processLog: Log = {
  info: (message) => line("info", message),
  error: (message, error) =>
    line("error", error instanceof Error ? `${message}: ${error.stack ?? error.message}` : message),
};
