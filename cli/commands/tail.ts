import { readOutputs } from "../../automation/tables";
import { type Context, type GlobalOptions, workspaceOptions } from "../context";
import { changePrinter, type OutputFormat } from "../stream/changePrinter";
import { kinesisClient } from "../stream/kinesisClient";
import { tailStream } from "../stream/tailStream";

/** Options of `rowstream tail`. */
export interface TailCommandOptions extends GlobalOptions {
  from: "now" | "horizon";
  table?: string[];
  output: OutputFormat;
}

/** Prints the change stream until it is interrupted, or whoever reads the output goes away. */
export async function tail(context: Context, options: TailCommandOptions): Promise<void> {
  const { streamName, region } = await readOutputs(workspaceOptions(context, options));
  const closed = new AbortController();
  process.stdout.once("error", () => closed.abort());
  const print = changePrinter({
    output: process.stdout,
    format: options.output,
    tables: options.table ?? [],
  });
  await tailStream({
    client: kinesisClient(region),
    streamName,
    from: options.from,
    onRecord: async (record) => {
      await print(record);
    },
    onStarted: () =>
      context.progress.show({ kind: "note", text: `reading ${streamName} from ${options.from}` }),
    signal: AbortSignal.any([context.interrupt.signal, closed.signal]),
  });
}
