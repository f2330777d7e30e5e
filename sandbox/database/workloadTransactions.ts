import { randomUUID } from "node:crypto";
import type { Faker } from "@faker-js/faker";
import type { Client } from "pg";
import { address, customer, money, order, orderLines, payment } from "./sampleData";

/** How many rows of a table were inserted, updated and deleted. */
export interface Tally {
  insert: number;
  update: number;
  delete: number;
}

/** Counted changes by table. */
export type Changes = Record<string, Tally>;

/** Adds what one transaction did to a total. @returns how many rows that were */
export function addChanges(total: Changes, changes: Changes): number {
  let rows = 0;
  for (const [table, tally] of Object.entries(changes)) {
    total[table] ??= { insert: 0, update: 0, delete: 0 };
    for (const operation of ["insert", "update", "delete"] as const) {
      total[table][operation] += tally[operation];
      rows += tally[operation];
    }
  }
  return rows;
}

/** What the shop's application knows: whom it can sell what, and which orders are at which step. */
export interface Shop {
  customers: number[];
  products: { productId: number; priceCents: number }[];
  orders: Record<OrderStatus, number[]>;
}

type OrderStatus = "placed" | "paid" | "shipped";

/** Reads the shop's state, in a fixed order so that the same seed does the same. */
export async function loadShop(client: Client): Promise<Shop> {
  const customers = await client.query("SELECT customer_id::int AS id FROM customers ORDER BY 1");
  const products = await client.query(
    `SELECT product_id::int AS "productId", (price * 100)::int AS "priceCents" FROM products ORDER BY 1`,
  );
  const orders = await client.query("SELECT order_id::int AS id, status FROM orders ORDER BY 1");
  const at = (status: OrderStatus) => orders.rows.filter((row) => row.status === status).map((row) => row.id);
  return {
    customers: customers.rows.map((row) => row.id),
    products: products.rows,
    orders: { placed: at("placed"), paid: at("paid"), shipped: at("shipped") },
  };
}

/** What a transaction works with. */
export interface Session {
  client: Client;
  faker: Faker;
  shop: Shop;
}

/** What a transaction did to the database, and what the shop knows once it is committed. */
export interface Effect {
  changes: Changes;
  settle(): void;
}

/** Runs statements and counts the rows that they change. */
class Counter {
  readonly changes: Changes = {};
  private readonly client: Client;

  constructor(client: Client) {
    this.client = client;
  }

  /** Inserts rows; columns that they do not name get their defaults. @returns the first row as inserted */
  async insert(table: string, ...rows: Record<string, unknown>[]): Promise<Record<string, unknown>> {
    const columns = Object.keys(rows[0] ?? {}).join(", ");
    const inserted = await this.client.query(
      `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM jsonb_populate_recordset(NULL::${table}, $1) RETURNING *`,
      [JSON.stringify(rows)],
    );
    this.count(table, "insert", inserted.rowCount);
    return inserted.rows[0];
  }

  async update(table: string, set: string, where: string, values: unknown[]): Promise<void> {
    const updated = await this.client.query(`UPDATE ${table} SET ${set} WHERE ${where}`, values);
    this.count(table, "update", updated.rowCount);
  }

  async delete(table: string, where: string, values: unknown[]): Promise<void> {
    const deleted = await this.client.query(`DELETE FROM ${table} WHERE ${where}`, values);
    this.count(table, "delete", deleted.rowCount);
  }

  private count(table: string, operation: keyof Tally, rows: number | null): void {
    this.changes[table] ??= { insert: 0, update: 0, delete: 0 };
    this.changes[table][operation] += rows ?? 0;
  }
}

type Transaction = (session: Session) => Promise<Effect>;

/** Takes an order out of the list of its status; done when the transaction is committed. */
function leave(shop: Shop, status: OrderStatus, orderId: number): void {
  const orders = shop.orders[status];
  orders.splice(orders.indexOf(orderId), 1);
}

const placeOrder: Transaction = async ({ client, faker, shop }) => {
  const db = new Counter(client);
  const { lines, totalCents } = orderLines(faker, shop.products);
  const inserted = await db.insert(
    "orders",
    order(faker, faker.helpers.arrayElement(shop.customers), totalCents),
  );
  const orderId = Number(inserted.order_id);
  await db.insert("order_lines", ...lines.map((line) => ({ order_id: orderId, ...line })));
  for (const line of lines) {
    await db.update("products", "in_stock = in_stock - $2", "product_id = $1", [
      line.product_id,
      line.quantity,
    ]);
  }
  return { changes: db.changes, settle: () => shop.orders.placed.push(orderId) };
};

const payOrder: Transaction = async ({ client, faker, shop }) => {
  const db = new Counter(client);
  const orderId = faker.helpers.arrayElement(shop.orders.placed);
  const { rows } = await client.query("SELECT total FROM orders WHERE order_id = $1 FOR UPDATE", [orderId]);
  await db.insert("payments", { ...payment(faker, orderId, rows[0]?.total), payment_id: randomUUID() });
  await db.update("orders", "status = 'paid'", "order_id = $1", [orderId]);
  return {
    changes: db.changes,
    settle() {
      leave(shop, "placed", orderId);
      shop.orders.paid.push(orderId);
    },
  };
};

const shipOrder: Transaction = async ({ client, faker, shop }) => {
  const db = new Counter(client);
  const orderId = faker.helpers.arrayElement(shop.orders.paid);
  await db.update("orders", "status = 'shipped', shipped_at = now(), note = NULL", "order_id = $1", [
    orderId,
  ]);
  return {
    changes: db.changes,
    settle() {
      leave(shop, "paid", orderId);
      shop.orders.shipped.push(orderId);
    },
  };
};

/** Takes an order and all that hangs on it out of the database. */
async function removeOrder(db: Counter, orderId: number): Promise<void> {
  await db.delete("payments", "order_id = $1", [orderId]);
  await db.delete("order_lines", "order_id = $1", [orderId]);
  await db.delete("orders", "order_id = $1", [orderId]);
}

const cancelOrder: Transaction = async ({ client, faker, shop }) => {
  const db = new Counter(client);
  const orderId = faker.helpers.arrayElement(shop.orders.placed);
  await removeOrder(db, orderId);
  await db.insert("audit_log", { actor: "shop", action: "cancel order", details: { orderId } });
  return { changes: db.changes, settle: () => leave(shop, "placed", orderId) };
};

/** Keeps the database from growing, as a real shop's nightly job does. */
const archiveOrder: Transaction = async ({ client, faker, shop }) => {
  const db = new Counter(client);
  const orderId = faker.helpers.arrayElement(shop.orders.shipped);
  await removeOrder(db, orderId);
  return { changes: db.changes, settle: () => leave(shop, "shipped", orderId) };
};

const moveHouse: Transaction = async ({ client, faker, shop }) => {
  const db = new Counter(client);
  const customerId = faker.helpers.arrayElement(shop.customers);
  const { street, city, country_code } = address(faker);
  const phone = faker.datatype.boolean(0.7) ? faker.phone.number() : null;
  await db.update("customers", "street = $2, city = $3, country_code = $4, phone = $5", "customer_id = $1", [
    customerId,
    street,
    city,
    country_code,
    phone,
  ]);
  return { changes: db.changes, settle: () => undefined };
};

const changePrice: Transaction = async ({ client, faker, shop }) => {
  const db = new Counter(client);
  const product = faker.helpers.arrayElement(shop.products);
  const priceCents = product.priceCents + faker.number.int({ min: 1, max: 500 });
  await db.update("products", "price = $2", "product_id = $1", [product.productId, money(priceCents)]);
  await db.insert("audit_log", {
    actor: "shop",
    action: "price change",
    details: { ...product, priceCents },
  });
  return {
    changes: db.changes,
    settle() {
      product.priceCents = priceCents;
    },
  };
};

// A seeded UUID would come again, and be refused, when a workload begins anew on a kept database.
const registerCustomer: Transaction = async ({ client, faker, shop }) => {
  const db = new Counter(client);
  const inserted = await db.insert("customers", { ...customer(faker), external_id: randomUUID() });
  return { changes: db.changes, settle: () => shop.customers.push(Number(inserted.customer_id)) };
};

/** What the shop's people do, with how often: as many orders are placed as are cancelled or archived. */
const TRANSACTIONS: { weight: number; run: Transaction; needs?: OrderStatus }[] = [
  { weight: 28, run: placeOrder },
  { weight: 23, run: payOrder, needs: "placed" },
  { weight: 23, run: shipOrder, needs: "paid" },
  { weight: 5, run: cancelOrder, needs: "placed" },
  { weight: 23, run: archiveOrder, needs: "shipped" },
  { weight: 10, run: moveHouse },
  { weight: 5, run: changePrice },
  { weight: 2, run: registerCustomer },
];

/** Picks what happens next: only what the orders at hand allow. */
export function nextTransaction({ faker, shop }: Session): Transaction {
  const possible = TRANSACTIONS.filter(({ needs }) => needs === undefined || shop.orders[needs].length > 0);
  return faker.helpers.weightedArrayElement(possible.map(({ weight, run }) => ({ weight, value: run })));
}
