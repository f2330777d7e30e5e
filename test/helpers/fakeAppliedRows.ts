import type { AppliedRows } from "../../functions/appliedRows";

/** Remembers rows in memory, by the same rule as the table. */
export class FakeAppliedRows implements AppliedRows {
  readonly sequences = new Map<string, string>();

  async read(rows: readonly string[]): Promise<Map<string, string>> {
    return new Map([...this.sequences].filter(([row]) => rows.includes(row)));
  }

  async write(row: string, sequence: string): Promise<void> {
    if (sequence > (this.sequences.get(row) ?? "")) this.sequences.set(row, sequence);
  }
}
