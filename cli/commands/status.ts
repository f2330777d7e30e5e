import { readStatus } from "../../automation/status/status";
import { type Context, type GlobalOptions, workspaceOptions } from "../context";
import { EXIT } from "../exitCodes";
import { statusReport } from "../render/statusReport";

/** Options of `rowstream status`. */
export interface StatusOptions extends GlobalOptions {
  maxLag: number;
  output: "pretty" | "json";
}

/** Tells how a pipeline is; ends with a code of its own where something needs a person. */
export async function status(context: Context, options: StatusOptions): Promise<void> {
  const found = await readStatus({
    ...workspaceOptions(context, options),
    maximumLagSeconds: options.maxLag,
  });
  context.progress.close();
  process.stdout.write(
    options.output === "json" ? `${JSON.stringify(found, null, 2)}\n` : statusReport(found),
  );
  if (found.verdict === "attention") {
    process.exitCode = EXIT.attention;
  }
}
