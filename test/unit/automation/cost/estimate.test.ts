import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { estimate } from "../../../../automation/cost/estimate";
import { PRICE_KEYS, type Prices, readPrices } from "../../../../automation/cost/prices";
import { quantities } from "../../../../automation/cost/quantities";
import { ROOT } from "../../../helpers/tools";
import { changesInMonth, use } from "./costUse";

const EXAMPLE = "docs/prices.example.json";
const examplePrices = () => readPrices(readFileSync(join(ROOT, EXAMPLE), "utf8"), EXAMPLE);

function estimated(prices: Prices, of = use(), others: { type: string; count: number }[] = []) {
  return estimate({ region: "us-east-1", rates: of.rates, quantities: quantities(of), prices, others });
}

describe("estimate", () => {
  it("multiplies, and adds up by component and in all", () => {
    const { lines, components, total, complete } = estimated(examplePrices());
    assert.equal(complete, true);
    for (const { quantity, unitPrice, amount, item } of lines) {
      assert.equal(amount, quantity * (unitPrice ?? Number.NaN), item);
    }
    const sum = (amounts: (number | undefined)[]) =>
      amounts.reduce<number>((all, one) => all + (one ?? 0), 0);
    assert.ok(Math.abs(total - sum(lines.map(({ amount }) => amount))) < 1e-9);
    for (const { component, amount } of components) {
      const own = lines.filter((line) => line.component === component).map((line) => line.amount);
      assert.ok(Math.abs(amount - sum(own)) < 1e-9, component);
    }
    const instance = lines.find(({ priceKey }) => priceKey === "dmsInstanceHour");
    assert.equal(instance?.amount, 182.5);
  });

  it("comes to what the README says of a million changes of rows of 1 KB", () => {
    const marginal = (priceKeys: string[]) =>
      estimated(examplePrices())
        .lines.filter(({ priceKey }) => priceKeys.includes(priceKey))
        .reduce((sum, { amount = 0 }) => sum + amount, 0);
    assert.equal(marginal(["dynamoWriteMillion", "kinesisGbIn"]).toFixed(2), "0.85");
    assert.equal(marginal(["kinesisStreamHour"]).toFixed(2), "29.20");
    const stray = estimated(examplePrices(), use({ strayTables: 1 })).lines.filter(({ item }) =>
      item.startsWith("tables that nobody adopted"),
    );
    assert.equal(stray.reduce((sum, { amount = 0 }) => sum + amount, 0).toFixed(0), "114");
  });

  it("names a price that is missing, leaves it out of the sum, and says that the sum is incomplete", () => {
    const prices = examplePrices();
    const whole = estimated(prices);
    const { dmsInstanceHour: _, ...others } = prices.of;
    const without = estimated({
      ...prices,
      of: { ...others, dmsInstanceHour: { missing: "no such class" } },
    });
    assert.equal(without.complete, false);
    const line = without.lines.find(({ priceKey }) => priceKey === "dmsInstanceHour");
    assert.deepEqual([line?.missing, line?.unitPrice, line?.amount], ["no such class", undefined, undefined]);
    assert.ok(Math.abs(whole.total - without.total - 182.5) < 1e-9);
  });

  it("is complete without the price of what there is nothing of", () => {
    const { kinesisGbIn: _, kinesisGbOut: __, ...of } = examplePrices().of;
    const idle = use();
    idle.rates = { ...idle.rates, changesPerSecond: changesInMonth(0) };
    const { complete, lines } = estimated({ source: "test", of }, idle);
    assert.equal(lines.find(({ priceKey }) => priceKey === "kinesisGbIn")?.amount, 0);
    assert.equal(complete, true);
  });

  it("is incomplete where the stack has parts that it does not know", () => {
    const others = [{ type: "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", count: 1 }];
    const { complete, notEstimated } = estimated(examplePrices(), use(), others);
    assert.deepEqual([complete, notEstimated], [false, others]);
  });
});

describe("readPrices", () => {
  const file = (changes: object) =>
    JSON.stringify({ asOf: "2026-11-27", currency: "USD", prices: { kmsKeyMonth: 1 }, ...changes });

  it("finds every key in the example", () => {
    const { of, source } = examplePrices();
    assert.equal(source, `${EXAMPLE}, as of 2026-11-27`);
    assert.deepEqual(
      PRICE_KEYS.filter((key) => !("usd" in (of[key] ?? {}))),
      [],
    );
  });

  it("says of a key that the file leaves out that it has no price", () => {
    const { of } = readPrices(file({}), "mine.json");
    assert.deepEqual(of.kmsKeyMonth, { usd: 1 });
    assert.deepEqual(of.logsGb, { missing: "mine.json has no price for it" });
  });

  for (const [what, text, named] of [
    ["a key that there is not", file({ prices: { kmsKeyMonht: 1 } }), /kmsKeyMonht/],
    ["a price that is a text", file({ prices: { kmsKeyMonth: "1 USD" } }), /kmsKeyMonth/],
    ["a price below zero", file({ prices: { kmsKeyMonth: -1 } }), /kmsKeyMonth/],
    ["another currency", file({ currency: "EUR" }), /currency/],
    ["no date", file({ asOf: undefined }), /asOf/],
    ["no JSON", "prices", /mine\.json is no file of prices/],
  ] as const) {
    it(`refuses ${what}, and names it`, () => {
      assert.throws(
        () => readPrices(text, "mine.json"),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, "PricesInvalid");
          assert.match(error.message, named);
          return true;
        },
      );
    });
  }
});
