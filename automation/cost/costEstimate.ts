import type { PriceKey } from "./prices";

/**
 * What a pipeline costs in a month of 730 hours, as `rowstream cost --output json` prints it. List prices: no free tier,
 * discount, commitment or tax is taken off or added.
 */
export interface CostEstimate {
  region: string;
  currency: "USD";
  hours: number;
  /** Where the prices came from. */
  prices: string;
  /** The rates that quantities come from. */
  rates: Rates;
  lines: CostLine[];
  /** The sum of each component's lines that have a price. */
  components: { component: CostComponent; amount: number }[];
  /** The sum of all lines that have a price. */
  total: number;
  /** False where a line has no price, or the stack has parts that are not estimated: then it costs more. */
  complete: boolean;
  /** Parts of the stack that cost something, and are not estimated: their Pulumi types. */
  notEstimated: { type: string; count: number }[];
}

/** A part of the pipeline that costs are told of. */
export type CostComponent =
  | "replication"
  | "network"
  | "tables"
  | "fan-in"
  | "change stream"
  | "encryption"
  | "failures"
  | "monitoring"
  | "consumers";

/**
 * Where a number came from: `deployed` (the stack says so), `observed` (measured on the pipeline), `given` (an
 * option), `assumed` (the basis says what).
 */
export type Origin = "deployed" | "observed" | "given" | "assumed";

/** A number, and where it came from. */
export interface Known {
  value: number;
  origin: Origin;
  /** How it was found, or what is assumed. */
  basis: string;
}

/** The rates that a month is estimated from. */
export interface Rates {
  changesPerSecond: Known;
  /** Bytes of a row in DynamoDB. */
  rowBytes: Known;
  /** Bytes of an event on the change stream. */
  eventBytes: Known;
}

/** One line: `quantity` times `unitPrice` is `amount`. */
export interface CostLine {
  component: CostComponent;
  item: string;
  /** In the unit that is priced. */
  quantity: number;
  unit: string;
  origin: Origin;
  basis: string;
  priceKey: PriceKey;
  /** In USD; absent where there is no price. */
  unitPrice?: number;
  /** In USD; absent where there is no price. */
  amount?: number;
  /** Why there is no price. */
  missing?: string;
}

/** A line without its price. */
export type CostQuantity = Omit<CostLine, "unitPrice" | "amount" | "missing">;
