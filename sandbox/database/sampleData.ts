import { base, en, Faker } from "@faker-js/faker";

/** The day the sample's history ends: fixed, so that the data is the same in every sandbox. */
const LAST_DAY = "2026-01-31T00:00:00.000Z";

const CURRENCY = "EUR";

/** Notes as people leave them: text that a careless pipeline would break. */
const NOTES = [
  "Leave at the neighbour's door",
  'Gift wrap, card: "Happy birthday! 🎂"',
  "Call before delivery\nbell does not work",
  "Grüße aus Köln; paid in cash",
];

/** How many rows of each kind to make. */
export interface SampleSize {
  customers: number;
  products: number;
  orders: number;
  auditEntries: number;
}

/** A few thousand rows in all, which DMS loads in seconds. */
export const SAMPLE_SIZE: SampleSize = { customers: 400, products: 150, orders: 800, auditEntries: 500 };

/** Rows by table, in an order that satisfies the foreign keys; column names as in the schema. */
export type SampleRows = Record<string, Record<string, unknown>[]>;

/** A source of made-up values that gives the same ones for the same seed. */
export function seededFaker(seed: number): Faker {
  const faker = new Faker({ locale: [en, base] });
  faker.seed(seed);
  faker.setDefaultRefDate(LAST_DAY);
  return faker;
}

/** An amount of money with two decimals, as text: no binary fraction comes near it. */
export function money(cents: number): string {
  return (cents / 100).toFixed(2);
}

/** A customer's columns, but for the key. */
export function customer(faker: Faker): Record<string, unknown> {
  const name = faker.person.fullName();
  return {
    external_id: faker.string.uuid(),
    name,
    email: faker.internet.exampleEmail().toLowerCase(),
    phone: faker.datatype.boolean(0.8) ? faker.phone.number() : null,
    ...address(faker),
    date_of_birth: faker.datatype.boolean(0.7) ? faker.date.birthdate().toISOString().slice(0, 10) : null,
    vip: faker.datatype.boolean(0.1),
    preferences: {
      newsletter: faker.datatype.boolean(),
      language: faker.helpers.arrayElement(["de", "en", "fr"]),
    },
  };
}

/** The columns of a customer's address. */
export function address(faker: Faker): Record<string, string> {
  return {
    street: faker.location.streetAddress(),
    city: faker.location.city(),
    country_code: faker.location.countryCode(),
  };
}

function product(faker: Faker, id: number): Record<string, unknown> {
  return {
    product_id: id,
    sku: `SKU-${String(id).padStart(5, "0")}`,
    name: faker.commerce.productName(),
    description: faker.datatype.boolean(0.9) ? faker.commerce.productDescription() : null,
    price: money(faker.number.int({ min: 99, max: 99_999 })),
    weight_kg: faker.number.float({ min: 0.05, max: 40, fractionDigits: 3 }),
    in_stock: faker.number.int({ min: 100_000, max: 900_000 }),
    discontinued: faker.datatype.boolean(0.05),
    attributes: { material: faker.commerce.productMaterial(), colour: faker.color.human() },
    available_from: faker.date.past({ years: 5 }).toISOString().slice(0, 10),
  };
}

/** The lines of a new order, each of another product, without the order's key; and what they come to. */
export function orderLines(
  faker: Faker,
  products: { productId: number; priceCents: number }[],
): { lines: Record<string, unknown>[]; totalCents: number } {
  const chosen = faker.helpers.arrayElements(products, { min: 1, max: 4 });
  let totalCents = 0;
  const lines = chosen.map(({ productId, priceCents }, index) => {
    const quantity = faker.number.int({ min: 1, max: 5 });
    const discount = faker.helpers.arrayElement(["0", "0.0250", "0.1000"]);
    totalCents += Math.round(quantity * priceCents * (1 - Number(discount)));
    return {
      line_no: index + 1,
      product_id: productId,
      quantity,
      unit_price: money(priceCents),
      discount,
    };
  });
  return { lines, totalCents };
}

/** An order's columns, but for its key and its lines. */
export function order(faker: Faker, customerId: number, totalCents: number): Record<string, unknown> {
  return {
    customer_id: customerId,
    status: "placed",
    currency: CURRENCY,
    total: money(totalCents),
    note: faker.datatype.boolean(0.2) ? faker.helpers.arrayElement(NOTES) : null,
  };
}

/** A payment of an order. */
export function payment(faker: Faker, orderId: number, amount: string): Record<string, unknown> {
  return {
    payment_id: faker.string.uuid(),
    order_id: orderId,
    method: faker.helpers.arrayElement(["card", "invoice", "transfer"]),
    amount,
  };
}

/** Makes the sample's rows: the same for the same size. */
export function sampleRows(size: SampleSize): SampleRows {
  const faker = seededFaker(1);
  const ids = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  const past = () => faker.date.past({ years: 2 }).toISOString();

  const customers = ids(size.customers).map((id) => ({
    customer_id: id,
    ...customer(faker),
    created_at: past(),
  }));
  const products = ids(size.products).map((id) => product(faker, id));
  const priced = products.map((row) => ({
    productId: Number(row.product_id),
    priceCents: Math.round(Number(row.price) * 100),
  }));

  const orders: Record<string, unknown>[] = [];
  const allLines: Record<string, unknown>[] = [];
  const payments: Record<string, unknown>[] = [];
  for (const id of ids(size.orders)) {
    const { lines, totalCents } = orderLines(faker, priced);
    const status = faker.helpers.arrayElement(["placed", "paid", "shipped", "shipped"]);
    const placedAt = past();
    const row = order(faker, faker.number.int({ min: 1, max: size.customers }), totalCents);
    orders.push({
      ...row,
      order_id: id,
      status,
      placed_at: placedAt,
      shipped_at: status === "shipped" ? faker.date.soon({ days: 9, refDate: placedAt }).toISOString() : null,
    });
    allLines.push(...lines.map((line) => ({ order_id: id, ...line })));
    if (status !== "placed") {
      const paidAt = faker.date.soon({ days: 3, refDate: placedAt }).toISOString();
      payments.push({ ...payment(faker, id, String(row.total)), paid_at: paidAt });
    }
  }

  const audit = ids(size.auditEntries).map(() => ({
    logged_at: past().replace("Z", ""),
    actor: faker.internet.username(),
    action: faker.helpers.arrayElement(["login", "logout", "export", "price change"]),
    details: { ip: faker.internet.ipv4(), ok: faker.datatype.boolean(0.95) },
  }));
  return { customers, products, orders, order_lines: allLines, payments, audit_log: audit };
}
