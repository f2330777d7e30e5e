import type { CostQuantity, Known } from "../../../../automation/cost/costEstimate";
import type {
  DeployedParts,
  FunctionConsumer,
  LakeConsumer,
} from "../../../../automation/cost/deployedParts";
import { HOURS } from "../../../../automation/cost/month";
import { type CostUse, quantities } from "../../../../automation/cost/quantities";

export function known(value: number, origin: Known["origin"] = "observed"): Known {
  return { value, origin, basis: "the test" };
}

/** A stack of one adopted table, on an instance. */
export function parts(changes: Partial<DeployedParts> = {}): DeployedParts {
  return {
    instance: { class: "dms.r6i.large", storageGib: 100, multiAz: false },
    interfaceEndpoints: 2,
    natGateways: 0,
    tables: [{ name: "orders", recovery: true }],
    fanIn: { memoryMib: 512, architecture: "arm64" },
    mapping: { batchSize: 500, windowSeconds: 1 },
    keys: 1,
    secrets: 0,
    alarms: 0,
    dashboards: 0,
    logGroups: [],
    consumers: [],
    others: [],
    ...changes,
  };
}

/** A handler of changes. */
export function handler(changes: Partial<FunctionConsumer> = {}): FunctionConsumer {
  return {
    kind: "function",
    name: "notify",
    functionName: "notify-1",
    memoryMib: 512,
    architecture: "arm64",
    mapping: { batchSize: 500, windowSeconds: 1 },
    messages: false,
    ...changes,
  };
}

/** A lake of JSON. */
export function lake(changes: Partial<LakeConsumer> = {}): LakeConsumer {
  return {
    kind: "lake",
    name: "lake",
    deliveryStream: "lake-1",
    parquet: false,
    bufferSeconds: 300,
    ...changes,
  };
}

/** The rate at which there are so many changes in a month. */
export function changesInMonth(changes: number): Known {
  return known(changes / (HOURS * 3600));
}

/** A month of a million changes of rows of 1 KB, with events of 3 KB. */
export function use(changes: Partial<CostUse> = {}): CostUse {
  return {
    parts: parts(),
    rates: { changesPerSecond: changesInMonth(1e6), rowBytes: known(1024), eventBytes: known(3 * 1024) },
    storedBytes: known(10 * 1024 ** 3),
    strayTables: 0,
    stream: { mode: "on-demand", openShards: 4, retentionHours: 168 },
    failures: 0,
    ...changes,
  };
}

/** The quantity of a price, added up over its lines; undefined where there is no such line. */
export function quantity(of: CostUse, priceKey: CostQuantity["priceKey"]): number | undefined {
  const lines = quantities(of).filter((line) => line.priceKey === priceKey);
  return lines.length === 0 ? undefined : lines.reduce((sum, line) => sum + line.quantity, 0);
}

/** The line of a price. */
export function line(of: CostUse, priceKey: CostQuantity["priceKey"]): CostQuantity | undefined {
  return quantities(of).find((one) => one.priceKey === priceKey);
}
