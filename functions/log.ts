/** What may be logged: counts, names of resources and reasons; never a row's values or its key. */
export type LogFields = Record<string, string | number | boolean | undefined>;

/** Writes one line of JSON to the function's log, which is where Lambda sends stdout. */
export function log(level: "info" | "warn" | "error", message: string, fields: LogFields = {}): void {
  // biome-ignore lint/suspicious/noConsole: in Lambda the console is the logger
  console.log(JSON.stringify({ time: new Date().toISOString(), level, message, ...fields }));
}
