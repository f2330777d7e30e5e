import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";

/** The one table, in the schema `public`. */
export const TABLE = "purchases";

/** Rows of one statement of a burst, and as many rows are there before anything is measured. */
const BLOCK = 500;

/** How many insertions ago a row was inserted that is updated under the steady load. */
const LAG = 50;

/** PostgreSQL's time in the middle of the statement, in microseconds since 1970. Each statement is a transaction. */
const NOW = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

/** The columns of a new row whose number is `n`. */
const NEW_ROW = `n, 1, n % 977, 'placed', (n % 5000)::numeric / 100 + 1, 'EUR', 'leave it with the neighbours, number ' || n,
  n % 120 || ' Station Road', 'Springfield', ${NOW}`;

/** What was written, one entry a change. */
export interface Written {
  /** When the first statement began, in milliseconds since 1970. */
  begun: number;
  /** Names each change, as {@link changeId} makes it. */
  changes: Set<string>;
}

/** A row's number and its version name a change. */
export function changeId(row: { purchase_id: unknown; version: unknown }): string {
  return `${row.purchase_id}:${row.version}`;
}

/** Makes the table. Its log holds old rows as a whole, so that every way to an event can have them. */
export async function createTable(client: Client): Promise<void> {
  await client.query(
    `CREATE TABLE ${TABLE} (purchase_id bigint PRIMARY KEY, version integer NOT NULL, customer_id integer NOT NULL,
       status text NOT NULL, total numeric(12,2) NOT NULL, currency text NOT NULL, note text, street text, city text,
       written_us bigint NOT NULL)`,
  );
  await client.query(`ALTER TABLE ${TABLE} REPLICA IDENTITY FULL`);
}

/**
 * Changes rows: one insertion, one update, and so on, for the time of a deletion could not travel in its row. Every
 * row tells when it was written.
 */
export class Writer {
  private next = BLOCK + 1;
  /** Of each row that was written. */
  private readonly versions = new Map<number, number>();

  private constructor(private readonly client: Client) {}

  /** Empties the table and fills it with the first rows. */
  static async open(client: Client): Promise<Writer> {
    const writer = new Writer(client);
    await client.query(`TRUNCATE ${TABLE}`);
    await writer.insert(1, BLOCK);
    return writer;
  }

  /** Changes row by row, at a rate that does not depend on how fast anything else is. */
  async steady(changesPerSecond: number, seconds: number): Promise<Written> {
    const written: Written = { begun: Date.now(), changes: new Set() };
    const begun = performance.now();
    for (let count = 0; count < changesPerSecond * seconds; count += 1) {
      await sleep(Math.max(0, begun + (count * 1000) / changesPerSecond - performance.now()));
      if (count % 2 === 0) {
        this.note(written, await this.insert(this.next, 1));
        this.next += 1;
      } else {
        this.note(written, await this.update(this.next - LAG, 1));
      }
    }
    return written;
  }

  /** Changes so many rows at once, in statements of 500: insertions, and updates of the 500 rows before them. */
  async burst(changes: number): Promise<Written> {
    const written: Written = { begun: Date.now(), changes: new Set() };
    for (let count = 0; count < changes; count += 2 * BLOCK) {
      this.note(written, await this.insert(this.next, BLOCK));
      this.note(written, await this.update(this.next - BLOCK, BLOCK));
      this.next += BLOCK;
    }
    return written;
  }

  private async insert(from: number, count: number): Promise<string[]> {
    await this.client.query(
      `INSERT INTO ${TABLE} SELECT ${NEW_ROW} FROM generate_series($1::bigint, $2::bigint) AS n`,
      [from, from + count - 1],
    );
    return this.ids(from, count, () => 1);
  }

  private async update(from: number, count: number): Promise<string[]> {
    await this.client.query(
      `UPDATE ${TABLE} SET version = version + 1, status = 'paid ' || version, total = total + 1, written_us = ${NOW}
         WHERE purchase_id BETWEEN $1 AND $2`,
      [from, from + count - 1],
    );
    return this.ids(from, count, (row) => (this.versions.get(row) ?? 1) + 1);
  }

  private ids(from: number, count: number, version: (row: number) => number): string[] {
    return Array.from({ length: count }, (_, index) => {
      const row = from + index;
      this.versions.set(row, version(row));
      return changeId({ purchase_id: row, version: this.versions.get(row) });
    });
  }

  private note(written: Written, ids: readonly string[]): void {
    for (const id of ids) {
      written.changes.add(id);
    }
  }
}
