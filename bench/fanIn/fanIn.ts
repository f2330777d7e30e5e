import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Bench } from "../bench";
import { median } from "../measure";
import { atLeast, machine, type Report } from "../report";
import { batches } from "./batches";
import { type VariantName, variants } from "./variants";

const NAMES = Object.keys(variants) as VariantName[];

const TARGETED = "updates, 10 columns";

/**
 * Stream records to event bytes. The deployed bundle does all of a fan-in's own work (conversion, keys, the order of
 * rows, the calls' limits) up to the call of PutRecords, which answers at once; the others convert only.
 */
export const fanIn: Bench = async (size, onProgress) => {
  const { records, rounds, atLeastMs } =
    size === "full" ? { records: 1000, rounds: 5, atLeastMs: 300 } : { records: 50, rounds: 1, atLeastMs: 1 };
  const report: Report = { name: "fanin", machine: machine(), rows: [], ratios: {}, targets: {} };
  for (const { name, text } of batches(records)) {
    onProgress(name);
    const times = new Map<VariantName, number[]>(NAMES.map((variant) => [variant, []]));
    for (let round = 0; round < rounds; round += 1) {
      // In an order that turns, so that a machine that is busy for a while slows all of them.
      for (let index = 0; index < NAMES.length; index += 1) {
        const variant = NAMES[(index + round) % NAMES.length] as VariantName;
        times.get(variant)?.push(await measure(variant, name, records, atLeastMs));
      }
    }
    const time = (variant: VariantName) => median(times.get(variant) ?? []);
    report.rows.push({
      batch: name,
      "KiB a record": text().length / records / 1024,
      ...Object.fromEntries(
        NAMES.map((variant) => [`${variant}, records/s`, Math.round((records / time(variant)) * 1000)]),
      ),
    });
    for (const peer of NAMES.filter((variant) => variant !== "rowstream")) {
      report.ratios[`${name}: beside ${peer}`] = time(peer) / time("rowstream");
    }
    for (const [peer, least] of [
      ["unmarshall + stringify", name === TARGETED ? 2 : 1.5],
      ["JSON.parse of the batch", 1],
    ] as const) {
      report.targets[`${name}: beside ${peer}`] = atLeast(time(peer) / time("rowstream"), least);
    }
  }
  return report;
};

/** How long a variant takes for a batch, in milliseconds of processor time, in a process of its own. */
async function measure(
  variant: VariantName,
  batch: string,
  records: number,
  atLeastMs: number,
): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(__dirname, "variantMain.js"),
    variant,
    batch,
    String(records),
    String(atLeastMs),
  ]);
  return Number(stdout);
}
