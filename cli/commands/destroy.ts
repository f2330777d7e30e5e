import { destroy as destroyStack } from "../../automation/destroy";
import { confirm, requireConsent } from "../confirm";
import { type Context, type GlobalOptions, workspaceOptions } from "../context";

/** Options of `rowstream destroy`. */
export interface DestroyOptions extends GlobalOptions {
  yes?: boolean;
}

/** Asks, then takes the pipeline down. */
export async function destroy(context: Context, options: DestroyOptions): Promise<void> {
  requireConsent(options.yes);
  const workspace = workspaceOptions(context, options);
  if (!options.yes) {
    await confirm(context, `Take the pipeline of stack "${workspace.stackName}" down?`);
  }
  const { tables, tablesOnDestroy } = await destroyStack(workspace);
  context.progress.close();
  const fate = tablesOnDestroy === "delete" ? "deleted" : "kept";
  process.stdout.write(`tables ${fate}: ${tables.join(", ") || "none"}\n`);
}
