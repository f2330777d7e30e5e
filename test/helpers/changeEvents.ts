import { eventSchema } from "./eventSchema";
import { StreamLines } from "./streamLines";

/** A change event as a consumer in JavaScript reads it: numbers as doubles. */
export interface ReceivedEvent {
  id: string;
  op: "insert" | "update" | "delete" | "load";
  source: { name: string; engine: string; schema: string; table: string };
  key: Record<string, unknown>;
  old: Record<string, unknown> | null;
  new: Record<string, unknown> | null;
  changed: string[];
  at: string;
  sequence: string;
}

/** Reads a change stream from its beginning on, and holds each event to the JSON Schema. */
export class ChangeEvents {
  /** Every event so far, in the order of its shard. */
  readonly all: ReceivedEvent[] = [];
  private readonly lines: StreamLines;
  private readonly validate = eventSchema();

  /** @param environment leads to the sandbox */
  constructor(environment: Record<string, string>, streamName: string) {
    this.lines = new StreamLines(environment, streamName);
  }

  /** Takes in what has come since the last call. @throws Error where an event breaks the schema */
  async read(): Promise<ReceivedEvent[]> {
    for (const line of await this.lines.read()) {
      const fault = this.validate(line);
      if (fault !== undefined) {
        throw new Error(fault);
      }
      this.all.push(JSON.parse(line) as ReceivedEvent);
    }
    return this.all;
  }
}
