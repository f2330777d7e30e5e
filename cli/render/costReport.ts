import type { CostEstimate, CostLine, Known } from "../../automation/cost/costEstimate";
import { aligned } from "./aligned";

/** What a pipeline costs, for people: a line for each price, the sums, and what the numbers come from. */
export function costReport(estimate: CostEstimate): string {
  const { lines, components, total, complete, rates, notEstimated } = estimate;
  const cells = lines.map((line) => [
    line.component,
    line.item,
    `${amountText(line.quantity)} ${line.unit}`,
    line.unitPrice === undefined ? "" : `x ${line.unitPrice}`,
    line.amount === undefined ? "NO PRICE" : money(line.amount),
  ]);
  const incomplete = complete ? "" : ", INCOMPLETE: what is named below comes on top";
  return [
    `a month of ${estimate.hours} hours in ${estimate.region}, list prices in ${estimate.currency} (${estimate.prices})`,
    "",
    ...aligned([["COMPONENT", "ITEM", "QUANTITY", "UNIT PRICE", "AMOUNT"], ...cells]),
    "",
    ...aligned([
      ...components.map(({ component, amount }) => [component, money(amount)]),
      ["TOTAL", `${money(total)}${incomplete}`],
    ]),
    ...section("NO PRICE", lines.flatMap(missingLine)),
    ...section(
      "NOT ESTIMATED",
      notEstimated.map(({ type, count }) => [String(count), type]),
    ),
    ...section("RATES", [
      rateCells("changes a second", rates.changesPerSecond),
      rateCells("bytes of a row", rates.rowBytes),
      rateCells("bytes of an event", rates.eventBytes),
    ]),
    ...section("WHERE THE QUANTITIES COME FROM", lines.map(originCells)),
    "",
  ].join("\n");
}

function missingLine({ component, item, missing, priceKey }: CostLine): string[][] {
  return missing === undefined ? [] : [[component, item, `${missing} (${priceKey})`]];
}

function rateCells(name: string, { value, origin, basis }: Known): string[] {
  return [name, amountText(value), `${origin}: ${basis}`];
}

function originCells({ component, item, origin, basis }: CostLine): string[] {
  return [component, item, `${origin}: ${basis}`];
}

function amountText(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function money(amount: number): string {
  return amount > 0 && amount < 0.005 ? "under 0.01" : amount.toFixed(2);
}

function section(title: string, rows: string[][]): string[] {
  return rows.length === 0 ? [] : ["", title, ...aligned(rows)];
}
