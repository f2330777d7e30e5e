/**
 * `npm run bench -- [NAME...] [--json] [--small]`: runs benches, one after the other, and prints what they found on
 * standard output; progress goes to standard error. A target that is missed is a finding and no failure: the exit
 * code says only whether the benches ran.
 */
import { Argument, Command } from "commander";
import type { Bench, Size } from "./bench";
import { coldStart } from "./coldStart/coldStart";
import { fanIn } from "./fanIn/fanIn";
import { reportText } from "./report";
import { throttling } from "./throttling/throttling";

const BENCHES: Record<string, Bench> = { fanin: fanIn, coldstart: coldStart, throttling };

async function run(names: readonly string[], { json, small }: { json?: boolean; small?: boolean }) {
  const size: Size = small ? "small" : "full";
  for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
    const report = await BENCHES[name]?.(size, (text) => process.stderr.write(`bench: ${name}: ${text}\n`));
    if (report !== undefined) {
      process.stdout.write(json ? `${JSON.stringify(report)}\n` : `${reportText(report)}\n`);
    }
  }
}

new Command("bench")
  .description("Measures rowstream beside what a user would pick instead.")
  .addArgument(new Argument("[names...]", "which; all by default").choices(Object.keys(BENCHES)))
  .option("--json", "one JSON object a bench instead of tables")
  .option("--small", "just enough to see that every bench works")
  .action(run)
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`error: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  });
