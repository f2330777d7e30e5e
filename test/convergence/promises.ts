import type { Behaviour } from "../../sandbox/dms/behaviour";
import type { Cells } from "./cells";

/** From about this size on PostgreSQL may keep a value out of its row, and the log need not carry it. */
const OUT_OF_LINE = 2_000;

/**
 * The part of a row in which DMS promises the target to be as the source. What it leaves out is DMS's doing, and is
 * held to the target's table instead:
 *
 * - `nullOnUpdate: keep`: a column that is NULL in the source may have any value that it had before.
 * - `update: replace`: a value that is out of line may be missing.
 *
 * @returns the source's row and the other one, each without what may differ
 */
export function promisedParts(source: Cells, other: Cells, behaviour: Behaviour): [Cells, Cells] {
  const { update, nullOnUpdate } = behaviour;
  if (update === "replace") {
    return [without(source, (name, cell) => cell.length > OUT_OF_LINE && !(name in other)), other];
  }
  return nullOnUpdate === "keep" ? [source, without(other, (name) => !(name in source))] : [source, other];
}

function without(cells: Cells, left: (name: string, cell: string) => boolean): Cells {
  return Object.fromEntries(Object.entries(cells).filter(([name, cell]) => !left(name, cell)));
}
