import type { ShownEvent } from "./wire";

/**
 * The last events, of a bounded number and a bounded size: the oldest go. Adding one costs the same however many there
 * are.
 */
export class EventRing {
  readonly #slots: (ShownEvent | undefined)[];
  readonly #maximumCharacters: number;
  #oldest = 0;
  #size = 0;
  #characters = 0;

  /** @param maximumCharacters what the texts of all events together may hold; the newest event is always kept */
  constructor(capacity: number, maximumCharacters: number) {
    this.#slots = new Array(capacity);
    this.#maximumCharacters = maximumCharacters;
  }

  get size(): number {
    return this.#size;
  }

  get newest(): ShownEvent | undefined {
    return this.#size === 0 ? undefined : this.#slots[this.#place(this.#size - 1)];
  }

  add(event: ShownEvent): void {
    if (this.#size === this.#slots.length) {
      this.#dropOldest();
    }
    this.#slots[this.#place(this.#size)] = event;
    this.#size += 1;
    this.#characters += characters(event);
    while (this.#characters > this.#maximumCharacters && this.#size > 1) {
      this.#dropOldest();
    }
  }

  clear(): void {
    this.#slots.fill(undefined);
    this.#oldest = 0;
    this.#size = 0;
    this.#characters = 0;
  }

  newestFirst(): ShownEvent[] {
    return this.oldestFirst().reverse();
  }

  oldestFirst(): ShownEvent[] {
    const events: ShownEvent[] = [];
    for (let index = 0; index < this.#size; index++) {
      const event = this.#slots[this.#place(index)];
      if (event) {
        events.push(event);
      }
    }
    return events;
  }

  #place(index: number): number {
    return (this.#oldest + index) % this.#slots.length;
  }

  #dropOldest(): void {
    const event = this.#slots[this.#oldest];
    this.#slots[this.#oldest] = undefined;
    this.#oldest = this.#place(1);
    this.#size -= 1;
    this.#characters -= event ? characters(event) : 0;
  }
}

/** What an event's texts hold, as good as needed for a bound. */
function characters({ key, table, id, columns }: ShownEvent): number {
  return columns.reduce(
    (sum, column) => sum + column.name.length + (column.old?.length ?? 0) + (column.new?.length ?? 0),
    key.length + table.length + id.length,
  );
}
