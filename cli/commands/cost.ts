import { readFile } from "node:fs/promises";
import { cost as estimateCost } from "../../automation/cost/cost";
import { readPrices } from "../../automation/cost/prices";
import { type Context, type GlobalOptions, workspaceOptions } from "../context";
import { UsageError } from "../errors";
import { costReport } from "../render/costReport";

/** Options of `rowstream cost`. */
export interface CostOptions extends GlobalOptions {
  prices?: string;
  changesPerSecond?: number;
  bytesPerRow?: number;
  output: "pretty" | "json";
}

/** Estimates what a deployed pipeline costs in a month. */
export async function cost(context: Context, options: CostOptions): Promise<void> {
  const { prices, changesPerSecond, bytesPerRow } = options;
  const estimate = await estimateCost({
    ...workspaceOptions(context, options),
    prices: prices === undefined ? undefined : readPrices(await textOf(prices), prices),
    changesPerSecond,
    bytesPerRow,
    onProgress: (text) => context.progress.show({ kind: "live", text }),
  });
  context.progress.close();
  process.stdout.write(
    options.output === "json" ? `${JSON.stringify(estimate, null, 2)}\n` : costReport(estimate),
  );
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new UsageError(`--prices: ${(error as Error).message}`);
  }
}
