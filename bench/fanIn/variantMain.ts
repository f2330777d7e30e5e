/**
 * One variant with one batch, in a process of its own, as a function has one: what V8 learned of another variant's
 * values is not in its time. Given the names of both, the number of records and how long to measure at least in
 * milliseconds, it prints how long the batch takes, in milliseconds.
 */
import { processorTime } from "../measure";
import { batches } from "./batches";
import { type VariantName, variants } from "./variants";

const [variant, batch, records, atLeastMs] = process.argv.slice(2);
measure().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});

async function measure(): Promise<void> {
  const text =
    batches(Number(records))
      .find(({ name }) => name === batch)
      ?.text() ?? "";
  const run = await variants[variant as VariantName](text);
  process.stdout.write(String(await processorTime(run, Number(atLeastMs))));
}
