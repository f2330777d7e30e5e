import type { Operation, ShownEvent } from "./wire";

/** Which events are shown. An empty set stands for all. */
export interface EventFilter {
  tables: ReadonlySet<string>;
  operations: ReadonlySet<Operation>;
  /** What an event must hold somewhere: in its table's name, its key, its columns' names or values, or its id. */
  text: string;
}

export const EVERYTHING: EventFilter = { tables: new Set(), operations: new Set(), text: "" };

/** Whether a filter lets everything through. */
export function isEverything({ tables, operations, text }: EventFilter): boolean {
  return tables.size === 0 && operations.size === 0 && text.trim() === "";
}

/** Makes the test of a filter; upper and lower case are the same to it. */
export function eventTest(filter: EventFilter): (event: ShownEvent) => boolean {
  const { tables, operations } = filter;
  const wanted = filter.text.trim().toLowerCase();
  const holds = (text: string | null) => text?.toLowerCase().includes(wanted) === true;
  return (event) =>
    (tables.size === 0 || tables.has(event.table)) &&
    (operations.size === 0 || operations.has(event.op)) &&
    (wanted === "" ||
      holds(event.table) ||
      holds(event.key) ||
      holds(event.id) ||
      event.columns.some((column) => holds(column.name) || holds(column.old) || holds(column.new)));
}

/** The set with the value in it if it was not, without it if it was. */
export function toggled<Value>(set: ReadonlySet<Value>, value: Value): ReadonlySet<Value> {
  const next = new Set(set);
  if (!next.delete(value)) {
    next.add(value);
  }
  return next;
}
