interface Entry {
  sequenceNumber: string;
  done: boolean;
}

/** A record's place in its shard's order, to be handed back when it is done. */
export type Ticket = Entry;

/**
 * Which records of a shard are done, when several lanes work on them out of order: the checkpoint is the last
 * record before the first one that is not done. Resuming after it can repeat records, but can skip none.
 */
export class ShardProgress {
  private entries: Entry[] = [];
  private head = 0;
  private last: string | undefined;
  private open = 0;

  /** How many records are not done. */
  get pending(): number {
    return this.open;
  }

  /** How many records are between the checkpoint and the reader; some of them may be done. */
  get outstanding(): number {
    return this.entries.length - this.head;
  }

  /** The sequence number to resume after; undefined while nothing is done. */
  get checkpoint(): string | undefined {
    return this.last;
  }

  /** Notes a record that was read; call in the shard's order. */
  add(sequenceNumber: string): Ticket {
    const entry = { sequenceNumber, done: false };
    this.entries.push(entry);
    this.open++;
    return entry;
  }

  /** Notes that records are delivered, filtered out or given up on. @returns whether the checkpoint moved */
  complete(tickets: Iterable<Ticket>): boolean {
    for (const ticket of tickets) {
      this.open -= ticket.done ? 0 : 1;
      ticket.done = true;
    }
    const before = this.head;
    let entry = this.entries[this.head];
    while (entry?.done) {
      this.last = entry.sequenceNumber;
      entry = this.entries[++this.head];
    }
    const moved = this.head > before;
    if (this.head > 1024 && this.head * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.head);
      this.head = 0;
    }
    return moved;
  }
}
