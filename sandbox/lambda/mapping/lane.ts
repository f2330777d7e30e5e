import type { BatchProcessor } from "./batchProcessor";
import type { StreamRecord } from "./streamSource";
import { batchLength } from "./takeBatch";

/**
 * A queue of one shard's records that are delivered one batch after another. All records of one ordering key are
 * in one lane, so their order is kept while lanes work side by side (parallelization factor).
 */
export class Lane {
  private readonly queue: StreamRecord[] = [];
  /** When the queue last got its first record. */
  private filledAt = 0;
  private wake: () => void = () => undefined;
  private closing = false;
  private lastEnd = 0;

  /** @param windowMs how long a batch that is not full may wait for more, from its first record or the last delivery */
  constructor(
    private readonly processor: Pick<BatchProcessor, "process">,
    private readonly batchSize: number,
    private readonly windowMs: number,
  ) {}

  get length(): number {
    return this.queue.length;
  }

  push(record: StreamRecord): void {
    if (this.queue.length === 0) {
      this.filledAt = Date.now();
    }
    this.queue.push(record);
    this.wake();
  }

  /** No more records will come: what is queued is delivered without waiting, then run() ends. */
  close(): void {
    this.closing = true;
    this.wake();
  }

  /** Delivers batches until the lane is closed and empty, or the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = () => this.wake();
    signal.addEventListener("abort", stop);
    try {
      while (!signal.aborted) {
        const wait = this.untilBatch();
        if (wait > 0) {
          await this.sleep(wait);
        } else if (this.queue.length > 0) {
          const { length } = batchLength(this.queue, this.batchSize);
          await this.processor.process(this.queue.splice(0, length), signal);
          this.lastEnd = Date.now();
        } else {
          return;
        }
      }
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** How long until the next batch is due, in milliseconds; 0 for now, or where there is nothing left to wait for. */
  private untilBatch(): number {
    if (this.queue.length === 0) {
      return this.closing ? 0 : Number.POSITIVE_INFINITY;
    }
    if (this.closing || this.windowMs === 0 || batchLength(this.queue, this.batchSize).full) {
      return 0;
    }
    return Math.max(0, Math.max(this.filledAt, this.lastEnd) + this.windowMs - Date.now());
  }

  private sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = Number.isFinite(milliseconds) ? setTimeout(() => this.wake(), milliseconds) : undefined;
      this.wake = () => {
        clearTimeout(timer);
        this.wake = () => undefined;
        resolve();
      };
    });
  }
}
