import { stringify } from "lossless-json";
import type { ChangeEvent, ChangeOperation, ChangeRow } from "../../functions/changeEvent";
import { seededRandom } from "./seededRandom";

const STATUSES = ["placed", "paid", "shipped"];
const NAMES = ["Ada Byron", "Grace Hopper", "Edgar Codd", "Barbara Liskov", "Jim Gray", "Radia Perlman"];
const METHODS = ["card", "invoice", "transfer"];

/** What a shop does all day, as change events, one after the other and the same for the same seed. */
export class ShopEvents {
  private readonly random: () => number;
  private readonly orders: ChangeRow[] = [];
  private count = 0;
  private orderId = 4_200;

  constructor(seed = 7) {
    this.random = seededRandom(seed);
  }

  /** The next event. @param at when it reached its table, in milliseconds since 1970 */
  next(at: number): ChangeEvent {
    const dice = this.random();
    const order = this.orders[this.pick(this.orders.length)];
    if (order === undefined || dice < 0.2) {
      return this.placeOrder(at);
    }
    if (dice < 0.45) {
      return this.orderLine(order, at);
    }
    if (dice < 0.55) {
      const payment = {
        payment_id: `0f8fad5b-d9cb-469f-a165-${String(this.count).padStart(12, "0")}`,
        order_id: order.order_id,
        method: METHODS[this.pick(METHODS.length)],
        amount: order.total,
        paid_at: new Date(at).toISOString(),
      };
      return this.event("payments", "insert", { payment_id: payment.payment_id }, null, payment, at);
    }
    if (dice < 0.8) {
      const status = STATUSES[Math.min(2, STATUSES.indexOf(String(order.status)) + 1)];
      const next = {
        ...order,
        status,
        ...(status === "shipped" && { shipped_at: new Date(at).toISOString() }),
      };
      this.orders[this.orders.indexOf(order)] = next;
      return this.event("orders", "update", { order_id: order.order_id }, order, next, at);
    }
    if (dice < 0.95) {
      const id = 1 + this.pick(80);
      const product = {
        product_id: id,
        sku: `SKU-${1000 + id}`,
        name: `Espresso beans ${250 * (1 + (id % 4))} g`,
        price: 8.9 + id,
        in_stock: 100 + this.pick(50),
      };
      const sold = { ...product, in_stock: product.in_stock - 1 - this.pick(5) };
      return this.event("products", "update", { product_id: id }, product, sold, at);
    }
    this.orders.splice(this.orders.indexOf(order), 1);
    return this.event("orders", "delete", { order_id: order.order_id }, order, null, at);
  }

  /** The same as the text of a record. */
  nextRecord(at: number): Uint8Array {
    return Buffer.from(`${stringify(this.next(at))}\n`);
  }

  private placeOrder(at: number): ChangeEvent {
    this.orderId += 1;
    const order = {
      order_id: this.orderId,
      customer_id: 1 + this.pick(500),
      customer: NAMES[this.pick(NAMES.length)],
      status: "placed",
      currency: "EUR",
      total: Math.round(this.random() * 40_000) / 100,
      placed_at: new Date(at).toISOString(),
    };
    this.orders.push(order);
    if (this.orders.length > 200) {
      this.orders.shift();
    }
    return this.event("orders", "insert", { order_id: order.order_id }, null, order, at);
  }

  private orderLine(order: ChangeRow, at: number): ChangeEvent {
    const line = {
      order_id: order.order_id,
      line_no: 1 + this.pick(5),
      product_id: 1 + this.pick(80),
      quantity: 1 + this.pick(4),
      unit_price: Math.round(this.random() * 9_000) / 100,
      discount: 0,
    };
    const key = { order_id: line.order_id, line_no: line.line_no };
    return this.event("order_lines", "insert", key, null, line, at);
  }

  private event(
    table: string,
    op: ChangeOperation,
    key: ChangeRow,
    old: ChangeRow | null,
    after: ChangeRow | null,
    at: number,
  ): ChangeEvent {
    this.count += 1;
    return {
      v: 1,
      id: this.count.toString(16).padStart(32, "0"),
      op,
      source: { name: "shop", engine: "postgres", schema: "public", table },
      key,
      old,
      new: after,
      changed:
        op === "update" ? Object.keys(after ?? {}).filter((name) => old?.[name] !== after?.[name]) : [],
      at: new Date(Math.floor(at / 1_000) * 1_000).toISOString(),
      sequence: String(this.count).padStart(40, "0"),
    };
  }

  private pick(count: number): number {
    return Math.floor(this.random() * count);
  }
}
