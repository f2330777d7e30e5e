import type { ChangeRow } from "../../functions/changeEvent";
import { parseEvent } from "../../functions/parseEvent";
import { eventSchema } from "../helpers/eventSchema";
import { type Cells, rowId, sameCells, text } from "./cells";
import { numberCell } from "./numberCell";

/** Ids of events that are remembered to tell a repeat from an event that came out of order. */
const REMEMBERED_IDS = 300_000;

/** Faults that are kept to be shown; the others are only counted. */
const SHOWN_FAULTS = 10;

interface Row {
  sequence: string;
  /** Null once it is deleted. */
  cells: Cells | null;
}

/**
 * A consumer of the change stream as docs/guarantees.md tells one to be: it keeps of each row the event of the
 * highest sequence. On the way it holds the events to what is promised of them. Its memory is bounded by the number
 * of rows, deleted ones included.
 */
export class Replica {
  events = 0;
  duplicates = 0;
  faultCount = 0;
  /** The first of the promises that were broken, in words. */
  readonly faults: string[] = [];
  private readonly rows = new Map<string, Row>();
  private readonly ids = new Set<string>();
  private readonly validate = eventSchema();

  /** Takes in one record of the change stream. */
  take(line: string): void {
    const fault = this.validate(line);
    if (fault !== undefined) {
      this.report(fault);
      return;
    }
    this.events++;
    const { id, op, source, key, old: before, new: after, sequence } = parseEvent(line);
    if (this.ids.has(id)) {
      this.duplicates++;
      return;
    }
    this.remember(id);
    const row = rowId(source.table, cellsOf(key));
    const last = this.rows.get(row);
    if (last !== undefined && sequence <= last.sequence) {
      this.report(`${row}: ${op} ${sequence} came first after ${last.sequence}`);
      return;
    }
    const old = before === null ? null : cellsOf(before);
    // DynamoDB's images leave no gap, so one between two events is an event that is lost.
    if (last !== undefined && op !== "load" && !same(last.cells, old)) {
      this.report(
        `${row}: an event is lost before ${op} ${sequence}: the row was ${JSON.stringify(last.cells)} and is ${JSON.stringify(old)}`,
      );
    }
    this.rows.set(row, { sequence, cells: after === null ? null : cellsOf(after) });
  }

  /** The rows of a table that are there after all events, by their ids. */
  rowsOf(table: string): Map<string, Cells> {
    const present = new Map<string, Cells>();
    for (const [id, { cells }] of this.rows) {
      if (cells !== null && id.startsWith(`${table} `)) {
        present.set(id, cells);
      }
    }
    return present;
  }

  private remember(id: string): void {
    this.ids.add(id);
    if (this.ids.size > REMEMBERED_IDS) {
      const [oldest] = this.ids;
      this.ids.delete(oldest ?? "");
    }
  }

  private report(fault: string): void {
    this.faultCount++;
    if (this.faults.length < SHOWN_FAULTS) {
      this.faults.push(fault);
    }
  }
}

function same(one: Cells | null, other: Cells | null): boolean {
  return one === null || other === null ? one === other : sameCells(one, other);
}

function cellsOf(row: ChangeRow): Cells {
  const cells: Cells = {};
  for (const [name, value] of Object.entries(row)) {
    cells[name] = typeof value === "string" ? text(value) : numberCell(String(value));
  }
  return cells;
}
