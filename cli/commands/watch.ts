import { readOutputs } from "../../automation/tables";
import { type Context, type GlobalOptions, workspaceOptions } from "../context";
import { startStackPage } from "../page/stackPage";
import { followStack } from "../stream/followStack";

/** Options of `rowstream watch`. */
export interface WatchOptions extends GlobalOptions {
  from: "now" | "horizon";
  pagePort?: number;
}

/** Serves the live page of a deployed pipeline until it is interrupted. */
export async function watch(context: Context, options: WatchOptions): Promise<void> {
  const { progress, interrupt } = context;
  const workspace = workspaceOptions(context, options);
  const outputs = await readOutputs(workspace);
  const page = await startStackPage(workspace, outputs, {
    sandbox: options.sandbox ?? false,
    port: options.pagePort,
  });
  try {
    progress.close();
    process.stdout.write(`${page.url}\n`);
    await followStack(context, workspace, outputs, {
      from: options.from,
      signal: interrupt.signal,
      onRecord: (data, arrivedAt) => page.record(data, arrivedAt),
    });
  } finally {
    await page.close();
  }
}
