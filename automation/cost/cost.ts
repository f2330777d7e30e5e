import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { PricingClient } from "@aws-sdk/client-pricing";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { dynamoClient } from "../clients";
import { ChangeStreamReader } from "../redrive/changeStreamReader";
import { stackSnapshot } from "../stackSnapshot";
import { openStatus } from "../status/status";
import { requireOutputs } from "../tables";
import { openStack, type WorkspaceOptions } from "../workspace";
import type { CostEstimate } from "./costEstimate";
import { deployedParts } from "./deployedParts";
import { estimate } from "./estimate";
import { type Observed, observeDay, observeNow, observeSizes } from "./observed";
import { fetchPrices, PRICE_LIST_REGION } from "./priceList";
import type { Prices } from "./prices";
import { type CostUse, quantities } from "./quantities";
import { type GivenRates, measuredUse, rates } from "./rates";

/** Options of `cost`. */
export interface CostOptions extends WorkspaceOptions, GivenRates {
  /** Prices to go by. Default: they are asked of AWS. */
  prices?: Prices | undefined;
  /** Says what takes a while. */
  onProgress?(text: string): void;
}

/** How long a pipeline is watched that CloudWatch has no figures of. */
const WATCH_SECONDS = 10;

/**
 * Estimates what a deployed pipeline costs in a month: the parts of its stack, the rates that are given or observed,
 * the prices that are given or asked of AWS. Changes nothing.
 *
 * @throws RowstreamError `StackNotDeployed`
 */
export async function cost(options: CostOptions): Promise<CostEstimate> {
  const { onProgress = () => undefined, signal } = options;
  const stack = await openStack(options);
  const deployment = await stack.exported();
  const outputs = requireOutputs(stack.name, stackSnapshot(deployment).outputs);
  const { region, streamName, fanInName, tableNames } = outputs;
  const parts = deployedParts(deployment, outputs);
  const reader = await openStatus(options);
  const status = await reader.read();

  const sizes = await observeSizes(dynamoClient(region), tableNames);
  const watch = async (): Promise<Observed> => {
    if (options.changesPerSecond !== undefined) {
      return {};
    }
    onProgress(`CloudWatch has no figures: watching changes for ${WATCH_SECONDS} seconds`);
    const kinesis = new KinesisClient({ region, requestHandler: new NodeHttpHandler() });
    return observeNow(
      reader,
      (from, onBytes) =>
        new ChangeStreamReader(kinesis, streamName, from, signal).readToTip((_, { byteLength }) =>
          onBytes(byteLength),
        ),
      WATCH_SECONDS,
      signal,
    );
  };
  const { logGroups, consumers } = parts;
  const names = { streamName, fanInName, logGroups, consumers };
  // Whoever may not read CloudWatch's figures gets what can be watched.
  const day = await observeDay(new CloudWatchClient({ region }), names, Date.now()).catch(() => ({}));
  const activity: Observed = "changesPerSecond" in day ? day : await watch();
  const chosen = rates(options, { ...sizes, ...activity });
  const use: CostUse = {
    parts,
    rates: chosen,
    storedBytes: sizes.storedBytes,
    strayTables: status.tables.filter(({ state }) => state === "not-adopted").length,
    stream: status.stream,
    failures: status.failures.batches + status.failures.unprocessable,
    ...measuredUse(options, activity),
  };
  const used = quantities(use);
  if (!options.prices) {
    onProgress("asking AWS for its prices");
  }
  const prices =
    options.prices ??
    (await fetchPrices(
      new PricingClient({ region: PRICE_LIST_REGION }),
      region,
      used.map(({ priceKey }) => priceKey),
      parts,
    ));
  return estimate({ region, rates: chosen, quantities: used, prices, others: parts.others });
}
