/**
 * Keeps the fan-in's log off the terminal while a suite's tests run.
 *
 * @returns the lines of the test that runs, parsed
 */
export function captureLog(): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  // biome-ignore lint/suspicious/noConsole: the console is what the fan-in logs to
  const original = console.log;
  beforeEach(() => {
    lines.length = 0;
    console.log = (line: string) => {
      lines.push(JSON.parse(line));
    };
  });
  afterEach(() => {
    console.log = original;
  });
  return lines;
}
