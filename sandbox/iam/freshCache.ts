/**
 * How long what was read of MiniStack is taken to hold, in milliseconds: a policy that is taken away has effect
 * after so long at most. (On AWS it takes seconds; IAM is eventually consistent.)
 */
const FRESH_MS = 1_000;

/** Remembers what was read for a second; those who ask at the same time share one read. */
export class FreshCache<T> {
  private readonly entries = new Map<string, { readAt: number; value: Promise<T> }>();

  /** @param read reads it anew; a failed read is not remembered */
  constructor(private readonly read: (key: string) => Promise<T>) {}

  get(key: string): Promise<T> {
    const entry = this.entries.get(key);
    const now = performance.now();
    if (entry !== undefined && now - entry.readAt < FRESH_MS) {
      return entry.value;
    }
    const value = this.read(key);
    this.entries.set(key, { readAt: now, value });
    value.catch(() => this.entries.delete(key));
    return value;
  }
}
