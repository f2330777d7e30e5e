import { discoverTables } from "../../automation/tables";
import { type Context, type GlobalOptions, workspaceOptions } from "../context";
import { tableList } from "../render/tableList";

/** Options of `rowstream tables`. */
export interface TablesOptions extends GlobalOptions {
  output: "pretty" | "json";
}

/** Lists what is in the pipeline, what could be, and what was left out. */
export async function tables(context: Context, options: TablesOptions): Promise<void> {
  const { discovery } = await discoverTables(workspaceOptions(context, options));
  context.progress.close();
  process.stdout.write(
    options.output === "json" ? `${JSON.stringify(discovery, null, 2)}\n` : tableList(discovery),
  );
}
