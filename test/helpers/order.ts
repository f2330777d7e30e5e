import type { ChangeEvent } from "../../functions/changeEvent";

/**
 * What is wrong with a stream's events against those that should be there: events that are missing, and rows whose
 * events came out of order when they came first (repeats may come at any time).
 *
 * @param expected every event that happened, in its order
 * @param published the stream
 */
export function faultsOfOrder(expected: readonly ChangeEvent[], published: readonly ChangeEvent[]): string[] {
  const faults: string[] = [];
  const seen = new Set<string>();
  const lastOfRow = new Map<string, string>();
  for (const event of published) {
    if (seen.has(event.id)) {
      continue;
    }
    seen.add(event.id);
    const row = rowOf(event);
    if (event.sequence < (lastOfRow.get(row) ?? "")) {
      faults.push(`${row}: ${event.sequence} came first after ${lastOfRow.get(row)}`);
    }
    lastOfRow.set(row, event.sequence);
  }
  for (const event of expected) {
    if (!seen.has(event.id)) {
      faults.push(`${rowOf(event)}: ${event.sequence} is lost`);
    }
  }
  return faults;
}

/**
 * The table that a consumer ends up with who drops every event whose sequence is not above the last one of its row:
 * rows by key.
 */
export function fold(events: readonly ChangeEvent[]): Map<string, unknown> {
  const last = new Map<string, string>();
  const rows = new Map<string, unknown>();
  for (const event of events) {
    const row = rowOf(event);
    if (event.sequence <= (last.get(row) ?? "")) {
      continue;
    }
    last.set(row, event.sequence);
    if (event.op === "delete") {
      rows.delete(row);
    } else {
      rows.set(row, event.new);
    }
  }
  return rows;
}

function rowOf({ source, key }: ChangeEvent): string {
  return `${source.schema}.${source.table} ${JSON.stringify(key)}`;
}
