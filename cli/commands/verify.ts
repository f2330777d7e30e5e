import { verify as verifyTables } from "../../automation/verify/verify";
import { isSame } from "../../automation/verify/verifyResult";
import { type Context, type GlobalOptions, workspaceOptions } from "../context";
import { EXIT } from "../exitCodes";
import { verifyReport } from "../render/verifyReport";

/** Options of `rowstream verify`. */
export interface VerifyOptions extends GlobalOptions {
  source?: string;
  table?: string[];
  settle: number;
  showValues?: boolean;
  output: "pretty" | "json";
}

/** Compares the source with the tables; ends with code 1 where a row differs or a table was not compared. */
export async function verify(context: Context, options: VerifyOptions): Promise<void> {
  const result = await verifyTables({
    ...workspaceOptions(context, options),
    ...(options.source !== undefined && { sourceUrl: options.source }),
    tables: options.table ?? [],
    settleSeconds: options.settle,
    showValues: options.showValues ?? false,
    onProgress: (table, rows) =>
      context.progress.show({ kind: "live", text: `comparing ${table}: ${rows} rows` }),
  });
  context.progress.close();
  process.stdout.write(
    options.output === "json" ? `${JSON.stringify(result, null, 2)}\n` : verifyReport(result),
  );
  if (!isSame(result)) {
    process.exitCode = EXIT.failure;
  }
}
