import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Pipeline } from "../../components/pipeline";
import { pipelineArgs, replicatedTable } from "../../test/helpers/pipelineArgs";
import { PolicyBench } from "../../test/helpers/policyBench";
import { temporaryFolder } from "../../test/helpers/temporaryFolder";
import { ROOT } from "../../test/helpers/tools";
import type { Bench } from "../bench";
import { makeTables } from "../dmsTables";
import { median } from "../measure";
import { atMost, machine, type Report } from "../report";

const MOST_ADDED_PERCENT = 10;

/**
 * The time that the policy pack adds to a preview of the second pass, with the real engine and every policy on; and what
 * the engine adds by itself for a pack that holds no policy: it asks a pack's process twice for each resource.
 */
export const policies: Bench = async (size, onProgress) => {
  const report: Report = { name: "policies", machine: machine(), rows: [], ratios: {}, targets: {} };
  const count = size === "full" ? 1_000 : 5;
  const rounds = size === "full" ? 3 : 1;
  const tables = Array.from({ length: count }, (_, index) => replicatedTable(`table_${index}`));
  const bench = await PolicyBench.start();
  const folder = temporaryFolder();
  try {
    onProgress(`making ${count} tables`);
    await makeTables(bench.provider.endpoint, tables);
    const program = async () => {
      new Pipeline("rowstream", pipelineArgs({ replicatedTables: tables }));
    };
    const bare = await bench.provider.stack("bare", { bundled: true });
    const policed = await bench.stack("policed");
    const emptied = await bench.stack("emptied", {}, emptyPack(folder));
    const previews: [string, () => Promise<unknown>][] = [
      ["without the pack", () => bare.preview(program)],
      ["with an empty pack", () => emptied.preview(program)],
      ["with the pack", () => policed.preview(program)],
    ];
    const times = new Map<string, number[]>(previews.map(([name]) => [name, []]));
    for (let round = 1; round <= rounds; round += 1) {
      for (const [name, preview] of previews) {
        onProgress(`preview ${name}, ${round} of ${rounds}`);
        const start = performance.now();
        await preview();
        times.get(name)?.push((performance.now() - start) / 1000);
      }
    }
    const seconds = (name: string) => median(times.get(name) ?? []);
    for (const [name] of previews) {
      report.rows.push({ preview: name, tables: count, seconds: seconds(name) });
    }
    const ratio = seconds("with the pack") / seconds("without the pack");
    report.ratios["with the pack beside without"] = ratio;
    report.ratios["with the pack beside an empty pack"] =
      seconds("with the pack") / seconds("with an empty pack");
    report.targets["with the pack beside without"] = atMost(ratio, 1 + MOST_ADDED_PERCENT / 100);
    return report;
  } finally {
    await bench.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Makes a pack without a policy in a folder. @returns the folder */
function emptyPack(folder: string): string {
  writeFileSync(join(folder, "PulumiPolicy.yaml"), "runtime: nodejs\n");
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "empty", version: "0.0.0" }));
  writeFileSync(
    join(folder, "index.js"),
    'const { PolicyPack } = require("@pulumi/policy");\nnew PolicyPack("empty", { policies: [] });\n',
  );
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return folder;
}
