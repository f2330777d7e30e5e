/**
 * `npm run bench -- [NAME...] [--json] [--small]`: runs benches, one after the other, and prints what they found on
 * standard output; progress goes to standard error. A target that is missed is a finding and no failure: the exit
 * code says only whether the benches ran.
 */
import { Argument, Command } from "commander";
import { benches } from "./benches";
import { reportText } from "./report";

async function run(names: readonly string[], { json, small }: { json?: boolean; small?: boolean }) {
  for (const name of names.length > 0 ? names : Object.keys(benches)) {
    const onProgress = (text: string) => process.stderr.write(`bench: ${name}: ${text}\n`);
    const report = await benches[name]?.(small ? "small" : "full", onProgress);
    if (report !== undefined) {
      process.stdout.write(json ? `${JSON.stringify(report)}\n` : `${reportText(report)}\n`);
    }
  }
}

new Command("bench")
  .description("Measures rowstream beside what a user would pick instead.")
  .addArgument(new Argument("[names...]", "which; all by default").choices(Object.keys(benches)))
  .option("--json", "one JSON object a bench instead of tables")
  .option("--small", "just enough to see that every bench works")
  .action(run)
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`error: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  });
