/** Bytes of the log that may wait before the source is no longer read. */
const HIGH_WATER_BYTES = 4 * 1024 * 1024;

/** What a queue needs of the stream that it is a part of. */
export interface DeliveryOptions<Item> {
  /** Hands one item over; a returned promise holds those behind it back. */
  deliver(item: Item): void | Promise<void>;
  /** Stops reading from the source, and begins again. */
  pause(): void;
  resume(): void;
  onFailure(error: unknown): void;
}

/** Hands over what was read from a log, in order, and holds the log back while too much waits. */
export class DeliveryQueue<Item> {
  private readonly items: { item: Item; bytes: number }[] = [];
  private waitingBytes = 0;
  private paused = false;
  private pumping = false;
  private ended = false;

  constructor(private readonly options: DeliveryOptions<Item>) {}

  push(item: Item, bytes: number): void {
    this.items.push({ item, bytes });
    this.waitingBytes += bytes;
    if (this.waitingBytes > HIGH_WATER_BYTES && !this.paused) {
      this.paused = true;
      this.options.pause();
    }
    if (!this.pumping) {
      this.pump().catch((error: unknown) => this.options.onFailure(error));
    }
  }

  /** Hands nothing over any more. */
  end(): void {
    this.ended = true;
    this.items.length = 0;
  }

  /** Waits only where the receiver does. */
  private async pump(): Promise<void> {
    this.pumping = true;
    let index = 0;
    while (index < this.items.length && !this.ended) {
      const { item, bytes } = this.items[index++] as { item: Item; bytes: number };
      const wait = this.options.deliver(item);
      if (wait !== undefined) {
        await wait;
      }
      this.waitingBytes -= bytes;
      if (index === this.items.length || index > 1_000) {
        this.items.splice(0, index);
        index = 0;
      }
      if (this.paused && this.waitingBytes < HIGH_WATER_BYTES / 2) {
        this.paused = false;
        this.options.resume();
      }
    }
    // In the same step as the look at the queue: what is pushed after it finds no pump at work.
    this.pumping = false;
  }
}
