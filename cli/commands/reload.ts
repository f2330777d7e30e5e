import { reload as reloadTable } from "../../automation/reload";
import { type Context, type GlobalOptions, workspaceOptions } from "../context";

/** Options of `rowstream reload`. */
export type ReloadCommandOptions = GlobalOptions;

/** Has DMS load one table again. */
export async function reload(context: Context, table: string, options: ReloadCommandOptions): Promise<void> {
  await reloadTable({ ...workspaceOptions(context, options), table });
}
