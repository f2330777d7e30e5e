import { redrive as redriveFailures } from "../../automation/redrive/redrive";
import { isComplete } from "../../automation/redrive/redriveResult";
import { type Context, type GlobalOptions, workspaceOptions } from "../context";
import { EXIT } from "../exitCodes";
import { redriveReport } from "../render/redriveReport";

/** Options of `rowstream redrive`. */
export interface RedriveOptions extends GlobalOptions {
  dryRun?: boolean;
  force?: boolean;
  output: "pretty" | "json";
}

/** Publishes what the mappings gave up on; ends with code 1 where something of it is left. */
export async function redrive(context: Context, options: RedriveOptions): Promise<void> {
  const result = await redriveFailures({
    ...workspaceOptions(context, options),
    dryRun: options.dryRun ?? false,
    force: options.force ?? false,
    onProgress: ({ objects, of, published }) =>
      context.progress.show({
        kind: "live",
        text: `redriving: ${objects} of ${of} objects, ${published} events`,
      }),
  });
  context.progress.close();
  process.stdout.write(
    options.output === "json" ? `${JSON.stringify(result, null, 2)}\n` : redriveReport(result),
  );
  if (!isComplete(result)) {
    process.exitCode = EXIT.failure;
  }
}
