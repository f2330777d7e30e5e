import type { Pluggable } from "@aws-sdk/types";

/** How often an operation of AWS was called, by its name. */
export class CallCounter {
  private readonly counts = new Map<string, number>();

  /** A client's plugin that counts its calls, retries not among them. */
  readonly plugin: Pluggable<object, object> = {
    applyToStack: (stack) => {
      stack.add(
        (next, { commandName = "" }) =>
          (args) => {
            const operation = commandName.replace(/Command$/, "");
            this.counts.set(operation, (this.counts.get(operation) ?? 0) + 1);
            return next(args);
          },
        { step: "initialize" },
      );
    },
  };

  /** What was counted since the last time, as `3 ListTables, 1 DescribeTable`. */
  take(): string {
    const text = [...this.counts].map(([operation, count]) => `${count} ${operation}`).join(", ");
    this.counts.clear();
    return text || "none";
  }
}
