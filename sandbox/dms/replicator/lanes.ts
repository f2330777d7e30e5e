/** Spreads work over a number of queues: work of one key is done in order, work of others at the same time. */
export class Lanes<Item> {
  private readonly queues: Item[][];
  private readonly running: boolean[];

  /**
   * @param count how many pieces of work are done at the same time
   * @param take removes from a lane's queue what is done next, at least one item
   * @param work does it; never rejects
   */
  constructor(
    count: number,
    private readonly take: (queue: Item[]) => Item[],
    private readonly work: (items: Item[]) => Promise<void>,
  ) {
    this.queues = Array.from({ length: count }, () => []);
    this.running = new Array(count).fill(false);
  }

  push(key: string, item: Item): void {
    const lane = hash(key) % this.queues.length;
    this.queues[lane]?.push(item);
    if (!this.running[lane]) {
      this.running[lane] = true;
      void this.run(lane);
    }
  }

  /** Removes what has not begun. */
  clear(): void {
    for (const queue of this.queues) {
      queue.length = 0;
    }
  }

  private async run(lane: number): Promise<void> {
    const queue = this.queues[lane] ?? [];
    // One turn of the event loop lets what arrives together go in one batch.
    await Promise.resolve();
    while (queue.length > 0) {
      await this.work(this.take(queue));
    }
    this.running[lane] = false;
  }
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}
