import type { MiddlewareStack } from "@smithy/types";

/** How often each operation of AWS was called, retries not among them. */
export class CountedCalls {
  private readonly counts = new Map<string, number>();

  /** Counts a client's calls from now on. */
  watch<Input extends object, Output extends object>(client: {
    middlewareStack: MiddlewareStack<Input, Output>;
  }): void {
    client.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          const operation = String(commandName).replace(/Command$/, "");
          this.counts.set(operation, (this.counts.get(operation) ?? 0) + 1);
          return next(args);
        },
      { step: "initialize", priority: "high" },
    );
  }

  /** What was counted since the last time, by operation. */
  take(): Record<string, number> {
    const counts = Object.fromEntries(this.counts);
    this.counts.clear();
    return counts;
  }
}
