import type { ShownEvent } from "../../page/model/wire";

/** An event as the page holds it: an update of an order. */
export function shown(n: number, changes: Partial<ShownEvent> = {}): ShownEvent {
  return {
    n,
    id: `id-${n}`,
    op: "update",
    table: "public.orders",
    key: `order_id=${n}`,
    at: 1_000,
    latencyMs: 200,
    keyColumns: 1,
    columns: [
      { name: "order_id", old: String(n), new: String(n), changed: false },
      { name: "status", old: "placed", new: "paid", changed: true },
    ],
    hidden: 0,
    ...changes,
  };
}
