import type { CostComponent, CostEstimate, CostLine, CostQuantity, Rates } from "./costEstimate";
import type { DeployedParts } from "./deployedParts";
import { HOURS } from "./month";
import type { Prices } from "./prices";

/** What an estimate is made of. */
export interface EstimateInput {
  region: string;
  rates: Rates;
  quantities: readonly CostQuantity[];
  prices: Prices;
  /** Parts that are not estimated. */
  others: DeployedParts["others"];
}

/** Puts prices on quantities. Pure. */
export function estimate({ region, rates, quantities, prices, others }: EstimateInput): CostEstimate {
  const lines = quantities.map((quantity) => priced(quantity, prices));
  const components = new Map<CostComponent, number>();
  for (const { component, amount = 0 } of lines) {
    components.set(component, (components.get(component) ?? 0) + amount);
  }
  return {
    region,
    currency: "USD",
    hours: HOURS,
    prices: prices.source,
    rates,
    lines,
    components: [...components].map(([component, amount]) => ({ component, amount })),
    total: [...components.values()].reduce((sum, amount) => sum + amount, 0),
    complete: others.length === 0 && lines.every(({ missing }) => missing === undefined),
    notEstimated: others,
  };
}

/** A line of which there is nothing costs nothing, whatever its price. */
function priced(quantity: CostQuantity, { of }: Prices): CostLine {
  const price = of[quantity.priceKey] ?? { missing: "nobody asked for it" };
  if ("usd" in price) {
    return { ...quantity, unitPrice: price.usd, amount: quantity.quantity * price.usd };
  }
  return quantity.quantity === 0 ? { ...quantity, amount: 0 } : { ...quantity, missing: price.missing };
}
