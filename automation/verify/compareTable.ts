import type { ReplicatedTable } from "../../components/replicatedTable";
import { pause, throwIfAborted } from "../poll";
import { qualifiedName } from "../tableMatch";
import { type Item, keyId, type RowKey, rowKey } from "./rowKey";
import { attributeText, sameValue } from "./sameValue";
import type { RowDifference, TableVerification } from "./verifyResult";
import type { SourceRow, SourceTable, VerifySource } from "./verifySource";
import { MAX_KEYS, type VerifyTarget } from "./verifyTarget";

/** How tables are compared. */
export interface CompareOptions {
  source: VerifySource;
  target: VerifyTarget;
  /** The key columns that the configuration names for a table, by `schema.table`. */
  keys: Record<string, string[]>;
  /** How long a row must differ without a change on either side until it is reported, in milliseconds. */
  settleMs: number;
  showValues: boolean;
  onProgress?: ((table: string, rows: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** Rows that may wait for their second look: beyond it a table is not read on. Bounds the memory. */
const MAX_SUSPECTS = 10_000;

/** A row that keeps changing is given up after so many times the settle time. */
const PATIENCE = 3;

const LOOK_PAUSE_MS = 250;

/** A row on both sides: the key columns' values in the source, and the key in DynamoDB. */
interface Place {
  values: string[];
  key: Item;
}

/** A row that differed when it was looked at. */
interface Suspect {
  place: Place;
  /** Both sides as they were at the last look, when that was, and since when they are so. */
  seen: string;
  lookedAt: number;
  since: number;
  difference: Omit<RowDifference, "key">;
}

/**
 * Compares one table: the source's rows in the order of their keys against DynamoDB's items, then DynamoDB's keys
 * against the source. Changes flow meanwhile, so what differs is looked at again: a row that becomes the same was on
 * its way, and only one that stays as it is for the settle time is reported.
 */
export async function compareTable(
  target: ReplicatedTable,
  options: CompareOptions,
): Promise<TableVerification> {
  const result: TableVerification = {
    table: qualifiedName(target),
    tableName: target.tableName,
    rows: { source: 0, target: 0 },
    differences: [],
    skipped: [],
  };
  const source = await options.source.describe(target.schema, target.table);
  const key =
    source === undefined
      ? "there is no such table in the source"
      : rowKey(source, target, options.keys[result.table]);
  if (source === undefined || typeof key === "string") {
    return { ...result, incomplete: String(key) };
  }
  result.skipped = source.columns.flatMap(({ name, rule }) =>
    rule.kind === "lost" ? [{ column: name, reason: rule.reason }] : [],
  );
  const comparison = new Comparison(source, target.tableName, key, options, result);
  await comparison.readSource();
  await comparison.readTarget();
  await comparison.settle();
  return result;
}

class Comparison {
  private readonly suspects = new Map<string, Suspect>();

  constructor(
    private readonly table: SourceTable,
    private readonly tableName: string,
    private readonly key: RowKey,
    private readonly options: CompareOptions,
    private readonly result: TableVerification,
  ) {}

  /** Looks for every row of the source in DynamoDB. */
  async readSource(): Promise<void> {
    const { source } = this.options;
    let after: string[] | undefined;
    while (!this.isFull()) {
      throwIfAborted(this.options.signal);
      const rows = await source.rowsAfter(this.table, this.key.columns, after, MAX_KEYS);
      this.result.rows.source += rows.length;
      this.options.onProgress?.(this.result.table, this.result.rows.source);
      await this.check(
        rows.flatMap((row) => this.placeOf(row)),
        rows,
      );
      const last = rows.at(-1);
      if (rows.length < MAX_KEYS || last === undefined) {
        return;
      }
      after = this.valuesOf(last);
    }
  }

  /** Looks for every item of DynamoDB in the source. */
  async readTarget(): Promise<void> {
    for await (const page of this.options.target.scan(this.tableName, this.key.attributes)) {
      throwIfAborted(this.options.signal);
      this.result.rows.target += page.length;
      for (let start = 0; start < page.length && !this.isFull(); start += MAX_KEYS) {
        await this.lookForExtra(page.slice(start, start + MAX_KEYS));
      }
      if (this.isFull()) {
        return;
      }
    }
  }

  private async lookForExtra(items: readonly Item[]): Promise<void> {
    const places = items.flatMap((item) => {
      const values = this.key.valuesOf(item);
      return values === undefined ? [] : [{ values, key: this.key.ofItem(item) }];
    });
    if (places.length < items.length) {
      this.result.incomplete ??= `${this.tableName} has items without the key columns ${this.key.columns.join(", ")}`;
    }
    const rows = await this.rowsOf(places);
    const there = new Set(rows.map((row) => this.idOf(row)));
    await this.check(
      places.filter(({ key }) => !there.has(keyId(key))),
      [],
    );
  }

  private rowsOf(places: readonly Place[]): Promise<SourceRow[]> {
    const values = places.map((place) => place.values);
    return this.options.source.rowsOf(this.table, this.key.columns, values);
  }

  /** Reads the items of some rows, which come after the rows, and notes which differ and which do not. */
  private async check(places: readonly Place[], rows: readonly SourceRow[]): Promise<void> {
    const keys = places.map(({ key }) => key);
    const items = await this.options.target.itemsOf(this.tableName, keys);
    const rowsById = new Map(rows.map((row) => [this.idOf(row), row]));
    const itemsById = new Map(items.map((item) => [keyId(this.key.ofItem(item)), item]));
    for (const place of places) {
      const id = keyId(place.key);
      this.note(id, place, rowsById.get(id), itemsById.get(id));
    }
  }

  private note(id: string, place: Place, row: SourceRow | undefined, item: Item | undefined): void {
    const difference = this.compare(row, item);
    if (difference === undefined) {
      this.suspects.delete(id);
      return;
    }
    const seen = JSON.stringify([row, item]);
    const before = this.suspects.get(id);
    const lookedAt = Date.now();
    const since = before?.seen === seen ? before.since : lookedAt;
    this.suspects.set(id, { place, seen, lookedAt, since, difference });
  }

  private compare(
    row: SourceRow | undefined,
    item: Item | undefined,
  ): Omit<RowDifference, "key"> | undefined {
    if (row === undefined || item === undefined) {
      const kind = row === undefined ? "extra" : "missing";
      return row === item ? undefined : { kind, columns: [] };
    }
    const keyNames = Object.keys(this.key.ofItem(item));
    const differing = this.table.columns.filter(
      ({ name, rule }) => !keyNames.includes(name) && !sameValue(rule, row[name] ?? null, item[name]),
    );
    if (differing.length === 0) {
      return undefined;
    }
    const columns = differing.map(({ name }) => name);
    const both = (name: string) => ({
      source: row[name] ?? null,
      target: (item[name] && attributeText(item[name])) ?? null,
    });
    return {
      kind: "differs",
      columns,
      ...(this.options.showValues && {
        values: Object.fromEntries(columns.map((name) => [name, both(name)])),
      }),
    };
  }

  /** Looks at the suspects again until each is the same, stands as it is, or has changed for too long. */
  async settle(): Promise<void> {
    const { settleMs, signal } = this.options;
    const deadline = Date.now() + settleMs * PATIENCE;
    for (;;) {
      const waiting = [...this.suspects.values()].filter((suspect) => !this.stands(suspect));
      if (waiting.length === 0 || Date.now() >= deadline) {
        break;
      }
      await pause(LOOK_PAUSE_MS, signal);
      throwIfAborted(signal);
      const places = [...this.suspects.values()].map(({ place }) => place);
      for (let start = 0; start < places.length; start += MAX_KEYS) {
        const part = places.slice(start, start + MAX_KEYS);
        await this.check(part, await this.rowsOf(part));
      }
    }
    for (const suspect of this.suspects.values()) {
      const { place, difference } = suspect;
      const key = Object.fromEntries(
        this.key.columns.map((name, index) => [name, place.values[index] ?? ""]),
      );
      this.result.differences.push(
        this.stands(suspect)
          ? { ...difference, key }
          : { kind: "changing", key, columns: difference.columns },
      );
    }
  }

  /** Whether a row was the same at two looks so far apart: one look, however long ago, says nothing. */
  private stands({ lookedAt, since }: Suspect): boolean {
    return lookedAt - since >= this.options.settleMs;
  }

  /** Whether so many rows differ that reading on would only find more. */
  private isFull(): boolean {
    if (this.suspects.size < MAX_SUSPECTS) {
      return false;
    }
    this.result.incomplete = `more than ${MAX_SUSPECTS} rows differ: the rest was not compared`;
    return true;
  }

  private placeOf(row: SourceRow): Place[] {
    const key = this.key.ofRow(row);
    return key === undefined ? [] : [{ values: this.valuesOf(row), key }];
  }

  private idOf(row: SourceRow): string {
    const key = this.key.ofRow(row);
    return key === undefined ? "" : keyId(key);
  }

  private valuesOf(row: SourceRow): string[] {
    return this.key.columns.map((name) => row[name] ?? "");
  }
}
