import { isLosslessNumber, stringify } from "lossless-json";
import type { ChangeEvent, ChangeRow } from "../../functions/changeEvent";
import type { ShownColumn, ShownEvent } from "../../page/model/wire";

/** What is shown of a value: its first characters. */
const VALUE_CHARACTERS = 500;
const KEY_CHARACTERS = 200;
const COLUMNS = 200;

/**
 * A change event as the page shows it.
 *
 * @param n its place among all
 * @param arrivedAt when it was written to the stream; undefined where that is not known
 */
export function shownEvent(event: ChangeEvent, n: number, arrivedAt: Date | undefined): ShownEvent {
  const at = Date.parse(event.at);
  const names = columnNames(event);
  const isKnown = Number.isFinite(at);
  return {
    n,
    id: String(event.id),
    op: event.op,
    table: `${event.source.schema}.${event.source.table}`,
    key: shortened(
      Object.entries(event.key)
        .map(([name, value]) => `${name}=${text(value)}`)
        .join(", "),
      KEY_CHARACTERS,
    ),
    at: isKnown ? at : null,
    // Of a load it would tell how long the loading of the table took.
    latencyMs: isKnown && arrivedAt && event.op !== "load" ? Math.max(0, arrivedAt.getTime() - at) : null,
    columns: names.slice(0, COLUMNS).map((name) => column(event, name)),
    keyColumns: names.filter((name) => name in event.key).length,
    hidden: Math.max(0, names.length - COLUMNS),
    ...(event.ref && { ref: `s3://${event.ref.bucket}/${event.ref.key}` }),
  };
}

/** The columns of both rows: what identifies the row first, then what has changed. */
function columnNames({ key, changed, old, new: after }: ChangeEvent): string[] {
  const all = new Set([...Object.keys(after ?? {}), ...Object.keys(old ?? {})]);
  const first = [...Object.keys(key), ...changed].filter((name) => all.has(name));
  return [...new Set([...first, ...all])];
}

function column(event: ChangeEvent, name: string): ShownColumn {
  return {
    name,
    old: valueIn(event.old, name),
    new: valueIn(event.new, name),
    changed: event.changed.includes(name),
  };
}

function valueIn(row: ChangeRow | null, name: string): string | null {
  const value = row?.[name];
  return value === undefined || value === null ? null : shortened(text(value), VALUE_CHARACTERS);
}

/** A value with every digit that it has. */
function text(value: unknown): string {
  if (typeof value === "string") {
    return value;
  }
  return isLosslessNumber(value) ? value.toString() : (stringify(value) ?? "");
}

/** The first characters, and how many there are in all. */
function shortened(whole: string, length: number): string {
  return whole.length > length ? `${whole.slice(0, length)}… (${whole.length} characters)` : whole;
}
