import { setTimeout as sleep } from "node:timers/promises";
import { StreamLines } from "../../test/helpers/streamLines";
import { changeId, type Written } from "./workload";

/** How often the stream is read, in milliseconds: seldom, for whoever reads takes time of the same processors. */
const READ_MS = 250;

/** How long changes may take that are waited for, in milliseconds. */
const PATIENCE_MS = 120_000;

/** The new row that an event is about; undefined where it is about none. */
export type ReadRow = (event: unknown) => Record<string, unknown> | null | undefined;

/** How changes came out of a stream. */
export interface Arrived {
  /** From the time in the row to the record's time at Kinesis, of each change, in milliseconds, shortest first. */
  latencies: number[];
  /** When the last of them arrived, in milliseconds since 1970. */
  last: number;
}

/**
 * When changes reach a Kinesis stream, by the time that Kinesis gives a record as it takes it in: how often it is read
 * here does not count.
 */
export class Arrivals {
  private readonly lines: StreamLines;
  private readonly arrived = new Map<string, { at: number; writtenAt: number }>();

  /** @param environment leads to the sandbox */
  constructor(
    environment: Record<string, string>,
    streamName: string,
    private readonly readRow: ReadRow,
  ) {
    this.lines = new StreamLines(environment, streamName);
  }

  /**
   * Waits until every change has arrived.
   * @throws Error where some do not, or once `failed` resolves
   */
  async of({ changes }: Written, failed: Promise<Error>): Promise<Arrived> {
    const missing = new Set(changes);
    let broken: Error | undefined;
    failed.then(
      (error) => {
        broken = error;
      },
      () => undefined,
    );
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      await this.read();
      for (const id of missing) {
        if (this.arrived.has(id)) {
          missing.delete(id);
        }
      }
      if (missing.size === 0) {
        return this.summary(changes);
      }
      if (broken !== undefined) {
        throw broken;
      }
      if (Date.now() > deadline) {
        throw new Error(
          `${missing.size} of ${changes.size} changes did not arrive in ${PATIENCE_MS / 1000} s`,
        );
      }
      await sleep(READ_MS);
    }
  }

  private summary(changes: ReadonlySet<string>): Arrived {
    const all = [...changes].map((id) => this.arrived.get(id) ?? { at: Number.NaN, writtenAt: Number.NaN });
    return {
      latencies: all.map(({ at, writtenAt }) => at - writtenAt).sort((one, other) => one - other),
      last: all.reduce((latest, { at }) => Math.max(latest, at), 0),
    };
  }

  private async read(): Promise<void> {
    for (const { text, arrivedAt } of await this.lines.readEntries()) {
      const row = this.readRow(JSON.parse(text));
      if (row === null || row === undefined) {
        continue;
      }
      const id = changeId(row as { purchase_id: unknown; version: unknown });
      // A repeat does not make a change later.
      if (!this.arrived.has(id)) {
        this.arrived.set(id, { at: arrivedAt, writtenAt: Number(row.written_us) / 1000 });
      }
    }
  }
}
